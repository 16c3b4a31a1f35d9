import type { SessionEnvironment } from '../base/environment.ts';
import type { CallSites } from './call-sites.ts';
import type { ChildEnvironment } from './children-env.ts';
import type { ChildFilter } from './filter.ts';
import type { WorkerLanes } from './lanes.ts';
import type { Quiescence } from './quiescence.ts';
import type { Recorder } from './recorder.ts';
import type { ThreadIdentity } from './thread.ts';

/** What every probe works with. One a thread. */
export interface Shim {
  readonly session: SessionEnvironment;
  readonly recorder: Recorder;
  readonly sites: CallSites;
  readonly thread: ThreadIdentity;
  readonly environment: ChildEnvironment;
  readonly filter: ChildFilter;
  readonly quiescence: Quiescence;
  readonly lanes: WorkerLanes;
}

/** Instruments one thing of Node or of the runtime. `install` may throw: that is reported, and the program goes on. */
export interface Probe {
  readonly name: string;
  install(shim: Shim): void;
}

/** Runs a probe's own work inside the user's call: whatever goes wrong is told in the trace and nowhere else. */
export function guarded<T>(shim: Pick<Shim, 'recorder'>, probe: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    reportProblem(shim.recorder, probe, error);
    return undefined;
  }
}

export function reportProblem(recorder: Recorder, probe: string, error: unknown): void {
  try {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    recorder.problem(`shim-${probe}`, message);
  } catch {
    // Nothing can be told any more; the program must not notice.
  }
}

let keys = 0;
/**
 * A key for a child that is not the runtime's own (those begin with `RUNTIME_SPAWN_PREFIX`). Unique on the machine, and
 * without loading `crypto`, which would cost every process a millisecond: pid and clock are unique already.
 */
export function newSpawnKey(): string {
  const random = Math.floor(Math.random() * 2 ** 32).toString(36);
  return `s-${process.pid.toString(36)}-${process.hrtime.bigint().toString(36)}-${++keys}-${random}`;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Replaces `owner[name]` by what `wrap` makes of it, looking the same from outside. False: it cannot be replaced. */
export function patch(owner: object, name: string, wrap: (original: Method) => Method): boolean {
  const original: unknown = Reflect.get(owner, name);
  if (typeof original !== 'function') return false;
  const replacement = wrap(original as Method);
  for (const key of Reflect.ownKeys(original)) {
    const descriptor = Object.getOwnPropertyDescriptor(original, key);
    if (key !== 'prototype' && descriptor) Object.defineProperty(replacement, key, descriptor);
  }
  const own = Object.getOwnPropertyDescriptor(owner, name);
  const enumerable = own?.enumerable ?? false;
  return Reflect.defineProperty(owner, name, {
    value: replacement,
    enumerable,
    writable: true,
    configurable: true,
  });
}

const MAX_ARGUMENT = 2000;
const MAX_ARGUMENTS = 200;
/** A command line as a trace keeps it: whole programs come as arguments of `-e` and `-c`. */
export function shorten(argv: readonly string[]): string[] {
  const kept = argv
    .slice(0, MAX_ARGUMENTS)
    .map((a) => (a.length > MAX_ARGUMENT ? `${a.slice(0, MAX_ARGUMENT)}…` : a));
  return argv.length > MAX_ARGUMENTS ? [...kept, '…'] : kept;
}
