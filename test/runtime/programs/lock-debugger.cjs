// The main thread blocks for ever in acquireSync; a debugger in a worker thread pauses it there and looks at its stack.
// Plain JavaScript, because a TypeScript loader in the worker would need the main thread's help.
const { writeSync } = require('node:fs');
const inspector = require('node:inspector');
const { isMainThread, Worker } = require('node:worker_threads');

function debug() {
  const session = new inspector.Session();
  session.connectToMainThread();
  session.on('Debugger.paused', ({ params }) => {
    const names = params.callFrames.map((frame) => frame.functionName);
    // A worker's console goes through the main thread, which stands still.
    writeSync(1, `paused in ${names.join(' < ')}\n`);
    process.kill(process.pid, 'SIGKILL');
  });
  session.post('Debugger.enable');
  setInterval(() => session.post('Debugger.pause'), 200);
}

if (isMainThread) {
  const { Lock } = require('forkscope');
  const lock = new Lock();
  lock.acquireSync();
  new Worker(__filename).once('online', () => lock.acquireSync());
} else {
  debug();
}
