// What the programs of time.test.ts use. Figures are the system's own, so that a busy machine changes nothing.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };

/** ns that this thread was on a processor, as the system says; its `stat` has the same in hundredths of a second, rounded down twice. */
const used = () => Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]);

/** Keeps this thread on a processor for so many ms of its own time. */
export function spin(ms) {
  const until = used() + ms * 1e6;
  while (used() < until) for (let i = 0; i < 20_000; i++) Math.sqrt(i);
}

/** Writes down what the system says that this thread has used, as the last thing that it does. */
export function tell(name) {
  const figure = { name, pid: process.pid, ms: used() / 1e6 };
  appendFileSync(process.env.TIME_FIGURES, `${JSON.stringify(figure)}\n`);
}

/** Says that the program has come so far. */
export function reach(place) {
  writeFileSync(`${process.env.TIME_FIGURES}.${place}`, '');
}
