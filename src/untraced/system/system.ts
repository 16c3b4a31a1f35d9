/** An open file of a process that another one may have as well: how two processes talk. */
export interface Descriptor {
  readonly fd: number;
  readonly kind: 'pipe' | 'socket';
  /** Equal for both ends of a pipe; of a socket its own number. */
  readonly inode: number;
  /** Of pipes: which end it is. */
  readonly access: 'read' | 'write' | 'both';
}

/** A thread as the system sees it. */
export interface SystemThread {
  readonly tid: number;
  readonly name: string;
  /** Runs, or could run if it had a processor; stopped by a signal or a debugger; else it sleeps. */
  readonly state: 'running' | 'sleeping' | 'stopped';
  /** Processor time so far, ms. */
  readonly cpuMs: number;
}

/** Two descriptors of two processes that are the ends of one thing. */
export interface Link {
  readonly kind: 'pipe' | 'unix' | 'tcp';
  readonly a: { readonly pid: number; readonly fd: number };
  readonly b: { readonly pid: number; readonly fd: number };
  /** Bytes that have arrived and that nobody has read, at `a` and at `b`; `null`: not known. */
  readonly unreadAtA: number | null;
  readonly unreadAtB: number | null;
}

/** What is seen of a process without asking it anything. */
export interface Glance {
  /** Milliseconds since any of its threads was last on a processor; `null`: not known. */
  readonly idle: number | null;
  /**
   * What its main thread sleeps in, where its loop does not turn: shared memory (`Atomics.wait`, a lock), a synchronous spawn, a
   * write that finds no room; or it was stopped by a signal or a debugger.
   */
  readonly stands: 'memory' | 'spawn' | 'write' | 'stopped' | null;
  /** It was started under trace. */
  readonly traced: boolean;
}

/** What the operating system tells of running programs. What it does not tell is `null` or empty. */
export interface ProgramSystem {
  threads(pid: number): SystemThread[];
  /** Why its processes may not be looked at, in words; `null`: they may. */
  barrier(pid: number): string | null;
  /** Words of the command line; empty: not readable. */
  argv(pid: number): string[];
  cwd(pid: number): string;
  /** The port on which SIGUSR1 would open the inspector; `null`: none would. */
  inspectorPort(pid: number): number | null;
  /** Ports of the loopback on which the process listens. */
  listeningPorts(pid: number): number[];
  /** Who listens on a port: a pid, 0: somebody whose process is not visible, `null`: nobody. */
  listener(port: number): number | null;
  /** What native call the main thread is in, where it will not come back to its loop for a signal; `null`: none is known. */
  nativeCall(pid: number): string | null;
  /** Is the process asleep on a write into a full pipe or socket? The descriptor. */
  blockedWrite(pid: number): number | null;
  glance(pid: number): Glance;
  links(pids: readonly number[]): Promise<Link[]>;
}
