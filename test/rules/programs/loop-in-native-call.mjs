// suspected
// A child asks, and does not hear from its parent, which native code keeps asleep; or which waits for a tool.
import { fork, spawnSync } from 'node:child_process';

if (process.argv[2] === 'child') {
  process.send('may I?'); // named
  process.once('message', () => process.disconnect());
} else {
  const { default: koffi } = await import('koffi');
  const sleep = koffi.load('libc.so.6').func('unsigned int sleep(unsigned int)');
  const child = fork(process.argv[1], ['child']);
  child.on('message', () => {
    if (process.argv[2] === 'fine') spawnSync('sleep', ['3']);
    else sleep(100);
    child.send('yes');
  });
}
