import { SUM_COUNT, type Track } from '../state/track.ts';

/** Up to so many slices a walk is cheaper than two rows of prefix sums. */
const WALK = 48;

/** Sums of a track over one stretch after another: a walk where slices are few, the difference of two prefix sums where many. */
export class Shown {
  private readonly track: Track;
  private readonly sums = new Float64Array(SUM_COUNT);
  private before = new Float64Array(SUM_COUNT);
  private after = new Float64Array(SUM_COUNT);
  /** End of the last stretch, and the slice there. */
  private end = Number.NaN;
  private index = 0;
  /** The time up to which `after` sums, NaN: none. */
  private summed = Number.NaN;

  constructor(track: Track) {
    this.track = track;
  }

  /** Something may have been fed since the last stretch. */
  restart(): void {
    this.end = Number.NaN;
    this.summed = Number.NaN;
  }

  /** ns by state, and still, of [from, to), which begins at the track's first slice or later; in an array that the next call reuses. */
  of(from: number, to: number): Float64Array {
    const { track, sums } = this;
    let index = this.end === from ? this.index : track.indexAt(from);
    const near = index + WALK;
    if (near >= track.length - 1 || track.starts[near]! > to) {
      sums.fill(0);
      index = this.walk(index, from, to);
    } else {
      [this.before, this.after] = [this.after, this.before];
      if (this.summed !== from) {
        this.before.fill(0);
        track.sumTo(index, from, this.before);
      }
      index = track.indexAt(to, near);
      this.after.fill(0);
      track.sumTo(index, to, this.after);
      this.summed = to;
      for (let s = 0; s < SUM_COUNT; s++) sums[s] = this.after[s]! - this.before[s]!;
    }
    this.end = to;
    this.index = index;
    return sums;
  }

  private walk(from: number, begin: number, to: number): number {
    const { track, sums } = this;
    const { starts, length } = track;
    let index = from;
    let at = begin;
    for (; index + 1 < length && starts[index + 1]! <= to; index++) {
      track.addTo(sums, index, starts[index + 1]! - at);
      at = starts[index + 1]!;
    }
    track.addTo(sums, index, to - at);
    return index;
  }
}
