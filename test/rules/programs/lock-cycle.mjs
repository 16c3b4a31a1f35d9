// certain
// Two processes take two locks: in opposite orders, or in the same one.
import { Barrier, isMain, Lock, Process } from 'forkscope';

export async function take(first, second, met) {
  await first.acquire(); // named
  await met?.wait();
  await second.acquire(); // named
  second.release();
  first.release();
}

if (isMain(import.meta)) {
  const fault = process.argv[2] === 'fault';
  const [a, b] = [new Lock(), new Lock()];
  const met = fault ? new Barrier(2) : null;
  const second = fault ? [b, a] : [a, b];
  const processes = [[a, b], second].map((locks) => new Process({ target: take, args: [...locks, met] }));
  for (const one of processes) await one.start();
  for (const one of processes) await one.join();
}
