// Wall time and CPU time of a piece of work, over all processes that take part in it.
import { readdirSync, readFileSync } from 'node:fs';

export interface Measured {
  /** Microseconds an operation. */
  readonly us: number;
  /** CPU microseconds an operation, of all threads of all processes; 0 where the system does not tell. */
  readonly cpu: number;
}

/** CPU microseconds of all threads so far; only Linux tells so finely. */
function cpuOf(pids: readonly number[]): number {
  let total = 0;
  for (const pid of pids) {
    try {
      for (const task of readdirSync(`/proc/${pid}/task`)) {
        total += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'latin1').split(' ')[0]);
      }
    } catch {
      // The process, or /proc, is not there.
    }
  }
  return total / 1e3;
}

export async function timed(count: number, pids: readonly number[], body: () => unknown): Promise<Measured> {
  const all = [process.pid, ...pids];
  const before = cpuOf(all);
  const begin = performance.now();
  const done = body();
  if (done instanceof Promise) await done;
  const took = performance.now() - begin;
  return { us: (took * 1e3) / count, cpu: (cpuOf(all) - before) / count };
}
