import type { Ns } from '../base/quantities.ts';
import type {
  ChildDefinition,
  Definition,
  Observation,
  ResourceDefinition,
  Source,
  SourcesDefinition,
  StreamDefinition,
} from '../trace/format/definitions.ts';
import { FLAG, isWait, KIND, type TraceRecord } from '../trace/format/records.ts';
import type { Damage, TraceSink } from '../trace/reader/sink.ts';

/** An open wait of a thread. */
export interface OpenWait {
  readonly kind: number;
  readonly task: number;
  readonly sync: boolean;
  /** It ends by itself. */
  readonly timed: boolean;
  readonly resource: ResourceDefinition | undefined;
  readonly child: ChildDefinition | undefined;
  /** What of the resource it is for, as `subject` says. */
  part: number | undefined;
}

/** What one thread has to do with one resource. */
export interface Use {
  readers: number;
  writers: number;
  /** Its handles are counted: it has opened or made the resource. */
  counted: boolean;
  acquired: number;
  sent: number;
  received: number;
  sentBytes: number;
  receivedBytes: number;
  /** Of the last send. */
  sentAt: Ns;
  done: number;
  /** It has stopped reading or writing, as it says itself. */
  stands: boolean;
}

/** One thread at the moment that is asked about. */
export interface Thread {
  readonly stream: StreamDefinition;
  readonly resources: Map<number, ResourceDefinition>;
  readonly children: Map<number, ChildDefinition>;
  readonly sources: Map<number, SourcesDefinition>;
  readonly waits: Map<number, OpenWait>;
  readonly uses: Map<string, Use>;
  /** Spawn key of its process or worker, by which its parent knows it. */
  spawnKey: string;
  ended: boolean;
  /** Its target has begun (children of the runtime). */
  started: boolean;
  /** The last rest that it told of, with the id of its sources, and when it did something again. */
  rests: { readonly time: Ns; readonly sources: number; readonly counts: number; until: Ns } | undefined;
  /** Something of its records is missing. */
  damaged: boolean;
  /** First record after the moment that is no rest: it has gone on. */
  wentOn: Ns | undefined;
}

export interface Hold {
  readonly thread: Thread;
  readonly task: number;
}

/** What a resource is like at the moment, over all threads. */
export interface Shared {
  readonly definition: ResourceDefinition;
  /** Acquisitions that have not ended, by ticket. */
  readonly holds: Map<number, Hold>;
  /** Somebody has released what another one held. */
  foreign: boolean;
  /** Tasks of a pool that have not ended, by number: who has begun them. */
  readonly tasks: Map<number, { first: number; worker: Thread | undefined }>;
  readonly workers: Set<number>;
}

const NO_KEY = '';
/** So long after something ended the program the launcher may tell of it, ns. */
const LAST_MOMENT = 2e9;

/**
 * The state of a trace at one moment, from its records alone: who lives, waits, rests, holds, and has handles. Made for the check
 * of proofs; what the findings are made with is another, and neither uses the other's code.
 */
export class Moment implements TraceSink {
  readonly time: Ns;
  readonly threads = new Map<string, Thread>();
  readonly shared = new Map<string, Shared>();
  /** Children of which some parent has told, by spawn key. */
  readonly born = new Map<
    string,
    { readonly by: Thread; readonly child: ChildDefinition; pid: number; ended: boolean }
  >();
  readonly ends = new Map<number, Ns>();
  /** Pids that the process table shows, with their parents'. */
  readonly untraced = new Map<number, number>();
  /** Of the last record of each process. */
  readonly #lastOf = new Map<number, Ns>();
  /** When the program was ended from outside, or somebody in it was sent a signal; Infinity: never. */
  intervention: Ns = Number.POSITIVE_INFINITY;

  constructor(time: Ns) {
    this.time = time;
  }

  definition(stream: StreamDefinition, def: Definition): void {
    const thread = this.#thread(stream);
    if (def.type === 'resource') {
      thread.resources.set(def.id, def);
      if (!this.shared.has(def.key))
        this.shared.set(def.key, {
          definition: def,
          holds: new Map(),
          foreign: false,
          tasks: new Map(),
          workers: new Set(),
        });
    } else if (def.type === 'child') thread.children.set(def.id, def);
    else if (def.type === 'sources') thread.sources.set(def.id, def);
    else if (def.type === (stream.threadId === 0 ? 'process' : 'thread')) thread.spawnKey = def.spawnKey;
  }

