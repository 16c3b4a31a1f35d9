import { OWN_HANDLE } from '../../base/environment.ts';
import { countRefdWorkers } from '../children/live-workers.ts';
import { reportProblem } from '../core/guard.ts';
import { natives } from '../core/natives.ts';
import type { Recorder } from '../core/recorder.ts';
import { UnrefTimers } from './unref-timers.ts';

const QUIET_MS = 100;
/** A resting thread that timers may wake is looked at again after so long. */
const AGAIN_MS = 1000;
/** What keeps a thread alive is told again after this long, ns, if there was something to do in between. */
const AGAIN_NS = 5e9;
const own = Symbol.for(OWN_HANDLE);

/** Kinds of resources whose every event is recorded: a thread that has no others rests while nothing is recorded. */
const WATCHED: ReadonlySet<string> = new Set([
  'MessagePort',
  'PipeWrap',
  'Pipe',
  'ProcessWrap',
  'SignalWrap',
  'Worker',
]);

/** Node's own list of what keeps the loop alive; undocumented, and the same since Node 0. */
interface ProcessInternals {
  _getActiveHandles?(): unknown[];
  _getActiveRequests?(): unknown[];
}
const NO_PIDS: ReadonlySet<number> = new Set();

interface SocketLike {
  readonly reading?: unknown;
  readonly _handle?: { readonly reading?: unknown } | null;
  readonly connecting?: unknown;
  readonly writableLength?: unknown;
}

/** A probe that knows what some handles of the loop are for. */
export interface HandleExpert {
  /**
   * The thread rests with these handles, those that cannot wake it left out. The expert may record waits that stand for some
   * of them; it returns those (and handles below requests) that are explained. `unrefTimers`: how many may still fire.
   */
  explain(handles: readonly object[], unrefTimers: number): ReadonlySet<unknown>;
  /** The thread does something again. */
  resumed(): void;
}

/**
 * Notices that a thread has come to rest: 100 ms after its last event it looks whether waits are open and what else could
 * wake it. The timer never keeps the program alive.
 */
