// Many processes, started and joined. Argument: how many. Plain JavaScript: what a loader costs each child is not asked here.
import { activeChildren, isMain, Lock, Process } from 'forkscope';

/** At most so many children at a time. */
const AT_ONCE = 20;
const MOST_PROCESSES = 600;

export function nothing() {}

async function main() {
  const count = Number(process.argv[2]);
  if (!(count <= MOST_PROCESSES)) throw new Error('too many processes');
  const exits = [];
  const keeper = new Lock();
  while (exits.length < count) {
    const batch = Array.from(
      { length: Math.min(AT_ONCE, count - exits.length) },
      () => new Process({ target: nothing }),
    );
    await Promise.all(batch.map((child) => child.start()));
    await Promise.all(batch.map((child) => child.join()));
    exits.push(...batch.map((child) => child.exitCode));
  }
  console.log(
    JSON.stringify({
      started: exits.length,
      exits: [...new Set(exits)],
      left: activeChildren().length,
      works: keeper.acquireSync(),
    }),
  );
}

if (isMain(import.meta)) void main();
