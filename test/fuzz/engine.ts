import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import inspector from 'node:inspector';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stopwatch } from '../stopwatch.ts';
import { damage } from './mutate.ts';
import { Random } from './random.ts';

/** What is fed with bytes that a stranger has made. */
export interface Target {
  /** Of its folder among the fixtures, too. */
  readonly name: string;
  /** Scripts whose branches tell whether an input is new. */
  readonly scripts: RegExp;
  /** Milliseconds that one input may take. */
  readonly limitMs: number;
  /** Inputs as they should be. */
  seeds(): Buffer[];
  /** An input of the right structure, or a changed one that keeps its structure. */
  vary(input: Buffer, random: Random): Buffer;
  /** @throws AssertionError when what it does with the input is wrong; what it may refuse, it refuses inside */
  run(input: Buffer): void | Promise<void>;
}

export interface Find {
  readonly input: Buffer;
  readonly error: Error;
}

export interface Outcome {
  readonly runs: number;
  /** Inputs that reached something new. */
  readonly corpus: number;
  readonly finds: readonly Find[];
}

/** Inputs between two looks at the coverage, which take some ten milliseconds. */
const BATCH = 128;
const MOST_FINDS = 10;
const LONGEST = 64 * 1024;
const FIXTURES = fileURLToPath(new URL('../fixtures/fuzz', import.meta.url));

/** Runs one input; the error that it is a find for, if it is one. */
export async function check(target: Target, input: Buffer): Promise<Error | undefined> {
  const elapsed = stopwatch();
  try {
    await target.run(input);
  } catch (error) {
    return error as Error;
  }
  const took = elapsed();
  return took > target.limitMs ? new Error(`took ${Math.round(took)} ms`) : undefined;
}

/** Inputs that once were finds. */
export function kept(target: Target): { readonly name: string; readonly input: Buffer }[] {
  try {
    const folder = path.join(FIXTURES, target.name);
    return readdirSync(folder).map((name) => ({ name, input: readFileSync(path.join(folder, name)) }));
  } catch {
    return [];
  }
}

/** Keeps a find among the fixtures. */
export function keep(target: Target, { input }: Find, seed: number): void {
  const folder = path.join(FIXTURES, target.name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `seed-${seed}-${input.length}.bin`), input);
}

export interface Plan {
  readonly seed: number;
  /** Are those inputs that reach something new varied further? That costs more than to try twice as many. */
  readonly guided: boolean;
  /** Asked between batches, and told how many inputs there were. */
  readonly isOver: (runs: number) => boolean;
}

/**
 * Feeds varied inputs to a target. Those that reach a branch, or reach it so many times more often, as no input before are varied
 * further (V8 tells which).
 */
export async function fuzz(target: Target, { seed, guided, isOver }: Plan): Promise<Outcome> {
  const random = new Random(seed);
  const corpus = [...target.seeds(), ...kept(target).map(({ input }) => input)];
  const finds: Find[] = [];
  const coverage = guided ? new Coverage(target.scripts) : undefined;
  let runs = 0;
  const runAll = async (inputs: readonly Buffer[]): Promise<void> => {
    for (const input of inputs) {
      runs++;
      const error = await check(target, input);
      if (error !== undefined && !finds.some((find) => find.input.equals(input)))
        finds.push({ input, error });
    }
  };
  /** Adds those of the inputs, which together reach something new, that do so. */
  const addNew = async (inputs: readonly Buffer[]): Promise<void> => {
    if (inputs.length === 1) {
      corpus.push(...inputs);
      return;
    }
    const middle = inputs.length >> 1;
    for (const half of [inputs.slice(0, middle), inputs.slice(middle)]) {
      await runAll(half);
      if (!coverage?.isNew()) continue;
      coverage.forgetLast();
      await addNew(half);
      // Now it is known.
      await runAll(half);
      coverage.isNew();
    }
  };
  try {
    await runAll(corpus);
    coverage?.isNew();
    while (!isOver(runs) && finds.length < MOST_FINDS) {
      const batch = Array.from({ length: BATCH }, () => varied(target, corpus, random));
      await runAll(batch);
      if (!coverage?.isNew()) continue;
      coverage.forgetLast();
      await addNew(batch);
    }
  } finally {
    coverage?.stop();
  }
  return { runs, corpus: corpus.length, finds };
}

function varied(target: Target, corpus: readonly Buffer[], random: Random): Buffer {
  let input = random.pick(corpus);
  for (let steps = 1 + random.below(4); steps > 0; steps--)
    input = random.chance(0.5) ? target.vary(input, random) : damage(input, random);
  return input.subarray(0, LONGEST);
}

/** Which branches of some scripts have run, and about how often. */
class Coverage {
  readonly #session = new inspector.Session();
  readonly #scripts: RegExp;
  readonly #seen = new Set<string>();
  #last: string[] = [];

  constructor(scripts: RegExp) {
    this.#scripts = scripts;
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Has anything run since the last look that had not before? */
  isNew(): boolean {
    this.#last = [];
    this.#session.post('Profiler.takePreciseCoverage', (_error, { result }) => {
      for (const { url, functions } of result) {
        if (!this.#scripts.test(url)) continue;
        for (const { ranges } of functions)
          for (const { startOffset, endOffset, count } of ranges)
            if (count > 0) this.#note(`${url}:${startOffset}-${endOffset}:${Math.ceil(Math.log2(count))}`);
      }
    });
    return this.#last.length > 0;
  }

  #note(branch: string): void {
    if (this.#seen.has(branch)) return;
    this.#seen.add(branch);
    this.#last.push(branch);
  }

  /** What the last look found is to be found again. */
  forgetLast(): void {
    for (const branch of this.#last) this.#seen.delete(branch);
  }

  stop(): void {
    this.#session.post('Profiler.stopPreciseCoverage');
    this.#session.disconnect();
  }
}
