// Makes one mutant after the other and looks at each; the thread that asks ends this one when it takes too long.
import { parentPort, workerData } from 'node:worker_threads';
import { stopwatch } from '../stopwatch.ts';
import { factsOf, lookAtEverything } from './everything.ts';
import { mutate } from './mutate.ts';
import { load, randomOf, save, type Trace } from './trace.ts';

export interface Task {
  readonly seed: number;
}
export interface Outcome {
  readonly seed: number;
  readonly base: string;
  readonly done: readonly string[];
  readonly faults: readonly string[];
  readonly refused: boolean;
  readonly milliseconds: number;
}

interface Base {
  readonly name: string;
  readonly trace: Trace;
  readonly facts: string;
}

const { bases: dirs, scratch }: { bases: string[]; scratch: string } = workerData;
const bases: Base[] = dirs.map((name) => {
  const { report } = lookAtEverything(name);
  return { name, trace: load(name), facts: report ? factsOf(report) : '' };
});

function attempt(seed: number): Outcome {
  const random = randomOf(seed * 2654435761);
  const base = bases[Math.floor(random() * bases.length)]!;
  const { kind, trace, done } = mutate(base.trace, random);
  save(trace, scratch);
  const elapsed = stopwatch();
  const { faults, refused, report } = lookAtEverything(scratch);
  const milliseconds = elapsed();
  const found = [...faults];
  // What no check covers was lost: the other kinds of mutants have right checks, and say what they say.
  const isLoss = kind === 'bytes' || kind === 'files';
  if (isLoss && report?.exact === true && factsOf(report) !== base.facts)
    found.push('says that it is exact, but not what the whole trace says');
  if (Object.keys(Object.prototype).length > 0) found.push('every object has a new property');
  return { seed, base: base.name, done, faults: found, refused: refused !== undefined, milliseconds };
}

parentPort?.on('message', ({ seed }: Task) => parentPort?.postMessage(attempt(seed)));
parentPort?.postMessage('ready');
