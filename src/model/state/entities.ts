import type { ResourceKind } from '../../base/channels.ts';
import type {
  ChildDefinition,
  KeepAliveDefinition,
  PausedBy,
  ProcessDefinition,
  ResourceDefinition,
  SpawnApi,
  StreamDefinition,
} from '../../trace/format/definitions.ts';
import type { KindOf } from '../../trace/format/records.ts';
import type { OpenAwait } from './awaits.ts';
import type { Incident } from './incidents.ts';
import type { SourceEntity, SourceSet } from './sources.ts';
import type { Track } from './track.ts';
import { type Usage, WrappedSums } from './usage.ts';

/**
 * The state behind the model's views. Facts are kept as they were told, by whom they were told; what follows from several
 * of them (a parent, an end, a name) is derived on request: the order of arrival does not matter.
 */

/** An end as one witness saw it. */
export interface ExitFact {
  readonly time: number;
  readonly code: number | null;
  readonly signal: string | null;
}

/** What a parent said about a child: a process, or (api `worker`) a thread of its own. */
export class ChildEntity {
  readonly spawnKey: string;
  /** `null`: the launcher. */
  readonly owner: ThreadEntity | null;
  readonly api: SpawnApi;
  readonly name: string;
  readonly file: string;
  readonly argv: readonly string[];
  readonly daemon: boolean;
  readonly detached: boolean;
  /** 0 while unknown. */
  pid = 0;
  startTime: number | null = null;
  site = 0;
  exit: ExitFact | null = null;
  process: ProcessEntity | null = null;
  /** Node's thread id where `api` is `worker`, -1 while unknown. */
  workerThreadId = -1;

  constructor(owner: ThreadEntity | null, def: Omit<ChildDefinition, 'type' | 'id'>) {
    this.owner = owner;
    this.spawnKey = def.spawnKey;
    this.api = def.api;
    this.name = def.name;
    this.file = def.file;
    this.argv = def.argv;
    this.daemon = def.daemon;
    this.detached = def.detached === true;
  }
  /** The worker thread that this child is, if it is one and is known. */
  get thread(): ThreadEntity | null {
    if (this.api !== 'worker' || this.workerThreadId < 0) return null;
    return this.owner?.process.threads.get(this.workerThreadId) ?? null;
  }
}

/** What the process table says of a process; `isNode`: it runs Node, whatever it calls itself. */
export interface OsSighting {
  readonly name: string;
  readonly argv: readonly string[];
  readonly isNode: boolean;
  /** When it started, or where the system does not say: was noticed. */
  readonly start: number;
}

export class ProcessEntity {
  /** Order of first sight. */
  readonly index: number;
  /** '' until the pid is known; such a process is not shown. */
  id = '';
  /** What tells it from all others, for people: `ProcessNames` gives it. */
  name = '';
  pid = 0;
  ppid = 0;
  processKey: string | null = null;
  spawnKey: string | null = null;
  definition: ProcessDefinition | null = null;
  /** `process.title` as of its first definition: later ones tell what the program has made of it. */
  firstTitle = '';
  child: ChildEntity | null = null;
  os: OsSighting | null = null;
  /** It has children that are older than its stream: it was another program then, which has become this one (`exec`). */
  beganBefore: number | null = null;
  readonly threads = new Map<number, ThreadEntity>();
  streamStart: number | null = null;
  osSeen: number | null = null;
  selfExit: ExitFact | null = null;
  rootExit: ExitFact | null = null;
  goneAt: number | null = null;
  /** A later process has the same pid, or it became another program: this one had ended by then. */
  replacedAt: number | null = null;
  /** When another process last sent it a signal: it may be about to end. */
  signalledAt: number | null = null;
  cpu: number | null = null;
  memory: number | null = null;
  /** Who holds it: it stands still as a whole. */
  readonly pausedBy = new Set<PausedBy>();
  /** Of one that is not traced: the descriptor from which it slept at the last look, until there is something to read. */
  reads: number | null = null;
  parent: ProcessEntity | null = null;
  readonly children = new Set<ProcessEntity>();
  revision = 0;

