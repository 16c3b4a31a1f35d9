import type { ResourceKind } from '../../base/channels.ts';
import type {
  ChildId,
  Ms,
  Ns,
  ResourceId,
  SiteId,
  SourcesId,
  SystemThreadId,
} from '../../base/quantities.ts';

/** The major version of records, definitions and session files together. Traces of another one are refused. */
export const TRACE_VERSION = 1;
/**
 * The minor version: raised by whatever is added (a kind of record, a type or field of a definition, a flag). A reader opens
 * traces of every minor version of its major one; what it does not know it skips, and says how much that was.
 */
export const TRACE_MINOR = 1;

/** How a child was started. `Process` is the runtime's own. */
export type SpawnApi =
  | 'Process'
  | 'fork'
  | 'spawn'
  | 'exec'
  | 'execFile'
  | 'spawnSync'
  | 'execSync'
  | 'execFileSync'
  | 'cluster'
  | 'worker'
  | 'execve'
  | 'launcher';

/** First definition of every stream: which thread of which process writes it. */
export interface StreamDefinition {
  readonly type: 'stream';
  readonly version: number;
  /** Missing: 0. */
  readonly minor?: number;
  /** Session id (the same in all streams of a trace). */
  readonly session: string;
  /** `${processKey}.${threadId}`: unique in the session, and the name of its files. */
  readonly stream: string;
  /** `${pid}-${start of the process in ns, base 36}`: unique even when pids are reused. */
  readonly processKey: string;
  readonly pid: number;
  readonly ppid: number;
  /** Node's `threadId`; 0 is the main thread. */
  readonly threadId: number;
  /** Start of the process (threadId 0) or thread, ns since the session's origin. */
  readonly start: Ns;
}
/** The process, told by its main thread. */
export interface ProcessDefinition {
  readonly type: 'process';
  /** From the environment; '' where nobody gave one. Two processes can show the same: see `model`. */
  readonly spawnKey: string;
  readonly argv: readonly string[];
  readonly execArgv: readonly string[];
  readonly execPath: string;
  readonly cwd: string;
  readonly title: string;
  /** What the program calls this process: `FORKSCOPE_NAME`, or the last `nameProcess()`. Missing: nothing. */
  readonly name?: string;
  readonly nodeVersion: string;
}
export interface ThreadDefinition {
  readonly type: 'thread';
  readonly name: string;
  /** The worker's file, or '' for the main thread. */
  readonly file: string;
  readonly parentThreadId: number;
  /** From `workerData`'s hidden key: matches the `child` definition of the thread that started it. */
  readonly spawnKey: string;
  /** The system's id of a worker thread, as in `/proc/PID/task`. Missing: not known, or the main thread, whose id is the pid. */
  readonly systemThread?: SystemThreadId;
}
export interface SiteDefinition {
  readonly type: 'site';
  readonly id: SiteId;
  /** Path of the source (mapped back to TypeScript where a source map is known) or a URL. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Name of the calling function, '' at top level. */
  readonly fn: string;
  /** Id of the site that called this one: a stack is a chain of sites, the nearest frame first. Missing: the outermost. */
  readonly caller?: SiteId;
  /** The function was suspended at this place, and awaited what led to the frame above. */
  readonly async?: true;
  /** Name of the installed package whose code this is. */
  readonly package?: string;
}
export interface ResourceDefinition {
  readonly type: 'resource';
  readonly id: ResourceId;
  readonly key: string;
  readonly kind: ResourceKind;
  readonly name: string;
  readonly capacity: number;
  readonly peerKey: string;
  /** An end of it went to a thread of Node's own, which nobody traces: what that thread sends and receives is not told. */
  readonly untraced?: true;
}
export interface ChildDefinition {
  readonly type: 'child';
  readonly id: ChildId;
  readonly spawnKey: string;
  readonly api: SpawnApi;
  readonly name: string;
  readonly file: string;
  readonly argv: readonly string[];
  readonly daemon: boolean;
  /** It was started to outlive its parent (`detached: true`). */
  readonly detached?: boolean;
}
/** Definition of an async task that the runtime numbered. */
export interface TaskDefinition {
  readonly type: 'task';
  readonly id: number;
  readonly name: string;
}
/** Something that could not be traced, or an error inside the shim: said, never thrown. */
export interface ProblemDefinition {
  readonly type: 'problem';
  readonly code: string;
  readonly message: string;
}
/** The thread has come to rest without waits, and this is what keeps it alive. Told again when it has changed. */
export interface KeepAliveDefinition {
  readonly type: 'keepAlive';
  /** When it was so, ns since the session's origin. */
  readonly time: Ns;
  /** Node's kinds of active resources (`process.getActiveResourcesInfo`), how many of each. */
  readonly handles: Readonly<Record<string, number>>;
}
/** What a source is. */
export type SourceKind =
  | 'timer'
  | 'immediate'
  | 'child'
  | 'worker'
  /** A worker's `parentPort`. */
  | 'parent'
  | 'ipc'
  | 'port'
  | 'broadcast'
  /** A pipe between parent and child as stdin, stdout, stderr or a higher descriptor. */
  | 'stdio'
  | 'pipe'
  | 'socket'
  | 'server'
  | 'datagram'
  | 'terminal'
  | 'signal'
  | 'watcher'
  /** An operation that Node works on: files, DNS, crypto, zlib. */
  | 'request'
  | 'debugger'
  /** Anything else: `detail` is Node's name for it. */
  | 'native';

