import type { ShimOptions } from '../base/environment.ts';

/** Every operation of a channel shows its call site at first, then as many a second as cost little. */
const FIRST = 16;
const PER_SECOND = 2000;
/** All channels of a thread together. */
let spentInSecond = 0;
let second = 0;

/** Decides for one channel which operations show where they come from. */
export class Sampler {
  /** The last call site that was taken. */
  site = 0;
  #taken = 0;
  readonly #mode: ShimOptions['callSites'];

  constructor(mode: ShimOptions['callSites']) {
    this.#mode = mode;
  }

  /** `time`: ns since the session's origin. */
  take(time: number): boolean {
    if (this.#mode !== 'sampled') return this.#mode === 'all';
    if (this.#taken < FIRST) {
      this.#taken++;
      return true;
    }
    const now = Math.floor(time / 1e9);
    if (now !== second) {
      second = now;
      spentInSecond = 0;
    }
    return ++spentInSecond <= PER_SECOND;
  }
}