  constructor(index: number) {
    this.index = index;
  }
  get instrumented(): boolean {
    return this.processKey !== null;
  }
  get start(): number {
    const start = this.streamStart ?? this.child?.startTime ?? this.osSeen ?? 0;
    return this.beganBefore === null ? start : Math.min(start, this.beganBefore);
  }
  /** The first witness that knows the code: parent or launcher before the process itself. */
  get exit(): ExitFact | null {
    return this.child?.exit ?? this.rootExit ?? this.before?.child?.exit ?? this.selfExit;
  }
  get end(): number | null {
    return (
      this.selfExit?.time ??
      this.replacedAt ??
      this.child?.exit?.time ??
      this.before?.child?.exit?.time ??
      this.rootExit?.time ??
      this.goneAt
    );
  }
  /** The program that became this one by `process.execve`: who waits for its pid waits for this. */
  get before(): ProcessEntity | null {
    return this.child?.api === 'execve' ? (this.child.owner?.process ?? null) : null;
  }
  get alive(): boolean {
    return this.end === null;
  }
  get main(): ThreadEntity | null {
    return this.threads.get(0) ?? null;
  }
}

/** One open wait. */
export interface Wait {
  readonly kind: KindOf<'wait'>;
  readonly thread: ThreadEntity;
  readonly n: number;
  readonly task: number;
  readonly resource: ResourceEntity | null;
  readonly child: ChildEntity | null;
  readonly since: number;
  readonly sync: boolean;
  readonly timeoutMs: number | null;
  /** An AbortSignal may end it: by a timer, or by whatever code of the thread still runs. */
  readonly cancellable: boolean;
  readonly site: number;
  /** Which part of the resource it is for: see the record kind `subject`. */
  subject: number | null;
}

/** A call of a manager while its server works on it. */
export interface Call {
  /** The pipe that brought it; `null`: a socket. */
  readonly pipe: ResourceEntity | null;
  /** Number of the call on its connection. */
  readonly n: number;
  readonly since: number;
}

/** One acquisition that has not been given back. */
export interface Hold {
  readonly resource: ResourceEntity;
  readonly thread: ThreadEntity;
  readonly task: number;
  readonly ticket: number;
  readonly since: number;
  readonly site: number;
  /** Others may have it at the same time. */
  readonly shared: boolean;
}

/** What a thread told when it came to rest: what could wake it beside its waits. */
export interface Rest {
  /** Of the last time that it told so in this rest, ns. */
  readonly time: number;
  /** Since when it has rested, ns. */
  readonly since: number;
  /** All that could wake it; `null` in traces that count only. */
  readonly sources: SourceSet | null;
  readonly handles: number;
  readonly timers: number;
}

/** A rest that is over. */
export interface Woken {
  readonly time: number;
  readonly rest: Rest;
  /** It has done something of its own since then that nobody else of the program goes on by: it has written output, or opened something. */
  readonly acted: boolean;
}

