import type { Ns } from '../../base/quantities.ts';
import { KIND, NOT_TOLD } from '../../trace/format/records.ts';
import { headOf, type Ledger } from '../../trace/writer/ledger.ts';
import { loopIdle, ProcessorTime } from './processor-time.ts';

/** Between two samples of a young thread, and at most, ns; an older one is sampled every {@link SHARE}th of its age. */
const SOONEST: Ns = 50e6;
const LATEST: Ns = 1e9;
const SHARE = 600;
/** A thread that ends before is not asked about its loop: that loads modules of Node, for half a millisecond. */
const LOOP_AFTER: Ns = 100e6;

/**
 * Records now and then what the thread has used of the processors. The samples are no activity of the thread: they end no rest,
 * and cost nothing where records follow each other fast.
 */
export class UsageMeter {
  /** From then on a record may be accompanied by a sample. */
  due: Ns = Number.NEGATIVE_INFINITY;
  readonly #ledger: Ledger;
  readonly #time = new ProcessorTime();
  readonly #start: Ns;
  #at: Ns = Number.NEGATIVE_INFINITY;
  /** Its loop has been asked. */
  #hasAsked = false;

  constructor(ledger: Ledger, start: Ns) {
    this.#ledger = ledger;
    this.#start = start;
  }

  /** Time of the last sample. */
  get at(): Ns {
    return this.#at;
  }

  /** @param isLast the thread ends: for that alone no modules are loaded */
  sample(time: Ns, isLast = false): void {
    const age = time - this.#start;
    // The first sample comes before the loop has begun.
    const isFirst = this.#at === Number.NEGATIVE_INFINITY;
    this.#at = time;
    this.due = time + (isFirst ? LOOP_AFTER : Math.min(LATEST, Math.max(SOONEST, age / SHARE)));
    const processor = this.#time;
    processor.take();
    const { used, ready } = processor;
    if (used === undefined) return;
    const told = ready === undefined ? NOT_TOLD : Math.min(microseconds(ready), NOT_TOLD - 1);
    this.#ledger.record(time, headOf(KIND.spent, 0, 0), 0, 0, microseconds(used), told);
    if (!isFirst && (age < LOOP_AFTER || (isLast && !this.#hasAsked))) return;
    this.#hasAsked ||= !isFirst;
    const idle = isFirst ? 0 : microseconds(loopIdle());
    this.#ledger.record(time, headOf(KIND.looped, 0, 0), 0, 0, idle, 0);
  }
}

/** Modulo 2³². */
function microseconds(ns: Ns): number {
  return Math.floor(ns / 1000) >>> 0;
}
