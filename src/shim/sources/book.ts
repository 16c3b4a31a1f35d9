import type { SiteId } from '../../base/quantities.ts';
import type { Source } from '../../trace/format/definitions.ts';
import { builtin } from '../core/builtins.ts';
import { addHandles, lookAt } from './handles.ts';
import { SourceList } from './list.ts';
import type { Contributor, Look } from './look.ts';
import type { PoolWork } from './pool-work.ts';
import { addRequests } from './requests.ts';
import type { Resources } from './resources.ts';
import { SignalBook } from './signals.ts';
import type { TimerBook } from './timers.ts';
import type { UnrefBook } from './unref.ts';

/** Node's own list of what keeps the loop alive; undocumented, and the same since Node 0. */
interface ProcessInternals {
  _getActiveHandles?(): unknown[];
  _getActiveRequests?(): unknown[];
}

/** What a look has found. */
export interface Found {
  readonly list: readonly Source[];
  /** Equal for two looks that have found the same but for moments and amounts. */
  readonly signature: string;
  /** Nothing that is not in the list can wake the thread. */
  readonly complete: boolean;
  /** ns since the session's origin; Infinity: no timer is armed. */
  readonly nextDue: number;
}

/** What an end of a channel has not written yet. */
export interface Unwritten {
  readonly resource: number;
  readonly bytes: number;
  /** Of the last write, 0: not known. */
  readonly site: number;
}

/** All that can make this thread run again. Probes tell what they know; the rest is asked of Node. */
export class SourceBook {
  readonly timers: TimerBook;
  readonly unrefs: UnrefBook;
  readonly signals = new SignalBook();
  readonly #contributors: Contributor[] = [];
  /** Asked when the thread ends: what is left then is lost. */
  readonly writers = new Set<() => Unwritten>();
  /** Where the program began to listen for messages of its parent, 0: not known. */
  messagesHeardAt: SiteId = 0;
  /** Native addons that the program has loaded, by the names of their files. */
  readonly addons = new Set<string>();

  readonly #work: PoolWork;

  constructor(timers: TimerBook, unrefs: UnrefBook, work: PoolWork) {
    this.timers = timers;
    this.unrefs = unrefs;
    this.#work = work;
  }

  /** `contribute` is asked at each look, before the handles that nobody has told of. */
  contribute(contribute: Contributor): void {
    this.#contributors.push(contribute);
  }

  /** `ran`: the thread has run since the last look. */
  look(resources: Resources, ran: boolean): Found {
    const internals = process as ProcessInternals;
    const list = new SourceList();
    const look = lookAt(list, internals._getActiveHandles?.() ?? []);
    for (const contribute of this.#contributors) contribute(look);
    addHandles(look, this.unrefs.active());
    this.timers.collect(list, resources.timers - look.standIns);
    addRequests(look, internals._getActiveRequests?.() ?? []);
    this.signals.addTo(look);
    addDebugger(look);
    for (const addon of this.addons) list.add({ kind: 'native', ref: false, detail: addon });
    const settled = this.#work.addTo(list, ran);
    const { entries } = list;
    const nextDue = Math.min(...entries.map(({ due }) => due ?? Number.POSITIVE_INFINITY));
    return { list: entries, signature: list.signature, complete: settled && !list.isCut, nextDue };
  }
}

/** A person may be about to do anything. */
function addDebugger({ list }: Look): void {
  let url: string | undefined;
  try {
    url = builtin('node:inspector').url();
  } catch {
    // A Node without an inspector.
  }
  if (url !== undefined) list.add({ kind: 'debugger', ref: false, detail: url });
}
