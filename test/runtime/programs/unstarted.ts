import { isMain, Process, Queue } from 'forkscope';
import { tell } from './tell.ts';

export async function put(results: Queue<string>): Promise<void> {
  await results.put('done');
}

/** Forgets to await `start()`, and waits for what the child would do. */
async function main(): Promise<void> {
  const results = new Queue<string>();
  const child = new Process({ target: put, args: [results] });
  const starting = child.start();
  let outcome = 'got it';
  try {
    results.getSync({ timeout: 2 });
  } catch (error) {
    outcome = (error as Error).name;
  }
  await starting;
  tell({ outcome, later: results.getSync() });
  await child.join();
}

if (isMain(import.meta)) void main();
