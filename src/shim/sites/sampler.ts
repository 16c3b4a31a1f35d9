import type { ShimOptions } from '../../base/environment.ts';

/** So many operations of a channel show their call sites at first, and whenever fewer in a row came from the same line. */
const FIRST = 16;
/** From then on every second one does, then every fourth, down to one of so many. */
const MOST_BETWEEN = 256;
/** After this time the call site is taken again, ns: whatever comes seldom is always exact. */
const SELDOM_NS = 20e6;
/** Time over which call sites are rationed, ns. Short: a burst must not pay for a whole second at once. */
const PERIOD_NS = 20e6;
/** Call sites in a period (2000 a second). */
const MOST = 40;

/** What all samplers of one sort in a thread may take together. */
export class Ration {
  #spent = 0;
  #from = 0;

  take(time: number): boolean {
    if (time >= this.#from + PERIOD_NS) {
      this.#from = time;
      this.#spent = 0;
    }
    return ++this.#spent <= MOST;
  }
}
const messages = new Ration();

/** Decides for one channel which operations show where they come from. */
export class Sampler {
  /** The last call site that was taken. */
  site = 0;
  readonly #mode: ShimOptions['callSites'];
  readonly #ration: Ration;
  readonly #mostBetween: number;
  #taken = 0;
  /** How often in a row the same site was taken. */
  #same = 0;
  #left = 0;
  #between = 1;
  #takenAt = 0;

  constructor(mode: ShimOptions['callSites'], ration = messages, mostBetween = MOST_BETWEEN) {
    this.#mode = mode;
    this.#ration = ration;
    this.#mostBetween = mostBetween;
  }

  /** True: take the call site, and call {@link took}. `time`: ns since the session's origin. */
  take(time: number): boolean {
    if (this.#mode !== 'sampled') return this.#mode === 'all';
    if (--this.#left > 0 && time - this.#takenAt < SELDOM_NS) return false;
    if (this.#taken >= FIRST && !this.#ration.take(time)) return false;
    this.#taken++;
    this.#takenAt = time;
    return true;
  }

  took(site: number): void {
    if (site === this.site) {
      if (++this.#same > FIRST) this.#between = Math.min(this.#between * 2, this.#mostBetween);
    } else {
      this.#same = 0;
      this.#between = 1;
    }
    this.#left = this.#between;
    this.site = site;
  }
}
