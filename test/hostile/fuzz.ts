// Looks at mutants of good traces, in a thread that can be ended when it hangs.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { stopwatch } from '../stopwatch.ts';
import type { Outcome, Task } from './fuzz-worker.ts';

const WORKER = path.join(__dirname, 'fuzz-worker.ts');
/** Milliseconds that looking at one mutant may take. */
const PATIENCE = 2000;
/** Milliseconds of processor time after which the thread is ended: it hangs in a loop. */
const GIVE_UP = 20_000;
/** Milliseconds of the clock after which it is ended too: it waits for what never comes. A busy machine makes all of them slow. */
const LONGEST = 300_000;
/** Milliseconds between two looks at that. */
const LOOK = 1_000;
/** Megabytes that looking may take. */
const MEMORY = 500;

export interface Failure {
  readonly seed: number;
  readonly what: string;
}

class FuzzThread {
  readonly #bases: readonly string[];
  readonly #scratch: string;
  #worker: Worker | undefined;
  /** Who waits for the thread's next message. */
  #answered: (message: Outcome | Error) => void = () => undefined;

  constructor(bases: readonly string[], scratch: string) {
    this.#bases = bases;
    this.#scratch = scratch;
  }

  async ask(seed: number): Promise<Outcome | Error> {
    const task: Task = { seed };
    const started = this.#worker === undefined ? await this.#next(() => this.#start()) : undefined;
    const outcome =
      started instanceof Error ? started : await this.#next(() => this.#worker?.postMessage(task));
    if (outcome instanceof Error) await this.close();
    return outcome;
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = undefined;
  }

  #next(act: () => void): Promise<Outcome | Error> {
    return new Promise((resolve) => {
      const [start, elapsed] = [performance.now(), stopwatch()];
      const timer = setInterval(() => {
        const clock = performance.now() - start;
        if (elapsed() > GIVE_UP || clock > LONGEST)
          this.#answered(
            new Error(`not done in ${Math.round(elapsed())} ms, ${Math.round(clock)} by the clock`),
          );
      }, LOOK);
      this.#answered = (message) => {
        clearInterval(timer);
        resolve(message);
      };
      act();
    });
  }

  #start(): void {
    // A thread of Node 20 begins with JavaScript only.
    const worker = new Worker(`require('tsx/cjs'); require(${JSON.stringify(WORKER)})`, {
      eval: true,
      workerData: { bases: this.#bases, scratch: this.#scratch },
      resourceLimits: { maxOldGenerationSizeMb: MEMORY },
    });
    worker.on('message', (message: Outcome) => this.#answered(message));
    worker.on('error', (error: Error) => this.#answered(error));
    this.#worker = worker;
  }
}

/**
 * Looks at the mutants with these seeds.
 * @param bases folders of good traces
 * @returns what went wrong; and how many were refused in words
 */
export async function fuzz(
  bases: readonly string[],
  seeds: Iterable<number>,
): Promise<{ readonly failures: readonly Failure[]; readonly refused: number; readonly slowest: number }> {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-fuzz-'));
  const thread = new FuzzThread(bases, path.join(scratch, 'mutant'));
  const failures: Failure[] = [];
  let [refused, slowest] = [0, 0];
  try {
    for (const seed of seeds) {
      const outcome = await thread.ask(seed);
      const problems =
        outcome instanceof Error
          ? [outcome.message]
          : [
              ...outcome.faults,
              ...(outcome.milliseconds > PATIENCE ? [`took ${outcome.milliseconds} ms`] : []),
            ];
      const about =
        outcome instanceof Error ? '' : `${path.basename(outcome.base)}: ${outcome.done.join('; ')}`;
      for (const problem of problems) failures.push({ seed, what: `${problem} [${about}]` });
      if (!(outcome instanceof Error)) {
        refused += Number(outcome.refused);
        slowest = Math.max(slowest, outcome.milliseconds);
      }
    }
  } finally {
    await thread.close();
    rmSync(scratch, { recursive: true, force: true });
  }
  return { failures, refused, slowest };
}