export class Quiescence {
  readonly #recorder: Recorder;
  /** Pids of the children that the runtime waits for: their handles are those waits. */
  readonly #joined = new Map<number, number>();
  readonly #timers = new UnrefTimers();
  readonly #writing = new Set<() => number>();
  /** Bytes that were still to be written when it was last asked. */
  #unwritten = 0;
  #armed = false;
  #lookingAgain = false;
  #expert: HandleExpert | undefined;
  /** What was last told to keep the thread alive. */
  #told = '';
  #toldAt = 0;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
    this.#watch();
  }

  /** The wait `n` is for the end of the child `pid`. */
  joins(n: number, pid: number): void {
    this.#joined.set(n, pid);
  }
  ended(n: number): void {
    this.#joined.delete(n);
  }

  /**
   * While the number of bytes that `left` tells changes, the thread is at work though nothing is recorded: a long queue of
   * messages. Returns what ends that.
   */
  writes(left: () => number): () => void {
    this.#writing.add(left);
    return () => this.#writing.delete(left);
  }

  consult(expert: HandleExpert): void {
    this.#expert = expert;
  }

  #watch(): void {
    this.#recorder.watchActivity(() => {
      this.#expert?.resumed();
      this.#arm();
    });
  }

  #arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    natives.later(this.#look, QUIET_MS);
  }

  readonly #look = (): void => {
    this.#armed = false;
    try {
      this.#check();
    } catch (error) {
      reportProblem(this.#recorder, 'quiescence', error);
    }
  };

  #check(): void {
    const recorder = this.#recorder;
    if (recorder.clock.now() - recorder.lastActivity < QUIET_MS * 0.9e6) {
      this.#arm();
      return;
    }
    recorder.settle();
    // Asking what keeps the loop alive costs time for each message in the queue.
    if (this.#isWriting()) {
      this.#arm();
      return;
    }
    if (!recorder.quiescent) {
      const resources = natives.getActiveResourcesInfo.call(process);
      // Something runs as soon as this callback ends: no rest yet.
      const runs = resources.includes('Immediate');
      if (runs && recorder.openWaits > 0) {
        this.#arm();
        return;
      }
      if (!runs) this.#rest(resources);
    }
    this.#watch();
  }

  #isWriting(): boolean {
    let left = 0;
    for (const bytes of this.#writing) left += bytes();
    const before = this.#unwritten;
    this.#unwritten = left;
    return left !== before;
  }

  #rest(resources: readonly string[]): void {
    const recorder = this.#recorder;
    // First: what the handles are for may be waits.
    const count = this.#countHandles();
    if (recorder.openWaits === 0) this.#idle(count);
    else this.#quiesce(count, this.#countTimers(resources));
  }

  #quiesce(handles: number, timers: number): void {
    this.#recorder.quiesce(handles, timers);
    if (timers > 0) this.#again(timers);
  }

  #again(timers: number): void {
    if (this.#lookingAgain) return;
    this.#lookingAgain = true;
    natives.later(() => this.#lookAgain(timers), AGAIN_MS);
  }

  /** A timer that has fired without anything to record leaves the thread with one chance less. */
  #lookAgain(before: number): void {
    this.#lookingAgain = false;
    const recorder = this.#recorder;
    if (!recorder.quiescent || recorder.openWaits === 0) return;
    try {
      const timers = this.#countTimers(natives.getActiveResourcesInfo.call(process));
      if (timers !== before) this.#quiesce(this.#countHandles(), timers);
      else this.#again(timers);
    } catch (error) {
      reportProblem(recorder, 'quiescence', error);
    }
  }

  #countTimers(resources: readonly string[]): number {
    return resources.filter((r) => r === 'Timeout').length + this.#timers.armed;
  }

  /** No wait is open: what is left is what keeps the thread alive. */
  #idle(count: number): void {
    const recorder = this.#recorder;
    const handles = this.#countKinds();
    const kinds = Object.keys(handles);
    if (kinds.length === 0) return;
    // Whatever a worker may send can wake this thread.
    const wakers = count + (handles.Worker ?? 0);
    if (kinds.every((kind) => WATCHED.has(kind))) recorder.quiesce(wakers, 0);
    else recorder.rest();
    const told = JSON.stringify(handles);
    const time = recorder.clock.now();
    if (told === this.#told && time - this.#toldAt < AGAIN_NS) return;
    this.#told = told;
    this.#toldAt = time;
    recorder.define({ type: 'keepAlive', time, handles });
  }

  /** Active resources by Node's name for their kind, without those that keep nothing alive, and with the workers. */
  #countKinds(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const kind of natives.getActiveResourcesInfo.call(process)) counts[kind] = (counts[kind] ?? 0) + 1;
    const handles = (process as ProcessInternals)._getActiveHandles?.() ?? [];
    for (const handle of handles) {
      const kind = silentKind(handle);
      if (kind === undefined || counts[kind] === undefined) continue;
      counts[kind]--;
      if (counts[kind] <= 0) delete counts[kind];
    }
    const workers = countRefdWorkers();
    // Newer Nodes may come to list them.
    if (workers > 0) counts.Worker ??= workers;
    return counts;
  }

  /** What is ref'd and could call into the program: not its waits, and not what only holds output. */
  #countHandles(): number {
    const internals = process as ProcessInternals;
    const joined = new Set(this.#joined.values());
    const handles = (internals._getActiveHandles?.() ?? []).filter((h) => canWake(h, joined));
    const requests = internals._getActiveRequests?.() ?? [];
    const explained = this.#expert?.explain(handles, this.#timers.armed);
    if (!explained || explained.size === 0) return handles.length + requests.length;
    return (
      handles.filter((h) => !explained.has(h)).length +
      requests.filter((request) => !explained.has(Reflect.get(Object(request), 'handle'))).length
    );
  }
}

/** Of a terminal or a pipe that nobody reads, connects or writes to (stdout; a child's stdin): Node's name for its kind. */
function silentKind(handle: unknown): 'TTYWrap' | 'PipeWrap' | undefined {
  if (typeof handle !== 'object' || handle === null || canWake(handle, NO_PIDS)) return undefined;
  if (Reflect.get(handle, 'isTTY') === true) return 'TTYWrap';
  const inner: unknown = Reflect.get(handle, '_handle');
  return inner?.constructor.name === 'Pipe' ? 'PipeWrap' : undefined;
}

function canWake(handle: unknown, joined: ReadonlySet<number>): handle is object {
  if (typeof handle !== 'object' || handle === null) return false;
  if (Reflect.get(handle, own) === true) return false;
  const pid: unknown = Reflect.get(handle, 'pid');
  if (typeof pid === 'number' && joined.has(pid)) return false;
  if (!('_handle' in handle) || !('writableLength' in handle)) return true;
  // A socket (stdout is one) that nobody reads, connects or writes to is silent.
  const { _handle, connecting, writableLength } = handle as SocketLike;
  return _handle?.reading === true || connecting === true || Number(writableLength) > 0;
}