  record(stream: StreamDefinition, record: TraceRecord): void {
    const thread = this.#thread(stream);
    this.#lastOf.set(stream.pid, record.time);
    if (record.time > this.time) {
      if (record.kind === KIND.signal || isDeath(record)) this.#intervene(record.time);
      if (!isRest(record.kind)) thread.wentOn ??= record.time;
      return;
    }
    if (record.kind === KIND.quiescent)
      thread.rests = {
        time: record.time,
        sources: record.resource,
        counts: record.n + record.value,
        until: Number.POSITIVE_INFINITY,
      };
    else if (thread.rests !== undefined && !isUsage(record.kind))
      thread.rests.until = Math.min(thread.rests.until, record.time);
    this.#life(thread, record);
    this.#waits(thread, record);
    const definition = thread.resources.get(record.resource);
    if (definition !== undefined) this.#use(thread, definition, record);
  }

  observation(observation: Observation): void {
    switch (observation.type) {
      case 'interrupted':
      case 'killed':
        this.#intervene(observation.time);
        break;
      case 'rootExit':
        this.ends.set(observation.pid, observation.time);
        if (observation.signal !== null) this.#intervene(this.#deathOf(observation.pid, observation.time));
        break;
      case 'osGone':
        this.ends.set(observation.pid, observation.time);
        break;
      case 'osProcess':
        this.untraced.set(observation.pid, observation.ppid);
        break;
    }
  }

  damage({ stream, kind }: Damage): void {
    if (stream !== undefined && kind !== 'unended' && kind !== 'torn' && kind !== 'cut')
      this.#thread(stream).damaged = true;
  }

  isAlive(thread: Thread): boolean {
    if (thread.ended) return false;
    const end = this.ends.get(thread.stream.pid);
    if (end !== undefined && end >= thread.stream.start && end <= this.time) return false;
    const birth = thread.spawnKey === NO_KEY ? undefined : this.born.get(thread.spawnKey);
    if (birth?.ended === true && (birth.child.api === 'worker' || birth.pid === thread.stream.pid))
      return false;
    const main = this.mainOf(thread);
    return main === undefined || main === thread || this.isAlive(main);
  }

  mainOf({ stream }: Thread): Thread | undefined {
    return this.threads.get(`${stream.processKey}.0`);
  }

  threadsOf({ stream }: Thread): readonly Thread[] {
    return [...this.threads.values()].filter((other) => other.stream.processKey === stream.processKey);
  }

  /** The other living threads of its process. */
  siblingsOf(thread: Thread): readonly Thread[] {
    return this.threadsOf(thread).filter((other) => other !== thread && this.isAlive(other));
  }

  /** The main threads, or worker threads, that were started under a key: more than one where processes inherit it. */
  startedUnder(spawnKey: string, isWorker: boolean): readonly Thread[] {
    return [...this.threads.values()].filter(
      (thread) => thread.spawnKey === spawnKey && (thread.stream.threadId !== 0) === isWorker,
    );
  }

  /** The process table shows, or its parent has told, that it is there no more. */
  isGone(pid: number): boolean {
    return (this.ends.get(pid) ?? Number.POSITIVE_INFINITY) <= this.time;
  }

  sourcesOf(thread: Thread): readonly Source[] | undefined {
    const { rests } = thread;
    // Of an end of the program those who are woken by it tell before the launcher does.
    const ended = this.intervention <= this.time + LAST_MOMENT;
    if (rests === undefined || rests.until < this.time - (ended ? LAST_MOMENT : 0)) return undefined;
    if (rests.sources === 0) return rests.counts === 0 ? [] : undefined;
    const told = thread.sources.get(rests.sources);
    return told?.complete === true ? told.list : undefined;
  }

