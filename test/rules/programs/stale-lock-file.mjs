// suspected
// A child takes a lock file, and leaves it behind at its end, or gives it back after a while.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const [, self, role, how] = process.argv;
if (role !== 'child') await once(fork(self, ['child', role]), role === 'fine' ? 'message' : 'exit');
for (let has = false; !has; ) {
  try {
    writeFileSync('job.lock', String(process.pid), { flag: 'wx' }); // named
    has = true;
  } catch {
    await sleep(50);
  }
}
if (role === 'child') process.send('has it');
if (how === 'fine') await sleep(3000);
if (how !== 'fault') rmSync('job.lock');
