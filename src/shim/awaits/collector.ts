import type { Ns } from '../../base/quantities.ts';
import { builtin } from '../core/builtins.ts';
import type { Clock } from '../core/clock.ts';

/** Looks at a resting thread after which V8 is asked: the second one is made when it has rested for half a second. */
const LOOKS = 2;
/** Between two collections at the least, ns; twice as long after each one that the same rest has had. */
const APART_NS = 1e9;
const LONGEST_APART = 2 ** 6;
/** A collection may take so much of a thread's time: one part of this. */
const SHARE = 50;
/** A larger heap is left to V8, which collects when it is full: to walk it would stop the thread for long. Bytes. */
const MOST_HEAP = 512 * 1024 * 1024;

/** Asks V8 to collect garbage while the thread rests: nothing is allocated then, and V8 would never do it by itself. */
export class Collector {
  readonly #clock: Clock;
  #gc: (() => void) | undefined;
  #notBefore: Ns = 0;
  #apart = 1;
  /** Something may be found that the last collection has not. */
  #due = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** There are awaits that no collection has judged. */
  renewed(): void {
    this.#due = true;
  }

  /** `looks`: how often this rest was looked at; `turned`: the program has run since the last look. */
  collect(looks: number, turned: boolean): void {
    if (looks <= 1) this.#apart = 1;
    if (turned) this.#due = true;
    const begin = this.#clock.now();
    if (!this.#due || looks < LOOKS || begin < this.#notBefore) return;
    if (builtin('node:v8').getHeapStatistics().used_heap_size > MOST_HEAP) return;
    this.#due = false;
    this.#gc ??= collection();
    this.#gc();
    const end = this.#clock.now();
    this.#notBefore = end + Math.max(APART_NS * this.#apart, (end - begin) * SHARE);
    this.#apart = Math.min(LONGEST_APART, this.#apart * 2);
  }
}

/** V8 shows its function in new contexts only, while its flag is set; those of the program do not get it. */
function collection(): () => void {
  const { runInNewContext } = builtin('node:vm');
  const known: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
  if (typeof known === 'function') return known as () => void;
  const { setFlagsFromString } = builtin('node:v8');
  setFlagsFromString('--expose-gc');
  try {
    return runInNewContext('gc') as () => void;
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}
