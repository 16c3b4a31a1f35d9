import {
  type ResourceDefinition,
  type SessionFacts,
  type StreamDefinition,
  UNKNOWN_SESSION,
} from '../../trace/format/definitions.ts';
import { BytePairing } from './byte-pairing.ts';
import { ConnectionBook } from './connections.ts';
import { type ProcessEntity, ResourceEntity, StreamState, ThreadEntity, ThreadUse } from './entities.ts';
import { FlowIndex, NoFlows } from './flows.ts';
import { LockOrder } from './lock-order.ts';
import { LossState } from './loss.ts';
import { Pairing } from './pairing.ts';
import { Pauses } from './pauses.ts';
import { ProcessTable } from './processes.ts';
import { ResourceNames } from './resource-names.ts';
import { asksToEnd } from './signals.ts';
import { SiteTable } from './sites.ts';
import { PastSpans } from './spans.ts';
import { NoTrack, Track } from './track.ts';
import { Usage } from './usage.ts';

/** Who woke this much before an end, and has gone on with nothing, was woken by what led to that end, ns. */
export const LAST_MOMENT = 2e9;
/** Signals this far apart that ask a program to end are of one end, ns. */
const ONE_ENDING = 20e9;
/** Ctrl-C reaches all at once, and the launcher may be the last to tell, ns. */
export const TOLD_LATE = 3e9;

/** Everything that was fed, as entities and columns. The model's parts share one. */
export class World {
  revision = 0;
  /** Latest time of anything fed. */
  lastTime = 0;
  end: number | null = null;
  /** What the launcher says of the session; a part of a trace may lack it. */
  session: SessionFacts = UNKNOWN_SESSION;
  /** The program is asked to end, or its root was ended by a signal: when that began, and when it was last told, ns. */
  ending: { readonly from: number; readonly last: number } | null = null;
  /** When the process that the launcher started has ended. */
  rootEnd: number | null = null;
  /** When the launcher killed what was left. */
  killed: { readonly time: number; readonly reason: string } | null = null;
  readonly sites = new SiteTable();
  readonly streams = new Map<string, StreamState>();
  readonly threads: ThreadEntity[] = [];
  readonly resources: ResourceEntity[] = [];
  readonly resourceByKey = new Map<string, ResourceEntity>();
  readonly processes: ProcessTable;
  readonly flows: FlowIndex;
  /** Waits and tasks that have ended; `null`: nobody asks for them. */
  readonly past: PastSpans | null;
  readonly lockOrder = new LockOrder();
  readonly pairing: Pairing;
  readonly bytes = new BytePairing();
  readonly resourceNames = new ResourceNames(this);
  readonly connections = new ConnectionBook();
  readonly loss = new LossState();
  readonly pauses = new Pauses();
  /** Threads with open waits: what the wait-for graph starts from. */
  readonly waiting = new Set<ThreadEntity>();
  /** Threads that rest. */
  readonly resting = new Set<ThreadEntity>();
  /** Counts changes that the wait-for graph depends on. */
  graphRevision = 0;

  /** Threads that have woken from a rest, and have gone on with nothing yet. */
  private readonly woken = new Set<ThreadEntity>();

  /** Called before an end is entered, so that what it hides can be kept. `how`: as far as it is known by then. */
  beforeEnd: (process: ProcessEntity, time: number, how: 'normal' | 'unknown' | 'signalled') => void =
    () => {};
  /** Called before a thread hears that the process which started its own has closed a channel, perhaps by its end. */
  beforeHearing: (process: ProcessEntity, time: number) => void = () => {};
  /** Called before a process is held, and when it goes on. */
  beforePause: (process: ProcessEntity, time: number) => void = () => {};
  afterPause: (process: ProcessEntity) => void = () => {};
  /** Called before the program is ended from outside: see {@link ending}. */
  beforeEnding: (time: number) => void = () => {};

  private readonly hasTimeline: boolean;

  /**
   * @param hasTimeline keeps every slice and arrow, some hundred bytes for each message, for ever
   * @param hasPast keeps every wait and task
   */
  constructor(hasTimeline: boolean, hasPast: boolean) {
    this.hasTimeline = hasTimeline;
    this.past = hasPast ? new PastSpans() : null;
    this.flows = hasTimeline ? new FlowIndex() : new NoFlows();
    this.pairing = new Pairing(this.flows);
    this.processes = new ProcessTable((process) => this.touch(process));
  }

  /** Marks a process as changed now. */
  touch(process: ProcessEntity): void {
    process.revision = this.revision;
    this.graphRevision = this.revision;
  }

  /** The thread has woken from its rest. */
  hasWoken(thread: ThreadEntity): void {
    this.woken.add(thread);
  }

