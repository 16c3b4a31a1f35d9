/** What is counted of a program run. The report of a traced run and the independent preload give the same keys. */
export const COUNTS = [
  /** Processes that ran JavaScript, the first one included. */
  'processes',
  /** Node processes that the operating system started, those included that end before any JavaScript (`node --version`). */
  'nodeExecs',
  /** Shells (`sh -c …`) between Node processes. */
  'shells',
  /** Other programs that are not Node. */
  'natives',
  /** Worker threads of the program (not Node's own, such as the one of ESM loader hooks). */
  'threads',
  /** Messages over IPC channels from parent to child / child to parent; Node's own (`cmd: 'NODE_…'`) not counted. */
  'ipcDown',
  'ipcUp',
  /** How many of them arrived. */
  'ipcDownReceived',
  'ipcUpReceived',
  /** Calls of `MessagePort.prototype.postMessage`, those of Node itself (worker start, worker stdio) included. */
  'portPosts',
  /** Those of them that went through `Worker.prototype.postMessage`. */
  'workerPosts',
  /** Calls of `Atomics.wait` and `Atomics.waitAsync` (not those of Node itself). */
  'atomicsWaits',
] as const;
export type CountName = (typeof COUNTS)[number];
/** A count that is always the same, the least and the most that were ever seen, or one that is not judged. */
export type Expected = number | readonly [least: number, most: number] | 'any';
/** What is not named must be 0. */
export type Expectation = Readonly<Partial<Record<CountName, Expected>>>;
export type Counts = Readonly<Record<CountName, number>>;

export type NodeMajor = 20 | 24;

/** All that is needed to install something, to run it, and to compare the output of two runs. */
export interface Runnable {
  readonly id: string;
  /** npm packages with exact versions. What they depend on is what npm had on the suite's date (`install.ts`). */
  readonly packages: readonly string[];
  /** Other programs with the same packages share one installation under this name; else the id is the name. */
  readonly install?: string;
  /** `[from, to]`, copied once after the installation. */
  readonly copies?: readonly (readonly [string, string])[];
  readonly command: readonly [string, ...string[]];
  /** Where it runs, within its installation. */
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** When it is stuck, in seconds; 90 where it does not say. */
  readonly limit?: number;
  /** The order of lines depends on who is faster. */
  readonly unordered?: boolean;
  /** What differs between two runs without Forkscope, beyond pids of warnings and durations. */
  readonly varies?: readonly (readonly [RegExp, string])[];
}

/** One program of the suite, with what is needed to judge a traced run of it. */
export interface Program extends Runnable {
  /** Contents by path, written before every run. */
  readonly files?: Readonly<Record<string, string>>;
  /** What a run leaves behind and the next must not find. */
  readonly removes?: readonly string[];
  readonly exitCode?: number;
  /** Exact stdout (trimmed) where the program has a known answer. */
  readonly stdout?: string;
  readonly nodes?: readonly NodeMajor[];
  /** Only where there are POSIX shells and signals. */
  readonly posix?: boolean;
  readonly expect: Expectation;
  /** Differences of single Node versions. */
  readonly expectOn?: Readonly<Partial<Record<NodeMajor, Expectation>>>;
  /** Why messages between two that live are not all received (a worker is terminated, a process exits at once). */
  readonly unpaired?: string;
  /** Why some of its processes are killed: what their last moment wrote may be missing from the trace. */
  readonly kills?: string;
  /** Why one of its processes ends with an exception that nobody catches, untraced too. */
  readonly crashes?: string;
}