  #thread(stream: StreamDefinition): Thread {
    let thread = this.threads.get(stream.stream);
    if (thread === undefined) {
      thread = {
        stream,
        resources: new Map(),
        children: new Map(),
        sources: new Map(),
        waits: new Map(),
        uses: new Map(),
        spawnKey: NO_KEY,
        ended: false,
        started: (stream.minor ?? 0) < 1,
        rests: undefined,
        damaged: false,
        wentOn: undefined,
      };
      this.threads.set(stream.stream, thread);
    }
    return thread;
  }

  /** A process that was killed may have died any time after its last record: others hear of it before the launcher does. */
  #deathOf(pid: number, seen: Ns): Ns {
    return Math.max(this.#lastOf.get(pid) ?? 0, seen - LAST_MOMENT);
  }

  #intervene(time: Ns): void {
    this.intervention = Math.min(this.intervention, time);
  }

  #life(thread: Thread, record: TraceRecord): void {
    const { kind, resource, n } = record;
    if (kind === KIND.processExit) thread.ended = true;
    if (kind === KIND.targetStart) thread.started = true;
    const child = thread.children.get(resource);
    if (child === undefined) return;
    if (kind === KIND.start || kind === KIND.threadStart)
      this.born.set(child.spawnKey, { by: thread, child, pid: n, ended: false });
    if (kind === KIND.childExit) {
      const birth = this.born.get(child.spawnKey);
      if (birth !== undefined) birth.ended = true;
      if (isDeath(record)) this.#intervene(record.time);
    }
  }

  #waits(thread: Thread, { kind, flags, n, value, task, resource }: TraceRecord): void {
    if (kind === KIND.waitEnd) thread.waits.delete(n);
    else if (kind === KIND.acquire && value !== 0) thread.waits.delete(value);
    else if (kind === KIND.subject) {
      const wait = thread.waits.get(n);
      if (wait !== undefined) wait.part = value;
    } else if (isWait(kind)) {
      thread.waits.set(n, {
        kind,
        task,
        sync: (flags & FLAG.sync) !== 0,
        // 0: no time, but an AbortSignal, which only code of the program could abort.
        timed: (flags & FLAG.timeout) !== 0 && value > 0,
        resource: thread.resources.get(resource),
        child: thread.children.get(resource),
        part: undefined,
      });
    }
  }

  #use(thread: Thread, definition: ResourceDefinition, record: TraceRecord): void {
    let use = thread.uses.get(definition.key);
    if (use === undefined) {
      use = {
        readers: 0,
        writers: 0,
        counted: false,
        acquired: 0,
        sent: 0,
        received: 0,
        sentBytes: 0,
        receivedBytes: 0,
        sentAt: 0,
        done: 0,
        stands: false,
      };
      thread.uses.set(definition.key, use);
    }
    const shared = this.shared.get(definition.key);
    if (shared !== undefined) apply(shared, thread, use, record);
  }
}

/** A child that ended by a signal. */
function isDeath({ kind, flags }: TraceRecord): boolean {
  return kind === KIND.childExit && (flags & FLAG.signal) !== 0;
}

/** The tracer measures a thread also while it rests. */
function isUsage(kind: number): boolean {
  return kind === KIND.spent || kind === KIND.looped;
}

function isRest(kind: number): boolean {
  return (
    isUsage(kind) ||
    kind === KIND.quiescent ||
    kind === KIND.resumed ||
    kind === KIND.rest ||
    kind === KIND.total ||
    kind === KIND.totalHigh
  );
}

function apply(shared: Shared, thread: Thread, use: Use, record: TraceRecord): void {
  const { kind, n, value, task } = record;
  switch (kind) {
    case KIND.create:
    case KIND.open:
    case KIND.close: {
      const step = kind === KIND.close ? -1 : 1;
      if (step > 0) use.counted = true;
      const both = (value & 3) === 0;
      if (both || (value & 1) !== 0) use.readers += step;
      if (both || (value & 2) !== 0) use.writers += step;
      break;
    }
    case KIND.acquire:
      use.acquired++;
      shared.holds.set(n, { thread, task });
      break;
    case KIND.pairs:
      use.acquired += value;
      break;
    case KIND.release:
    case KIND.ownerDied:
      release(shared, thread, use, record);
      break;
    default:
      applyTraffic(shared, thread, use, record);
  }
}

function release(shared: Shared, thread: Thread, use: Use, { n, kind }: TraceRecord): void {
  const { holds } = shared;
  const own = [...holds].find(([, hold]) => hold.thread === thread) ?? [...holds][0];
  const ticket = n === 0 ? own?.[0] : n;
  const hold = ticket === undefined ? undefined : holds.get(ticket);
  if (ticket !== undefined) holds.delete(ticket);
  if (kind === KIND.release && (hold === undefined ? use.acquired === 0 : hold.thread !== thread))
    shared.foreign = true;
}

function applyTraffic(shared: Shared, thread: Thread, use: Use, { kind, n, value, time }: TraceRecord): void {
  switch (kind) {
    case KIND.send:
      use.sentAt = time;
      use.sent++;
      use.sentBytes += value;
      break;
    case KIND.receive:
      use.received++;
      use.receivedBytes += value;
      break;
    case KIND.sendRejected:
      if (n !== 0) use.sent--;
      break;
    case KIND.taskDone:
      use.done++;
      break;
    case KIND.backpressure:
      use.stands = true;
      break;
    case KIND.drained:
      use.stands = false;
      break;
    case KIND.submit:
      shared.tasks.set(n, { first: value || n, worker: shared.tasks.get(n)?.worker });
      break;
    case KIND.taskStart:
      shared.tasks.set(n, { first: shared.tasks.get(n)?.first ?? n, worker: thread });
      break;
    case KIND.taskEnd:
      shared.tasks.delete(n);
      break;
    case KIND.poolWorker:
      shared.workers.add(n);
      break;
  }
}
