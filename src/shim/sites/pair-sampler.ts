import type { ShimOptions } from '../../base/environment.ts';
import type { Ns } from '../../base/quantities.ts';
import { Ration, Sampler } from './sampler.ts';

/** So many pairs without a pause make a lock hot. */
const HOT_PAIRS = 64;
/** A pause this long between two acquisitions ends that, ns. */
const COLD_NS = 5e6;
/** The place of a hot lock's acquisition is at most this old, ns, as far as the ration allows. */
const FRESH_NS = 1e6;
const pairs = new Ration();

/**
 * Knows of one lock and one thread whether acquisitions and releases alternate fast: then a stack for each would cost many
 * times what the lock costs. Every other acquisition shows its own stack, since a deadlock may come of it.
 */
export class PairSampler {
  readonly sampler: Sampler;
  #pairs = 0;
  #released = false;
  #acquiredAt: Ns = 0;

  constructor(mode: ShimOptions['callSites']) {
    this.sampler = new Sampler(mode, { ration: pairs, seldomNs: FRESH_NS, freshNs: FRESH_NS });
  }

  /** The lock was taken at `time`, ns. True: it is one of many such pairs. */
  acquired(time: Ns): boolean {
    if (!this.#released || time - this.#acquiredAt > COLD_NS) this.#pairs = 0;
    this.#released = false;
    this.#acquiredAt = time;
    return this.#pairs >= HOT_PAIRS;
  }

  released(): void {
    this.#released = true;
    this.#pairs++;
  }
}