/** One thing that may make a resting thread run again; equal ones are one entry. Times in ns since the session's origin. */
export interface Source {
  readonly kind: SourceKind;
  readonly count: number;
  /** It keeps the process alive. */
  readonly ref: boolean;
  /** Id of a resource of this stream: what may come by it (the receiving direction), or of a writer the sending one. */
  readonly resource?: ResourceId;
  /** Id of a `child` definition of this stream; of stdio pipes and IPC channels too, at the parent. */
  readonly child?: ChildId;
  /** False: the program has no listener for what may come, so nothing of it would run. */
  readonly listens?: boolean;
  /** The events that the program listens for, sorted: `exit`, `close`, `message`, `disconnect`, `data`, `end` … */
  readonly events?: readonly string[];
  /** True: all that listens for `message` hears one only, as `once` does. */
  readonly once?: boolean;
  /** Signal names, path, name of a broadcast channel, what a request is about, Node's name of a handle. */
  readonly detail?: string;
  /** `address:port`, or the path of a Unix socket. */
  readonly local?: string;
  /** Where a thread has very many sockets: alone, of all that lead there. */
  readonly remote?: string;
  /** Of a connection: bytes that this side has written and read so far. Only told where the thread has no server and few connections. */
  readonly sent?: number;
  readonly received?: number;
  /** True: a connection that this side has made, by which it has sent something and listens, and nothing has ever come back. */
  readonly unanswered?: boolean;
  /** connecting: not connected yet; exited: the child has ended, and its pipes are still open; ending: the worker was told to end; paused: connected, not read; ended: this side will write no more. */
  readonly state?: 'connecting' | 'exited' | 'ending' | 'paused' | 'ended';
  /** Bytes that are still to be written. */
  readonly unwritten?: number;
  /** Bytes or messages that have arrived, and that nobody has taken. */
  readonly unread?: number;
  /** Timers: when the first one fires. */
  readonly due?: Ns;
  /** Timers: ns between two firings. */
  readonly every?: Ns;
  /** When it was made. */
  readonly since?: Ns;
  /** Where it was made. */
  readonly site?: SiteId;
  /** Ports: where the program began to listen for messages. */
  readonly heard?: SiteId;
}
/** All that can make the thread run again, now that it rests. `quiescent` names the one that holds by its `id`. */
export interface SourcesDefinition {
  readonly type: 'sources';
  /** Unique among resources, children and sources of the stream. */
  readonly id: SourcesId;
  /** When it was so, ns since the session's origin. */
  readonly time: Ns;
  /** True: nothing that is not listed can wake the thread. False: there may be more. */
  readonly complete: boolean;
  readonly list: readonly Source[];
}
/** An `await` of the program that has not gone on; those of one line and the same callers are one entry. */
export interface Await {
  readonly site: SiteId;
  readonly count: number;
  /** When the oldest of them began. */
  readonly since: Ns;
  /** They never go on: the collector has taken what they await, and so all that could have settled it. */
  readonly never?: true;
}
/** The `await`s that are open while the thread rests, and those that never go on. Told again when it has changed. */
export interface AwaitsDefinition {
  readonly type: 'awaits';
  /** When it was so, ns since the session's origin. */
  readonly time: Ns;
  readonly list: readonly Await[];
}
/** Timers that fire once and were armed when the thread began to stand in `Atomics.wait`. Told again when they are others. */
export interface TimersDefinition {
  readonly type: 'timers';
  /** When it was so, ns since the session's origin. */
  readonly time: Ns;
  readonly list: readonly Source[];
}
/** What an {@link IncidentDefinition} is about. */
export type IncidentKind =
  /** `message`: name and message of the error, `site`: where it was made. The thread ends by it, or goes on with a handler. */
  | 'uncaughtException'
  | 'unhandledRejection'
  /** A worker thread ended by an error, as its parent heard of it. `child` */
  | 'workerError'
  /** A child could not be started, and there is no `start` of it. `child`, `code`: ENOENT …, `events`: what the program listens for */
  | 'spawnFailed'
  /** A message was not sent, since its channel was closed. `resource`, `code` */
  | 'sendFailed'
  /** `process.exit` was called at `site`. `value`: the code. */
  | 'exitCalled'
  /** The thread ended with output that was not written. `resource`, `value`: bytes. */
  | 'unwritten'
  /** `disconnect()` was called at this end of an IPC channel, or a worker of a cluster was told to. `resource` */
  | 'disconnectCalled'
  /** `terminate()` of a worker thread was called at `site`. `child` */
  | 'terminateCalled'
  /** A server listens. `message`: its address or path, `site`: where it was made to. */
  | 'listening'
  /** `process.abort` was called at `site`. */
  | 'abortCalled'
  /** Nothing kept the thread alive any more, and the top level of its main module still awaited something. */
  | 'unsettledAwait';
