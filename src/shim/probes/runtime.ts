import { subscribe } from 'node:diagnostics_channel';
import {
  CALLED_CHANNEL,
  type CalledEvent,
  CHANNEL_VERSION,
  type ChildInfo,
  channelName,
  type ResourceInfo,
  RUNTIME_OPS,
  type RuntimeEvent,
  type RuntimeOp,
} from '../../base/channels.ts';
import type { ChildId, DefinitionId, Ns, ResourceId, SiteId } from '../../base/quantities.ts';
import { FLAG, isWait, KIND, type Kind, outcomeToFlags } from '../../trace/format/records.ts';
import { runtimeChildren } from '../children/live-children.ts';
import type { Probe, Shim } from '../context/shim.ts';
import { reportProblem } from '../core/guard.ts';
import { PairSampler } from '../sites/pair-sampler.ts';
import { Sampler } from '../sites/sampler.ts';

type SitePolicy = 'always' | 'paired' | 'sampled' | 'never' | 'handed';

/**
 * Waits are never sampled, and acquisitions only where they are one of many that were released at once: a late deadlock needs
 * the lines of its holder and its waiters. What ends an operation that waited brings the site of its begin along.
 */
function policyOf(op: RuntimeOp): SitePolicy {
  if (op.startsWith('wait')) return op === 'waitEnd' ? 'handed' : 'always';
  if (op === 'create' || op === 'start' || op === 'signal') return 'always';
  if (op === 'acquire') return 'paired';
  if (op === 'callStart' || op === 'callEnd' || op === 'targetStart') return 'never';
  if (op === 'release' || op === 'childExit' || op === 'ownerDied' || op === 'exiting') return 'never';
  return op === 'open' || op === 'close' ? 'never' : 'sampled';
}

/** The runtime's channels, each event one record. */
export const runtime: Probe = {
  name: 'runtime',
  install(shim) {
    const events = new RuntimeEvents(shim);
    for (const op of RUNTIME_OPS) subscribe(channelName(op), events.subscriber(op));
    subscribe(CALLED_CHANNEL, events.noteCaller);
  },
};

class RuntimeEvents {
  readonly #shim: Shim;
  readonly #samplers = new Map<DefinitionId, Sampler>();
  readonly #pairs = new Map<DefinitionId, PairSampler>();
  readonly #ids = new WeakMap<object, ResourceId | ChildId>();
  readonly #byKey = new Map<string, ResourceId | ChildId>();
  #lastTarget: object | undefined;
  #lastId: ResourceId | ChildId = 0;

  constructor(shim: Shim) {
    this.#shim = shim;
  }

