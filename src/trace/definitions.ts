import type { ResourceKind } from '../base/channels.ts';

/** The version of records, definitions and session files together. Other versions are refused. */
export const TRACE_VERSION = 1;

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
  readonly start: number;
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
}
export interface SiteDefinition {
  readonly type: 'site';
  readonly id: number;
  /** Path of the source (mapped back to TypeScript where a source map is known) or a URL. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Name of the calling function, '' at top level. */
  readonly fn: string;
}
export interface ResourceDefinition {
  readonly type: 'resource';
  readonly id: number;
  readonly key: string;
  readonly kind: ResourceKind;
  readonly name: string;
  readonly capacity: number;
  readonly peerKey: string;
}
export interface ChildDefinition {
  readonly type: 'child';
  readonly id: number;
  readonly spawnKey: string;
  readonly api: SpawnApi;
  readonly name: string;
  readonly file: string;
  readonly argv: readonly string[];
  readonly daemon: boolean;
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
  readonly time: number;
  /** Node's kinds of active resources (`process.getActiveResourcesInfo`), how many of each. */
  readonly handles: Readonly<Record<string, number>>;
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
  | KeepAliveDefinition;

/** What the session itself saw from outside (file `session.def`, same line format as definitions). Times in ns since the origin. */
export type Observation =
  | {
      readonly type: 'session';
      readonly version: number;
      readonly session: string;
      readonly origin: string;
      readonly wallClock: number;
      readonly argv: readonly string[];
      readonly cwd: string;
      readonly launcherPid: number;
      /** Tells the machine from others, without its name: pids mean something there only. Missing: not known. */
      readonly machine?: string;
    }
  | {
      readonly type: 'rootStart';
      readonly time: number;
      readonly pid: number;
      readonly spawnKey: string;
      readonly argv: readonly string[];
    }
  | {
      readonly type: 'rootExit';
      readonly time: number;
      readonly pid: number;
      readonly exitCode: number | null;
      readonly signal: string | null;
    }
  /** Process table entry without a stream of its own (a child that is not Node). */
  | {
      readonly type: 'osProcess';
      readonly time: number;
      readonly pid: number;
      readonly ppid: number;
      readonly name: string;
      readonly command: string;
      /** It runs Node, whatever it calls itself. */
      readonly isNode?: boolean;
    }
  | { readonly type: 'osGone'; readonly time: number; readonly pid: number }
  /** cpu: percent of one core; memory: bytes resident. */
  | {
      readonly type: 'sample';
      readonly time: number;
      readonly pid: number;
      readonly cpu: number;
      readonly memory: number;
    }
  /** The launcher killed what was left. */
  | { readonly type: 'killed'; readonly time: number; readonly reason: string }
  | { readonly type: 'end'; readonly time: number };