/** Something that happened once and may explain an end or a silence. */
export interface IncidentDefinition {
  readonly type: 'incident';
  readonly what: IncidentKind;
  readonly time: Ns;
  readonly message: string;
  /** Of the error: `ENOENT`, `EPIPE`, `ERR_…`. */
  readonly code?: string;
  readonly site?: SiteId;
  readonly resource?: ResourceId;
  readonly child?: ChildId;
  readonly value?: number;
  readonly events?: readonly string[];
}
export type Definition =
  | StreamDefinition
  | ProcessDefinition
  | ThreadDefinition
  | SiteDefinition
  | ResourceDefinition
  | ChildDefinition
  | TaskDefinition
  | ProblemDefinition
  | KeepAliveDefinition
  | SourcesDefinition
  | AwaitsDefinition
  | TimersDefinition
  | IncidentDefinition;

/** What a session says of itself to people and programs: its launcher writes it, the JSON report and the views repeat it. */
export interface SessionFacts {
  /** Wall clock when the session started, ms since the epoch; 0: not known. */
  readonly wallClock: Ms;
  /** The command that was started, and its arguments; may hold secrets. Empty: not known. */
  readonly argv: readonly string[];
  /** The folder that it was started in, '': not known. */
  readonly cwd: string;
  /** The distributed trace of which the run is a part, as TRACEPARENT of its environment says (W3C Trace Context), '': none. */
  readonly traceparent: string;
}
/** What is said of a session where nobody knows anything of it. */
export const UNKNOWN_SESSION: SessionFacts = { wallClock: 0, argv: [], cwd: '', traceparent: '' };