  subscriber(op: RuntimeOp): (message: unknown) => void {
    const kind = KIND[op];
    const policy = policyOf(op);
    const subscriber = (message: unknown): void => {
      try {
        const event = message as RuntimeEvent;
        if (event.v === CHANNEL_VERSION) this.#record(kind, policy, event, subscriber);
      } catch (error) {
        reportProblem(this.#shim.recorder, 'runtime', error);
      }
    };
    return subscriber;
  }

  /** Stores the number of the caller's stack in the event; negative where the stack is that of an earlier call. */
  readonly noteCaller = (message: unknown): void => {
    try {
      const event = message as CalledEvent;
      if (event.v !== CHANNEL_VERSION) return;
      const { sites, recorder } = this.#shim;
      if (event.target === undefined) {
        event.site = sites.ofPublisher(this.noteCaller);
        return;
      }
      const sampler = this.#samplerOf(this.#idOf(event.target));
      const flags = sites.sample(sampler, recorder.clock.now(), this.noteCaller, 'runtime');
      event.site = flags === 0 ? sampler.site : -sampler.site;
    } catch (error) {
      reportProblem(this.#shim.recorder, 'runtime', error);
    }
  };

  #record(kind: Kind, policy: SitePolicy, event: RuntimeEvent, subscriber: (m: unknown) => void): void {
    const { recorder } = this.#shim;
    // Read before the call site is looked for, which takes longer than everything else.
    const time = recorder.clock.now();
    const target = event.target === undefined ? 0 : this.#idOf(event.target);
    let flags = outcomeToFlags(event.outcome);
    if (event.sync) flags |= FLAG.sync;
    if (event.timeoutArmed) flags |= FLAG.timeout;
    let { site, value } = event;
    const sampler = this.#samplerFor(kind, policy, target, time);
    if (site < 0) {
      site = -site;
      flags |= FLAG.sampledSite;
    } else if (site === 0 && policy !== 'never' && policy !== 'handed') {
      if (sampler === undefined) site = this.#shim.sites.ofPublisher(subscriber);
      else {
        flags |= this.#shim.sites.sample(sampler, time, subscriber, 'runtime');
        site = sampler.site;
      }
    }
    if (kind === KIND.childExit && value < 0) {
      flags |= FLAG.signal;
      value = -value;
    }
    recorder.recordAt(time, kind, flags, event.task & 0xffff, target, site, event.n, value);
    if (kind === KIND.start) runtimeChildren.set(event.n, target as ChildId);
    else if (kind === KIND.childExit) runtimeChildren.delete(event.n);
    if (isWait(kind)) this.#waiting(kind, time, target, event, site);
    else if (kind === KIND.waitEnd) this.#shim.quiescence.ended(event.n);
  }

  #waiting(kind: Kind, time: Ns, target: ResourceId | ChildId, event: RuntimeEvent, site: SiteId): void {
    const { subject } = event;
    event.site = site;
    if (subject !== undefined)
      this.#shim.recorder.recordAt(time, KIND.subject, 0, event.task & 0xffff, target, 0, event.n, subject);
    if (kind === KIND.waitJoin && event.target && 'pid' in event.target) {
      this.#shim.quiescence.joins(event.n, event.target.pid);
    }
    if (event.sync) this.#shim.recorder.flush();
  }

  /** The sampler that decides whether the operation shows its own stack; `undefined`: it always does, or never. */
  #samplerFor(kind: Kind, policy: SitePolicy, target: ResourceId | ChildId, time: Ns): Sampler | undefined {
    if (policy === 'sampled') return this.#samplerOf(target);
    if (policy === 'paired') {
      const pairs = this.#pairsOf(target);
      return pairs.acquired(time) ? pairs.sampler : undefined;
    }
    if (kind === KIND.release) this.#pairs.get(target)?.released();
    return undefined;
  }

  #samplerOf(target: ResourceId | ChildId): Sampler {
    let sampler = this.#samplers.get(target);
    if (!sampler) {
      sampler = new Sampler(this.#shim.session.options.callSites);
      this.#samplers.set(target, sampler);
    }
    return sampler;
  }

  #pairsOf(target: ResourceId | ChildId): PairSampler {
    let pairs = this.#pairs.get(target);
    if (!pairs) {
      pairs = new PairSampler(this.#shim.session.options.callSites);
      this.#pairs.set(target, pairs);
    }
    return pairs;
  }

  #idOf(target: ResourceInfo | ChildInfo): ResourceId | ChildId {
    if (target === this.#lastTarget) return this.#lastId;
    let id = this.#ids.get(target);
    if (id === undefined) {
      id = this.#define(target);
      this.#ids.set(target, id);
    }
    this.#lastTarget = target;
    this.#lastId = id;
    return id;
  }

  /** Several objects may describe one resource: every handle may have its own. */
  #define(target: ResourceInfo | ChildInfo): ResourceId | ChildId {
    const key = 'key' in target ? `r ${target.key}` : `c ${target.spawnKey}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const id = this.#defineNew(target);
    this.#byKey.set(key, id);
    return id;
  }

  #defineNew(target: ResourceInfo | ChildInfo): ResourceId | ChildId {
    const { recorder } = this.#shim;
    if ('key' in target) {
      const { key, kind, name = '', capacity, peerKey = '' } = target;
      return recorder.defineResource({ key, kind, name, capacity, peerKey });
    }
    const { spawnKey, name, daemon } = target;
    return recorder.defineChild({ spawnKey, api: 'Process', name, daemon });
  }
}