  /**
   * Threads that have woken since `time`, ns, and have gone on with nothing.
   * @param acted also with what is of no help to anybody: see {@link ThreadEntity.woken}
   */
  wokenSince(time: number, acted = false): ThreadEntity[] {
    for (const thread of this.woken) if (thread.woken === null) this.woken.delete(thread);
    return [...this.woken].filter(
      ({ woken, alive }) => alive && woken !== null && woken.time > time && (acted || !woken.acted),
    );
  }

  /** The program is asked to end. What comes of it within moments is one end: Ctrl-C, then SIGTERM, then SIGKILL. */
  endingBegins(time: number): void {
    const { ending } = this;
    if (ending !== null && time - ending.last <= ONE_ENDING) {
      this.ending = { from: ending.from, last: Math.max(time, ending.last) };
      return;
    }
    this.beforeEnding(time);
    this.ending = { from: time, last: time };
    for (const process of this.processes.all)
      if (process.end === null || this.isOfEnding(process.end)) this.touch(process);
  }

  /** Was it this end of the program that took away what was seen at `time`? Some die of a signal before anybody tells of it. */
  isOfEnding(time: number): boolean {
    return this.ending !== null && time >= this.ending.from - TOLD_LATE;
  }

  /** Did a process end because the program was ended, and not of itself? */
  endedWithProgram({ end, exit }: ProcessEntity): boolean {
    if (this.ending === null || end === null) return false;
    const signal = exit?.signal ?? null;
    const asked = signal === null ? exit?.code == null : asksToEnd(signal);
    return asked ? this.isOfEnding(end) : end >= this.ending.from;
  }

  advance(time: number): void {
    if (time > this.lastTime) this.lastTime = time;
  }

  stream(def: StreamDefinition): StreamState {
    let stream = this.streams.get(def.stream);
    if (stream === undefined) {
      const process = this.processes.ofStream(def);
      const thread = this.thread(process, def.threadId, def.start);
      thread.traceMinor = def.minor ?? 0;
      stream = new StreamState(def, thread);
      this.streams.set(def.stream, stream);
      this.advance(def.start);
    }
    return stream;
  }

  /** A thread of which its own stream or its parent thread tells. */
  thread(process: ProcessEntity, threadId: number, start: number): ThreadEntity {
    const known = process.threads.get(threadId);
    if (known !== undefined) {
      if (start < known.start) known.start = start;
      return known;
    }
    const kept = {
      track: this.hasTimeline ? new Track() : new NoTrack(),
      usage: new Usage(this.hasTimeline),
    };
    const thread = new ThreadEntity(this.threads.length, process, threadId, start, kept);
    this.threads.push(thread);
    process.threads.set(threadId, thread);
    thread.child = this.processes.workerChild(process, threadId);
    this.touch(process);
    return thread;
  }

  /** The resource of a definition. Descriptions of several processes agree except for what some do not know. */
  resource(def: ResourceDefinition): ResourceEntity {
    let resource = this.resourceByKey.get(def.key);
    if (resource === undefined) {
      resource = new ResourceEntity(this.resources.length, def);
      this.resources.push(resource);
      this.resourceByKey.set(def.key, resource);
    }
    // The smallest name wins, so that the order of arrival does not matter where two differ.
    if (def.name !== '' && (resource.name === '' || def.name < resource.name)) resource.name = def.name;
    if (def.capacity > resource.capacity) resource.capacity = def.capacity;
    if (resource.peerKey === '') resource.peerKey = def.peerKey;
    resource.revision = this.revision;
    return resource;
  }

  /** The other direction of a channel; `undefined`: it has none, or nobody has told of it. */
  peerOf({ peerKey }: ResourceEntity): ResourceEntity | undefined {
    return this.resourceByKey.get(peerKey);
  }

  /** What threads did with a channel, in both of its directions. */
  channelUses(resource: ResourceEntity): readonly ThreadUse[] {
    return [...resource.uses, ...(this.peerOf(resource)?.uses ?? [])];
  }

  /** How many messages have come back to the sender. */
  answersTo({ thread, resource }: ThreadUse): number {
    const back = this.peerOf(resource);
    return (back && thread.uses.get(back)?.received) ?? 0;
  }

  /** What a thread did with a resource: one entry, even when the thread defines the resource twice. */
  use(thread: ThreadEntity, resource: ResourceEntity): ThreadUse {
    const known = thread.uses.get(resource);
    if (known !== undefined) return known;
    const use = new ThreadUse(thread, resource);
    thread.uses.set(resource, use);
    resource.uses.push(use);
    return use;
  }
}