/** First line of the session's own file. Facts that are not in version 1 from the beginning may be missing. */
export interface SessionDefinition extends Partial<SessionFacts> {
  readonly type: 'session';
  readonly wallClock: Ms;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly version: number;
  /** Missing: 0. */
  readonly minor?: number;
  readonly session: string;
  readonly origin: string;
  readonly launcherPid: number;
  /** Tells the machine from others, without its name: pids mean something there only. Missing: not known. */
  readonly machine?: string;
}

/**
 * What a thread was seen to do, from outside: `running` it was on a processor or wanted one; `loop` its event loop waited for
 * something to do; `futex` it waited for memory to change (`Atomics.wait`, a debugger, locks of native code); `call` it slept in
 * another system call; `asleep` it slept, not known in what; `stopped` a signal or a tool had stopped it.
 */
export type SeenDoing = 'running' | 'loop' | 'futex' | 'call' | 'asleep' | 'stopped';
/** One traced thread as the system shows it. Times in ns, since the thread began. */
export interface ThreadSample {
  /** The system's id of the thread. */
  readonly id: SystemThreadId;
  /** On a processor. */
  readonly used: Ns;
  /** It could have run and had none. Missing: the system does not tell. */
  readonly ready?: Ns;
  readonly doing: SeenDoing;
  /** Of `futex` and `call`: the name of the system call. Missing in older traces. */
  readonly call?: string;
}
/** Who holds a process: a debugger, or the system (SIGSTOP, Ctrl-Z). */
export type PausedBy = 'debugger' | 'signal';

/** What the session itself saw from outside (file `session.def`, same line format as definitions). Times in ns since the origin. */
export type Observation =
  | SessionDefinition
  | {
      readonly type: 'rootStart';
      readonly time: Ns;
      readonly pid: number;
      readonly spawnKey: string;
      readonly argv: readonly string[];
    }
  | {
      readonly type: 'rootExit';
      readonly time: Ns;
      readonly pid: number;
      readonly exitCode: number | null;
      readonly signal: string | null;
    }
  /** Process table entry without a stream of its own (a child that is not Node). */
  | {
      readonly type: 'osProcess';
      readonly time: Ns;
      readonly pid: number;
      readonly ppid: number;
      readonly name: string;
      readonly command: string;
      /** The words of its command line, where the system tells them apart. */
      readonly argv?: readonly string[];
      /** When it started, where the system tells: it is noticed later. */
      readonly start?: Ns;
      /** It runs Node, whatever it calls itself. */
      readonly isNode?: boolean;
    }
  | { readonly type: 'osGone'; readonly time: Ns; readonly pid: number }
  /** cpu: percent of one core; memory: bytes resident. */
  | {
      readonly type: 'sample';
      readonly time: Ns;
      readonly pid: number;
      readonly cpu: number;
      readonly memory: number;
      /** The descriptor from which an untraced process sleeps until there is something to read. */
      readonly reads?: number;
      /** Its threads that are traced, where the system tells of threads. */
      readonly threads?: readonly ThreadSample[];
    }
  /** A process stands still as a whole, and goes on: at a breakpoint, or stopped by a signal. */
  | { readonly type: 'paused'; readonly time: Ns; readonly pid: number; readonly by: PausedBy }
  | { readonly type: 'resumed'; readonly time: Ns; readonly pid: number; readonly by: PausedBy }
  /** The launcher got a signal that asks the program to end, as the whole foreground group does at Ctrl-C. */
  | { readonly type: 'interrupted'; readonly time: number; readonly signal: string }
  /** The launcher killed what was left. */
  | { readonly type: 'killed'; readonly time: Ns; readonly reason: string }
  | { readonly type: 'end'; readonly time: Ns };