export class ThreadEntity {
  /** Index in `World.threads`. */
  readonly index: number;
  readonly process: ProcessEntity;
  readonly threadId: number;
  /** The earlier one of two witnesses, ns. */
  start: number;
  name = '';
  file = '';
  /** What its parent thread said; `null` for main threads. */
  child: ChildEntity | null = null;
  selfEnd: number | null = null;
  lastTime: number;
  exitingAt: number | null = null;
  /** Minor version of the trace that its stream is: what it could not tell. */
  traceMinor = 0;
  /** When what its process was started for began; `null`: not yet, or of a process that the runtime has not started. */
  targetAt: number | null = null;
  /** Records are missing before its last one. */
  hasGap = false;
  /** What kept it alive when it last rested without waits. */
  keptAlive: KeepAliveDefinition | null = null;
  /** The `await`s that were open when it last rested; empty too where they are not watched. */
  awaits: readonly OpenAwait[] = [];
  /** Timers that fire once and were armed when it last began to stand in `Atomics.wait`. */
  timers: readonly SourceEntity[] = [];
  /** Those of them that could not fire for long, and how long, ns: also when it has gone on. */
  readonly heldUp = new Map<SourceEntity, number>();
  /** What the last `quiescent` counted; `null` after activity. */
  quiescent: Rest | null = null;
  /** How it had rested when it woke; `null` while it rests, and once it has got or given something, or begun or ended a wait. */
  woken: Woken | null = null;
  /** Time of the last `rest`. */
  restedAt = Number.NEGATIVE_INFINITY;
  readonly waits = new Map<number, Wait>();
  /** The asynchronous wait that its track shows: the youngest, after its end the oldest. */
  top: Wait | null = null;
  /** The open synchronous wait. */
  syncWait: Wait | null = null;
  readonly holds: Hold[] = [];
  readonly uses = new Map<ResourceEntity, ThreadUse>();
  /** What happened once in it and may explain an end or a silence, in order. */
  readonly incidents: Incident[] = [];
  readonly tasks = new Map<number, string>();
  /** Of a manager's server: the calls that it works on, by the task that does. */
  readonly calls = new Map<number, Call>();
  /** Of a manager's server: the pipe by which each of its tasks gets calls; `null`: a socket. */
  readonly clients = new Map<number, ResourceEntity | null>();
  readonly track: Track;
  /** What it used of the processors. */
  readonly usage: Usage;
  /** A debugger can reach it, as it told when it came to rest. */
  hasDebugger = false;
  /** The system call in which it was met at each look since then, ns, or (`awake`) at all but the last, hardly using the processor. */
  inCall: { readonly name: string; readonly since: number; readonly awake: boolean } | null = null;
  /** What its stream says of the system's id of it; the main thread's is the pid. */
  workerSystemThread = 0;
  constructor(
    index: number,
    process: ProcessEntity,
    threadId: number,
    start: number,
    { track, usage }: { readonly track: Track; readonly usage: Usage },
  ) {
    this.index = index;
    this.usage = usage;
    this.process = process;
    this.threadId = threadId;
    this.start = start;
    this.lastTime = start;
    this.track = track;
  }
  get id(): string {
    return `${this.process.id}.${this.threadId}`;
  }
  /** The system's id of it, 0: not known. */
  get systemThread(): number {
    return this.threadId === 0 ? this.process.pid : this.workerSystemThread;
  }
  get end(): number | null {
    return this.selfEnd ?? this.child?.exit?.time ?? this.process.end;
  }
  get alive(): boolean {
    return this.end === null;
  }
}

/** What one thread did with one resource, and which handles it has on it. */
export class ThreadUse {
  readonly thread: ThreadEntity;
  readonly resource: ResourceEntity;
  sent = 0;
  received = 0;
  sentBytes = 0;
  receivedBytes = 0;
  acquisitions = 0;
  taskDones = 0;
  rejected = 0;
  rejectedSite = 0;
  rejectedTime = 0;
  readers = 0;
  writers = 0;
  /** `open` or `create` was seen: handles are counted, not guessed from use. */
  counted = false;
  disconnectedAt: number | null = null;
  /** Messages that had arrived at the end of the channel, and for which nobody listened. */
  ignored = 0;
  /** Since when its writes stand still; a reader of stdio: since when it does not read, though its buffer is full. */
  backpressureSince: number | null = null;
  /** A reader of stdio has never taken anything out of its buffer. */
  unread = false;
  lastSendSite = 0;
  lastSendTime = 0;
  /** Where its first message was sent, if nothing had come back by then: it answers nothing. */
  openingSite = 0;
  /** Index of the call site of its last record that has one, 0: none has. */
  lastSite = 0;
  lastReceiveTime = Number.NEGATIVE_INFINITY;

