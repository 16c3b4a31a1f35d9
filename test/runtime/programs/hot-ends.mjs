// Children that end just when their code gets hot, two at a time. Argument: how many pairs. Prints how many did not end.
import { isMain, Process, Value } from 'forkscope';

const MOST_PAIRS = 1000;
/** Seconds; such a child takes a fraction of one. */
const PATIENCE = 30;

export async function count(value) {
  for (let i = 0; i < 1000; i++) {
    await value.getLock().with(() => {
      value.value += 1;
    });
  }
}

async function main() {
  const pairs = Number(process.argv[2]);
  if (!(pairs <= MOST_PAIRS)) throw new Error('too many processes');
  let hung = 0;
  let sum = 0;
  for (let i = 0; i < pairs; i++) {
    const value = Value('i', 0);
    const children = [1, 2].map(() => new Process({ target: count, args: [value] }));
    for (const child of children) await child.start();
    for (const child of children) {
      await child.join(PATIENCE);
      if (child.exitCode !== null) continue;
      hung++;
      child.kill();
      await child.join();
    }
    sum += value.value;
  }
  console.log(JSON.stringify({ hung, sum }));
}

if (isMain(import.meta)) void main();
