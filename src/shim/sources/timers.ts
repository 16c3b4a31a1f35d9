import timersModule from 'node:timers';
import timersPromises from 'node:timers/promises';
import { OWN_HANDLE, OWN_TURNS, type OwnTurns } from '../../base/environment.ts';
import type { Ms } from '../../base/quantities.ts';
import type { Source } from '../../trace/format/definitions.ts';
import type { Clock } from '../core/clock.ts';
import { natives } from '../core/natives.ts';
import { type Around, observed, type Reporting } from '../core/observe.ts';
import { surround } from '../core/patch.ts';
import type { Recorder } from '../core/recorder.ts';
import type { CallSites } from '../sites/call-sites.ts';
import { Ration, Sampler } from '../sites/sampler.ts';
import { SourceList } from './list.ts';
import type { Origin } from './origin.ts';

/** Node's timers with the same delay are a ring: `_idlePrev` of the list is the oldest, and of each timer the next newer one. */
interface Link {
  _idlePrev: Link | null;
  _idleNext: Link | null;
}
interface Timer extends Link {
  readonly _idleStart: number;
  readonly _idleTimeout: number;
  readonly _repeat: number | null;
  hasRef(): boolean;
}
interface TimersList extends Link {
  readonly msecs: number;
}

/** A timer that fires sooner never meets a resting thread, ms. */
const SOON_MS = 50;
/** Of the timers with one delay so many are looked at, those that fire first; and of all so many. The others are counted. */
const MOST_OF_DELAY = 64;
const MOST = 1000;
const FEW = 64;
/** In a loop that makes timers on one line, one of so many at the least shows where it was made. */
const BETWEEN = 4096;
/** Timers of the runtime serve its waits only. */
const own = Symbol.for(OWN_HANDLE);
const ownTurns = Symbol.for(OWN_TURNS);

/**
 * The timers of this thread, by way of Node's own lists of them: a timer costs nothing while it is not looked at. Those
 * that Node makes for itself are seen where the program has one with the same delay.
 */
export class TimerBook {
  readonly #sites: CallSites;
  readonly #clock: Clock;
  readonly #sampler: Sampler;
  readonly #lists = new Map<number, Link>();
  /** Not on the timers themselves: Node's code is slower with timers of two shapes. */
  readonly #origins = new WeakMap<object, Origin>();
  /** Of the runtime's timers that were met at a look. */
  readonly #ownTurns = new Set<OwnTurns>();
  #most = FEW;

  constructor(sites: CallSites, recorder: Recorder, callSites: ConstructorParameters<typeof Sampler>[0]) {
    this.#sites = sites;
    this.#clock = recorder.clock;
    this.#sampler = new Sampler(callSites, { ration: new Ration(), mostBetween: BETWEEN });
    const where = { recorder, probe: 'timers' };
    this.#surroundMakers(where);
    this.#surroundMethods(where);
  }

  #surroundMakers(where: Reporting): void {
    const around = afterwards((timer) => {
      if ((timer as Timer)._idleTimeout >= SOON_MS) this.#made(timer as Timer);
    });
    for (const name of ['setTimeout', 'setInterval'] as const) {
      surround(globalThis, name, where, around);
      timersModule[name] = globalThis[name] as never;
    }
    const afterPromise = afterwards((_promise, args) => this.#madeByPromise(Number(args[0])));
    surround(timersPromises, 'setTimeout', where, afterPromise);
  }

  /** Timers that Node makes come by here too, where it does not want them to keep the program alive. */
  #surroundMethods(where: Reporting): void {
    const around = afterwards((timer) => this.#learn(timer as Timer));
    for (const name of ['unref', 'refresh']) surround(natives.timers, name, where, around);
  }

  #made(timer: Timer): void {
    // The time that Node has given it is time enough, and at no cost.
    if (!this.#sampler.take(timer._idleStart * 1e6)) return;
    this.#learn(timer);
    const site = this.#sites.here(observed);
    this.#sampler.took(site);
    this.#origins.set(timer, { site, since: this.#clock.now() });
  }

