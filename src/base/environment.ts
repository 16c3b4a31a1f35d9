/**
 * What a traced process finds in its environment. The launcher sets both keys; the shim reads them, and gives them on to
 * children with a spawn key of their own. Without them the shim does nothing.
 */
export const ENV_SESSION = 'FORKSCOPE_SESSION';
/** Random key of this child, chosen by its parent (see `ChildInfo.spawnKey`). */
export const ENV_SPAWN = 'FORKSCOPE_SPAWN';
/** What the user calls a process. Children inherit it: where it equals the parent's it is not theirs. */
export const ENV_NAME = 'FORKSCOPE_NAME';

/** JSON in {@link ENV_SESSION}. */
export interface SessionEnvironment {
  /** Absolute path of the trace directory. */
  readonly dir: string;
  /** Session id. */
  readonly session: string;
  /** `process.hrtime.bigint()` of the session's origin, decimal. */
  readonly origin: string;
  /** Absolute path of the shim, to be required by children. */
  readonly shim: string;
  readonly options: ShimOptions;
}

export interface ShimOptions {
  /** Call sites of messages; those of lock acquisitions are always taken unless `off`. */
  readonly callSites: 'off' | 'sampled' | 'all';
  readonly stdio: boolean;
  /** Which children are traced: substrings or globs over the command line; empty: all. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Open `await`s are watched, and the collector asked which of them can never go on. */
  readonly awaits: boolean;
  /** Most bytes of records that a stream keeps on disk (oldest segments go first); 0: no limit. */
  readonly maxStreamBytes: number;
}

export const DEFAULT_SHIM_OPTIONS: ShimOptions = {
  callSites: 'sampled',
  stdio: true,
  include: [],
  exclude: [],
  awaits: false,
  maxStreamBytes: 512 * 1024 * 1024,
};

/**
 * The runtime's shared memory, handed to the shim of the same thread through `globalThis[Symbol.for(SHARED_FILES)]`
 * once it is loaded: the shim then maps its segments instead of writing them, so that SIGKILL loses nothing.
 */
export const SHARED_FILES = 'forkscope.sharedFiles.v1';
export interface SharedFiles {
  /** Maps `size` bytes of an open, preallocated file, shared and writable. Throws when the system refuses. */
  map(fd: number, size: number): { readonly buffer: ArrayBuffer; unmap(): void };
}
/** Published (payload: none) on this `diagnostics_channel` as soon as {@link SHARED_FILES} is set. */
export const SHARED_FILES_READY = 'forkscope:sharedFiles';

/**
 * Handles of the event loop that belong to Forkscope itself (the runtime's doorbell) carry this key, as
 * `handle[Symbol.for(OWN_HANDLE)] = true`: they wake a thread only for its waits, so a quiescent thread does not count them. So
 * do its own listeners of signals, which run no code of the program.
 */
export const OWN_HANDLE = 'forkscope.ownHandle';
/**
 * Timers with {@link OWN_HANDLE} that fire again and again carry a {@link OwnTurns} under this key: the turns of the loop that they
 * cause are not the program's, which may rest all the while.
 */
export const OWN_TURNS = 'forkscope.ownTurns';
/** How often the loop has called timers of one owner. */
export interface OwnTurns {
  count: number;
}
