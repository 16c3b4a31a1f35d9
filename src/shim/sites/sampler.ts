import type { ShimOptions } from '../../base/environment.ts';
import type { Ns, SiteId } from '../../base/quantities.ts';

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
  readonly #most: number;
  #spent = 0;
  #from = 0;

  /** `most`: how many in a period of 20 ms. */
  constructor(most = MOST) {
    this.#most = most;
  }

  take(time: Ns): boolean {
    if (time >= this.#from + PERIOD_NS) {
      this.#from = time;
      this.#spent = 0;
    }
    return ++this.#spent <= this.#most;
  }
}
const messages = new Ration();

export interface SamplerOptions {
  /** What the sampler shares with others; by default with all samplers of messages. */
  readonly ration?: Ration;
  /** Once the place is always the same, it is taken for at least one of so many operations. */
  readonly mostBetween?: number;
  /** After this time the place is taken again, ns. */
  readonly seldomNs?: number;
  /** So long after a whole stack was taken, one with the same nearest frame is believed to be the same, ns. */
  readonly freshNs?: number;
}

/** Decides for one channel which operations show where they come from. */
export class Sampler {
  /** The last call site that was taken. */
  site: SiteId = 0;
  /** Frames that are looked at to find the program's nearest one. */
  near = 1;
  readonly #mode: ShimOptions['callSites'];
  readonly #ration: Ration;
  readonly #mostBetween: number;
  readonly #seldomNs: number;
  /** See {@link SamplerOptions.freshNs}; 0: every stack is taken whole. */
  readonly freshNs: number;
  #taken = 0;
  /** How often in a row the same site was taken. */
  #same = 0;
  #left = 0;
  #between = 1;
  #takenAt: Ns = 0;

  constructor(mode: ShimOptions['callSites'], options: SamplerOptions = {}) {
    const {
      ration = messages,
      mostBetween = MOST_BETWEEN,
      seldomNs = SELDOM_NS,
      freshNs = SELDOM_NS,
    } = options;
    this.#mode = mode;
    this.#ration = ration;
    this.#mostBetween = mostBetween;
    this.#seldomNs = seldomNs;
    this.freshNs = mode === 'all' ? 0 : freshNs;
  }

  /** True: take the call site, and call {@link took}. `time`: ns since the session's origin. */
  take(time: Ns): boolean {
    if (this.#mode !== 'sampled') return this.#mode === 'all';
    if (--this.#left > 0 && time - this.#takenAt < this.#seldomNs) return false;
    if (this.#taken >= FIRST && !this.#ration.take(time)) return false;
    this.#taken++;
    this.#takenAt = time;
    return true;
  }

  took(site: SiteId): void {
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