  /** The timer itself is out of reach, but it is the last one of its list. */
  #madeByPromise(ms: Ms): void {
    if (!(ms >= SOON_MS)) return;
    const neighbour = natives.setTimeout.call(globalThis, noop, ms) as unknown as Timer;
    const made = neighbour._idleNext;
    this.#learn(neighbour);
    natives.clearTimeout.call(globalThis, neighbour as never);
    if (made && isTimer(made)) this.#made(made);
  }

  /** Remembers the list that a timer is in: it holds the timers with the same delay until the last of them has gone. */
  #learn(timer: Timer): void {
    const ms = Math.trunc(timer._idleTimeout);
    const known = this.#lists.get(ms);
    // Node gives a list up when it is empty.
    if (known && !isEmpty(known)) return;
    const list = listOf(timer);
    if (!list) return;
    this.#lists.set(ms, list);
    if (this.#lists.size > this.#most) this.#forget();
  }

  /** How often the loop has called timers of the shim and of the runtime; of the latter those that a look has met. */
  get ownTurns(): number {
    let turns = natives.fired;
    for (const { count } of this.#ownTurns) turns += count;
    return turns;
  }

  #forget(): void {
    for (const [ms, list] of this.#lists) if (isEmpty(list)) this.#lists.delete(ms);
    this.#most = Math.max(FEW, this.#lists.size * 2);
  }

  /** Timers of the program that fire once, where it is known who made them: while the thread stands still none of them does. */
  once(): readonly Source[] {
    if (![...this.#lists.values()].some((ring) => !isEmpty(ring))) return [];
    const list = new SourceList();
    this.collect(list, 0);
    return list.entries.filter(({ every, site }) => every === undefined && site !== undefined);
  }

  /** `refd`: how many Node counts that keep the program alive. */
  collect(list: SourceList, refd: number): void {
    const reference = natives.setTimeout.call(globalThis, noop, 1) as unknown as Timer;
    const elapsed = reference._idleStart;
    natives.clearTimeout.call(globalThis, reference as never);
    const origin = this.#clock.now() - elapsed * 1e6;
    const found: Found = { all: 0, refd: 0 };
    this.#forget();
    for (const ring of this.#lists.values()) this.#collectRing(ring, origin, list, found);
    // Node has made them for itself, or there are too many.
    const others = Math.max(0, refd - found.refd);
    if (others > 0) list.add({ kind: 'timer', ref: true }, others);
  }

  #collectRing(ring: Link, origin: number, list: SourceList, found: Found): void {
    let left = MOST_OF_DELAY;
    for (let link = ring._idlePrev; link && link !== ring; link = link._idlePrev) {
      if (!isTimer(link) || natives.own.has(link) || this.#isRuntimes(link)) continue;
      if (--left < 0 || ++found.all > MOST) {
        // Whether it keeps the program alive shows in Node's count only.
        list.add({ kind: 'timer', ref: false });
        return;
      }
      const ref = link.hasRef();
      if (ref) found.refd++;
      list.add({ kind: 'timer', ref, ...this.#describe(link, origin) });
    }
  }

  #isRuntimes(timer: Timer): boolean {
    if (Reflect.get(timer, own) !== true) return false;
    const turns: OwnTurns | undefined = Reflect.get(timer, ownTurns);
    if (turns !== undefined) this.#ownTurns.add(turns);
    return true;
  }

  #describe(timer: Timer, origin: number): Partial<Source> {
    const { since, site } = this.#origins.get(timer) ?? {};
    return {
      due: origin + (timer._idleStart + timer._idleTimeout) * 1e6,
      ...(typeof timer._repeat === 'number' ? { every: timer._repeat * 1e6 } : {}),
      ...(since === undefined ? {} : { since }),
      ...(site === undefined || site === 0 ? {} : { site }),
    };
  }
}

/** What a look has found: all timers, and those that keep the program alive. */
interface Found {
  all: number;
  refd: number;
}

const CALLED = {};
/** Sees what calls that succeed return. A call that fails is made again: it does nothing but refuse its arguments. */
function afterwards(see: (result: unknown, args: readonly unknown[]) => void): Around<object> {
  return {
    begin: () => CALLED,
    end(_called, returned, result, args) {
      if (returned) see(result, args);
    },
    repeats: () => true,
  };
}

function noop(): void {}

function isTimer(link: Link): link is Timer {
  return '_idleStart' in link;
}

function isEmpty(list: Link): boolean {
  return list._idlePrev === list || list._idlePrev === null;
}

/** The ring's own member that is no timer. */
function listOf(timer: Link): TimersList | undefined {
  for (let link = timer._idlePrev; link && link !== timer; link = link._idlePrev)
    if (!isTimer(link)) return link as TimersList;
  return undefined;
}
