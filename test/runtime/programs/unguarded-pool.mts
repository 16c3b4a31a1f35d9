/** No guard: each kind of start says so in the first process too, and ends. */
import { writeSync } from 'node:fs';
import { Manager, Pool, ProcessPoolExecutor } from 'forkscope';

export const same = (x: number): number => x;

function say(error: unknown): void {
  // Children run this too.
  if (error instanceof Error) writeSync(1, `${error.name}\n`);
}

const [, , kind] = process.argv;
if (kind === 'manager') await Manager().catch(say);
if (kind === 'executor') {
  try {
    await new ProcessPoolExecutor(1).submit(same, 1).result();
  } catch (error) {
    say(error);
  }
}
if (kind === 'pool') {
  try {
    await new Pool(1).apply(same, [1]);
  } catch (error) {
    say(error);
  }
}
