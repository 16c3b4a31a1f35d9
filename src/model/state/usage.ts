import type { SeenDoing } from '../../trace/format/definitions.ts';
import { enlarge, nextCapacity } from './track.ts';

/** What a thread was seen to do from outside; a point that it told itself has `told`. */
export const SEEN = {
  told: 0,
  running: 1,
  loop: 2,
  futex: 3,
  call: 4,
  asleep: 5,
  stopped: 6,
} as const satisfies {
  readonly [D in SeenDoing | 'told']: number;
};

/** What a thread had used of the processors at one moment. Times in ns; since the thread began, but for `time`. */
export interface UsagePoint {
  readonly time: number;
  /** On a processor. */
  readonly used: number;
  /** It could have run and had none; NaN: not told. */
  readonly ready: number;
  /** Its event loop waited for something to do; NaN: not told. */
  readonly idle: number;
  /** A value of {@link SEEN}. */
  readonly seen: number;
}

const FIRST_CAPACITY = 8;
/** Where nobody looks at the past so many points are kept. */
const FEW = 32;

/**
 * What a thread used of the processors, as it told itself and as the system showed it: points in order of time. Between two
 * points only sums are known.
 */
export class Usage {
  length = 0;
  times = new Float64Array(FIRST_CAPACITY);
  used = new Float64Array(FIRST_CAPACITY);
  ready = new Float64Array(FIRST_CAPACITY);
  idle = new Float64Array(FIRST_CAPACITY);
  seen = new Uint8Array(FIRST_CAPACITY);
  /** Points before this index have not changed since it was last set. */
  changedFrom = 0;
  private readonly keepsAll: boolean;

  /** @param keepsAll false: only the last points, so that it does not grow */
  constructor(keepsAll: boolean) {
    this.keepsAll = keepsAll;
  }

  /** Two witnesses tell of one thread, and one of them may be late. */
  add(point: UsagePoint): void {
    if (!this.keepsAll && this.length >= FEW) this.drop(FEW / 2);
    if (this.length === this.times.length) this.grow();
    let at = this.length;
    while (at > 0 && (this.times[at - 1] as number) > point.time) at--;
    for (const column of [this.times, this.used, this.ready, this.idle, this.seen])
      column.copyWithin(at + 1, at, this.length);
    this.length++;
    this.times[at] = point.time;
    this.used[at] = this.between(this.used, at, point.used);
    this.ready[at] = Number.isNaN(point.ready) ? Number.NaN : this.between(this.ready, at, point.ready);
    this.idle[at] = point.idle;
    this.seen[at] = point.seen;
    this.changedFrom = Math.min(this.changedFrom, at);
  }

  /** The last point that has the loop's idle time takes it from a record of its own. */
  tellIdle(time: number, idle: number): void {
    const last = this.length - 1;
    for (let i = last; i >= 0 && (this.times[i] as number) >= time; i--) {
      if (this.times[i] !== time || this.seen[i] !== SEEN.told) continue;
      this.idle[i] = idle;
      this.changedFrom = Math.min(this.changedFrom, i);
      return;
    }
  }

  /** Sums do not go back: the system brings its own up to date at its ticks only. */
  private between(column: Float64Array, at: number, value: number): number {
    const before = at === 0 ? 0 : (column[at - 1] as number);
    const after = at + 1 < this.length ? (column[at + 1] as number) : Number.POSITIVE_INFINITY;
    const least = Number.isNaN(before) ? 0 : before;
    return Math.max(least, Number.isNaN(after) ? value : Math.min(value, after));
  }

  private drop(count: number): void {
    for (const column of [this.times, this.used, this.ready, this.idle, this.seen])
      column.copyWithin(0, count, this.length);
    this.length -= count;
    this.changedFrom = 0;
  }

  private grow(): void {
    const capacity = nextCapacity(this.times.length);
    this.times = enlarge(this.times, new Float64Array(capacity));
    this.used = enlarge(this.used, new Float64Array(capacity));
    this.ready = enlarge(this.ready, new Float64Array(capacity));
    this.idle = enlarge(this.idle, new Float64Array(capacity));
    this.seen = enlarge(this.seen, new Uint8Array(capacity));
  }
}

/** Sums of a stream's own records, whose fields hold them modulo 2³² µs. */
export class WrappedSums {
  private readonly last = new Map<'used' | 'ready' | 'idle', { raw: number; ns: number }>();

  /** @param raw as in the record @param least the sum is known to be at least so much, ns */
  ns(what: 'used' | 'ready' | 'idle', raw: number, least = 0): number {
    const before = this.last.get(what);
    let ns = before === undefined ? raw * 1000 : before.ns + ((raw - before.raw) >>> 0) * 1000;
    while (ns + TURN / 2 < least) ns += TURN;
    this.last.set(what, { raw, ns });
    return ns;
  }
}
/** 2³² µs. */
const TURN = 2 ** 32 * 1000;