  constructor(thread: ThreadEntity, resource: ResourceEntity) {
    this.thread = thread;
    this.resource = resource;
  }
  get canSend(): boolean {
    if (this.disconnectedAt !== null) return false;
    return this.counted ? this.writers > 0 : this.sent > 0;
  }
  get canReceive(): boolean {
    if (this.disconnectedAt !== null) return false;
    return this.counted ? this.readers > 0 : this.received > 0;
  }
  /** Any handle at all. */
  get open(): boolean {
    return this.counted ? this.readers > 0 || this.writers > 0 : this.disconnectedAt === null;
  }
}

export interface PoolTask {
  readonly n: number;
  /** Number of the first of the tasks that were submitted together. */
  readonly first: number;
  readonly submitted: number;
  readonly site: number;
  readonly by: ThreadEntity | null;
  worker: ThreadEntity | null;
  started: number;
}

/** State that only pools have. */
export class PoolState {
  /** Tasks that have not ended. */
  readonly open = new Map<number, PoolTask>();
  /** Ends that were fed before their submission. */
  readonly ended = new Set<number>();
  readonly workerPids = new Set<number>();
  closedAt: number | null = null;
}

export class ResourceEntity {
  readonly index: number;
  readonly key: string;
  readonly kind: ResourceKind;
  name: string;
  capacity: number;
  peerKey: string;
  createdBy: ThreadEntity | null = null;
  createdAt: number | null = null;
  createdSite = 0;
  readonly uses: ThreadUse[] = [];
  readonly waiters = new Set<Wait>();
  readonly holds = new Map<number, Hold>();
  /** Releases that arrived before their acquisition, by ticket. */
  readonly earlyReleases = new Set<number>();
  contended = 0;
  /** Of ended waits. */
  waitNs = 0;
  longestWaitNs = 0;
  /** Indexes of the call sites at which it was used, up to a bound. */
  readonly usedAt = new Set<number>();
  /** Releases by a thread other than the acquirer: the lock is handed over or used as a signal. */
  foreignReleases = 0;
  readonly deaths: { readonly hold: Hold; readonly time: number; readonly by: ThreadEntity }[] = [];
  /** Largest position seen. */
  maxN = 0;
  lastNotify = -1;
  /** Condition: the highest ticket of a wait that a notify has woken. */
  woken = 0;
  /** Barrier: the last generation that somebody has passed; -1: none. */
  passed = -1;
  /** Barrier: time of the last break or reset, ns. */
  lastBreak = -1;
  notifies = 0;
  /** Time of the last `eventSet` and `eventClear`. */
  lastSet = -1;
  lastClear = -1;
  latencySum = 0;
  latencyCount = 0;
  pool: PoolState | null = null;
  /** A stream that uses it lost records. */
  lossy = false;
  revision = 0;

  constructor(
    index: number,
    def: Pick<ResourceDefinition, 'key' | 'kind' | 'name' | 'capacity' | 'peerKey'>,
  ) {
    this.index = index;
    this.key = def.key;
    this.kind = def.kind;
    this.name = def.name;
    this.capacity = def.capacity;
    this.peerKey = def.peerKey;
    if (def.kind === 'pool') this.pool = new PoolState();
  }
}

/** One stream: its thread and what its numbers mean. */
export class StreamState {
  readonly def: StreamDefinition;
  readonly thread: ThreadEntity;
  /** By definition id of the stream. */
  readonly uses: (ThreadUse | undefined)[] = [];
  readonly children: (ChildEntity | undefined)[] = [];
  readonly sites: number[] = [];
  /** The last `sources` definition. */
  sources: SourceSet | null = null;
  lossy = false;
  /** What was open before a gap, until a checkpoint says what still is. */
  readonly forgottenWaits = new Map<number, Wait>();
  readonly forgottenHolds = new Map<ResourceEntity, Set<number>>();
  /** Of its records of processor time. */
  readonly sums = new WrappedSums();
  /** Use and direction of the last `total`, for its `totalHigh`. */
  lastTotal: { readonly use: ThreadUse; readonly receiving: boolean; readonly low: number } | null = null;

  constructor(def: StreamDefinition, thread: ThreadEntity) {
    this.def = def;
    this.thread = thread;
  }
}
