// certain
// A party of a barrier has ended without coming; or it comes late.
import { setTimeout as sleep } from 'node:timers/promises';
import { Barrier, isMain, Process } from 'forkscope';

export async function party(barrier, how) {
  if (how === 'gone') return;
  if (how === 'late') await sleep(3000);
  await barrier.wait(); // named
}

if (isMain(import.meta)) {
  const barrier = new Barrier(2);
  const second = process.argv[2] === 'fault' ? 'gone' : 'late';
  const parties = ['early', second].map((how) => new Process({ target: party, args: [barrier, how] }));
  for (const one of parties) await one.start();
  for (const one of parties) await one.join();
}
