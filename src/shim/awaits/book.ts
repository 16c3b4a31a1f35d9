import type { Ns, SiteId } from '../../base/quantities.ts';
import type { Await } from '../../trace/format/definitions.ts';
import { builtin } from '../core/builtins.ts';
import { reportProblem } from '../core/guard.ts';
import { natives } from '../core/natives.ts';
import type { Recorder } from '../core/recorder.ts';
import type { CallSites } from '../sites/call-sites.ts';
import { Ration } from '../sites/sampler.ts';
import { captureFrames } from '../sites/stack.ts';
import { Collector } from './collector.ts';

/** Frames of an `await` that are looked at: its own one, and a few that await or call that function. */
const FRAMES = 4;
/** Awaits whose lines are looked at in 20 ms: a loop that does nothing but await pays for no more. Those beyond are not watched. */
const MOST_LOOKED_AT = 150;
/** So many awaits may be open and strongly held before they are left to the collector; and so many are watched at all. */
const MOST_YOUNG = 10_000;
const MOST_OPEN = 100_000;
/** Lines that are told, the oldest first. */
const MOST_TOLD = 100;

/** An `await` of the program's own code that has not gone on. */
interface Open {
  readonly site: SiteId;
  readonly since: Ns;
}
/** One that the collector may take. */
interface Aged extends Open {
  /** What V8 makes for the await alone, and holds by what is awaited: gone with whatever could settle that. */
  readonly promise: WeakRef<object>;
}

/**
 * The `await`s of this thread that have not gone on, by V8's hooks for promises. V8 makes a promise for each, which only the
 * awaited one holds. Once the collector has taken it, the awaited promise was out of reach of everything that still can
 * run, and so of whatever would settle it: that `await` never goes on.
 */
export class AwaitBook {
  readonly #recorder: Recorder;
  readonly #sites: CallSites;
  readonly #ration = new Ration(MOST_LOOKED_AT);
  readonly #collector: Collector;
  #young = new Map<object, Open>();
  readonly #aged = new Set<Aged>();
  readonly #agedOf = new WeakMap<object, Aged>();
  readonly #never = new Map<SiteId, { count: number; since: Ns }>();
  /** The promise that was settled last: to await it takes no time, and is most of what programs await. */
  #settled: object | undefined;
  #told = '';

  constructor(recorder: Recorder, sites: CallSites) {
    this.#recorder = recorder;
    this.#sites = sites;
    this.#collector = new Collector(recorder.clock);
    builtin('node:v8').promiseHooks.createHook({
      init: this.#begun,
      before: this.#goesOn,
      settled: this.#isSettled,
    });
  }

  /** `parent`: what is awaited, or whose `then` was called; missing: a promise that the program makes itself. */
  readonly #begun = (promise: object, parent: object | undefined): void => {
    if (parent === undefined || parent === this.#settled) return;
    try {
      const since = this.#recorder.clock.now();
      if (!this.#ration.take(since) || this.#young.size + this.#aged.size >= MOST_OPEN) return;
      // Mostly it is code of a package, or a `then`: one frame costs half of what four do.
      if (!this.#sites.isOwn(captureFrames(this.#begun, 1)[0])) return;
      const site = this.#sites.ofFrames(captureFrames(this.#begun, FRAMES));
      if (site === 0) return;
      this.#young.set(promise, { site, since });
      if (this.#young.size > MOST_YOUNG) this.#age();
    } catch (error) {
      reportProblem(this.#recorder, 'awaits', error);
    }
  };

  readonly #goesOn = (promise: object): void => {
    if (this.#young.delete(promise) || this.#aged.size === 0) return;
    const aged = this.#agedOf.get(promise);
    if (aged !== undefined) this.#aged.delete(aged);
  };

  readonly #isSettled = (promise: object): void => {
    this.#settled = promise;
    this.#goesOn(promise);
  };

  /**
   * The thread rests: tells the awaits that are open, and lets the collector say which of them never go on.
   * @param turned the loop has turned for the program since the last look
   */
  rest(looks: number, turned: boolean): void {
    // What was settled last must not be kept for ever.
    this.#settled = undefined;
    if (this.#aged.size > 0) {
      this.#collector.collect(looks, turned);
      this.#sweep();
    }
    this.#age();
    this.tell();
    natives.letGo();
  }

  /** Lets go of the awaits that are open: from the next callback on the collector may take them. */
  #age(): void {
    for (const [promise, open] of this.#young) {
      const aged = { ...open, promise: new WeakRef(promise) };
      this.#aged.add(aged);
      this.#agedOf.set(promise, aged);
    }
    if (this.#young.size > 0) this.#collector.renewed();
    this.#young = new Map();
  }

  #sweep(): void {
    for (const aged of this.#aged) {
      if (aged.promise.deref() !== undefined) continue;
      this.#aged.delete(aged);
      const known = this.#never.get(aged.site);
      if (known === undefined) this.#never.set(aged.site, { count: 1, since: aged.since });
      else known.count++;
    }
  }

  /** Defines what is open, and what never goes on, if that has changed. */
  tell(): void {
    const open = new Map<SiteId, { count: number; since: Ns }>();
    for (const { site, since } of [...this.#aged, ...this.#young.values()]) {
      const known = open.get(site);
      if (known === undefined) open.set(site, { count: 1, since });
      else known.count++;
    }
    const list: Await[] = [
      ...[...this.#never].map(([site, what]) => ({ site, ...what, never: true as const })),
      ...[...open].map(([site, what]) => ({ site, ...what })),
    ].slice(0, MOST_TOLD);
    const told = list.map(({ site, count, never }) => `${site} ${count} ${never}`).join();
    if (told === this.#told) return;
    this.#told = told;
    this.#recorder.define({ type: 'awaits', time: this.#recorder.clock.now(), list });
  }
}
