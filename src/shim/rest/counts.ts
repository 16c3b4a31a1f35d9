import { OWN_HANDLE } from '../../base/environment.ts';
import type { WaitNumber } from '../../base/quantities.ts';
import { countRefdWorkers } from '../children/live-workers.ts';
import type { Resources } from '../sources/resources.ts';

/** More handles than these are not looked at one by one. */
const MANY = 1000;
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
  /** The thread runs again: ends the waits that were recorded for handles. */
  resumed(): void;
}

/** What keeps a thread alive, in numbers. */
export class Counts {
  /** Pids of the children that the runtime waits for: their handles are those waits. */
  readonly #joined = new Map<WaitNumber, number>();
  #expert: HandleExpert | undefined;

  /** The wait `n` is for the end of the child `pid`. */
  joins(n: WaitNumber, pid: number): void {
    this.#joined.set(n, pid);
  }
  ended(n: WaitNumber): void {
    this.#joined.delete(n);
  }
  consult(expert: HandleExpert): void {
    this.#expert = expert;
  }
  resumed(): void {
    this.#expert?.resumed();
  }

  /** Active resources by Node's name for their kind, without those that keep nothing alive, and with the workers. */
  kinds({ names, timers }: Resources): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const kind of names) counts[kind] = (counts[kind] ?? 0) + 1;
    if (timers > 0) counts.Timeout = timers;
    const handles = (process as ProcessInternals)._getActiveHandles?.() ?? [];
    for (const handle of handles.slice(0, MANY)) {
      const kind = silentKind(handle);
      if (kind === undefined || counts[kind] === undefined) continue;
      counts[kind]--;
      if (counts[kind] <= 0) delete counts[kind];
    }
    const workers = countRefdWorkers();
    // A later Node may list workers itself.
    if (workers > 0) counts.Worker ??= workers;
    return counts;
  }

  /** How many of `handles` are of kinds whose events are not all recorded. */
  unwatched(handles: Readonly<Record<string, number>>): number {
    return Object.keys(handles).filter((kind) => !WATCHED.has(kind)).length;
  }

  /** What is ref'd and could call into the program: not its waits, and not what only holds output. */
  handles(unrefTimers: number): number {
    const internals = process as ProcessInternals;
    const joined = new Set(this.#joined.values());
    const all = internals._getActiveHandles?.() ?? [];
    if (all.length > MANY) return all.length;
    const handles = all.filter((h) => canWake(h, joined));
    const requests = internals._getActiveRequests?.() ?? [];
    const explained = this.#expert?.explain(handles, unrefTimers);
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
