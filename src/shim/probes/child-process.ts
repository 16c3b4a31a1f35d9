import childProcess from 'node:child_process';
import { RUNTIME_SPAWN_PREFIX } from '../../base/channels.ts';
import { ENV_SPAWN } from '../../base/environment.ts';
import type { ChildId, SiteId } from '../../base/quantities.ts';
import type { SpawnApi } from '../../trace/format/definitions.ts';
import { pairValue } from '../children/children-env.ts';
import { shorten } from '../children/command-line.ts';
import { exitOf } from '../children/exit.ts';
import { closingChildren, liveChildren, type StartedChild } from '../children/live-children.ts';
import { reaches } from '../children/reachable.ts';
import { newSpawnKey } from '../children/spawn-key.ts';
import type { Probe, Shim } from '../context/shim.ts';
import { textOf } from '../core/errors.ts';
import { guarded } from '../core/guard.ts';
import { observe, patch } from '../core/patch.ts';
import { captureFrames, type RawFrame } from '../sites/stack.ts';
import { addChildren, CHILD_EVENTS } from '../sources/children.ts';
import { heard } from '../sources/events.ts';

/** What `ChildProcess.prototype.spawn` gets, from every asynchronous form and from cluster. */
interface SpawnOptions {
  file?: unknown;
  args?: unknown;
  envPairs?: unknown;
  execPath?: unknown;
  uid?: unknown;
  detached?: unknown;
}
interface Started {
  readonly api: SpawnApi;
  readonly spawnKey: string;
  readonly site: SiteId;
  readonly file: string;
  readonly argv: readonly string[];
  readonly detached: boolean;
}

const NAMED: ReadonlySet<string> = new Set(['spawn', 'fork', 'exec', 'execFile']);

/** spawn, fork, exec, execFile and cluster: start, end, and what descendants need to be traced. */
export const childProcesses: Probe = {
  name: 'child-process',
  install(shim) {
    shim.sources.contribute(addChildren);
    const prototype: object = childProcess.ChildProcess.prototype;
    const ids = new WeakMap<object, ChildId>();
    const failed = new WeakMap<object, Failed>();
    patch(
      prototype,
      'spawn',
      (original) =>
        function spawn(this: unknown, ...args) {
          const started = guarded(shim, 'child-process', () => prepare(shim, args[0], spawn));
          const result = Reflect.apply(original, this, args);
          if (started)
            guarded(shim, 'child-process', () => recordStart(shim, this as object, started, { ids, failed }));
          return result;
        },
    );
    // On the prototype: a listener on the child could be seen by the program.
    observe(prototype, 'emit', { recorder: shim.recorder, probe: 'child-process' }, (self, args) => {
      if (args[0] === 'exit') recordExit(shim, self as object, args, ids);
      else if (args[0] === 'close') closed(self as object);
      else if (args[0] === 'error') recordFailure(shim, self as object, args[1], failed);
    });
  },
};

/** Puts the session into the child's environment. `undefined`: the runtime reports this child itself. */
function prepare(shim: Shim, given: unknown, skip: (...args: unknown[]) => unknown): Started | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const options = given as SpawnOptions;
  const file = String(options.file ?? '');
  const argv = Array.isArray(options.args) ? options.args.map(String) : [];
  const pairs = Array.isArray(options.envPairs) ? options.envPairs.map(String) : [];
  const key = pairValue(pairs, ENV_SPAWN);
  const isRuntimes = key !== process.env[ENV_SPAWN] && key?.startsWith(RUNTIME_SPAWN_PREFIX) === true;
  const spawnKey = isRuntimes ? key : newSpawnKey();
  const traced = shim.filter.traces(file, argv.slice(1)) && reaches(shim, options.uid);
  options.envPairs = traced
    ? shim.environment.injectPairs(pairs, spawnKey, argv)
    : shim.environment.stripPairs(pairs);
  if (isRuntimes) return undefined;
  const frames = captureFrames(skip);
  const site = shim.session.options.callSites === 'off' ? 0 : shim.sites.ofFrames(frames);
  return { api: apiOf(frames, pairs), spawnKey, site, file, argv, detached: options.detached === true };
}

/** The function of `child_process` that the user called is the last of Node's own frames before the user's. */
function apiOf(frames: readonly RawFrame[], pairs: readonly string[]): SpawnApi {
  if (pairValue(pairs, 'NODE_UNIQUE_ID') !== undefined) return 'cluster';
  let api: SpawnApi = 'spawn';
  // Other probes may have wrapped `spawn` too: their frames come first.
  const first = frames.findIndex(isNodes);
  for (const frame of frames.slice(first)) {
    if (!isNodes(frame)) break;
    const name = frame.getFunctionName()?.replace(/^.*\./, '') ?? '';
    if (NAMED.has(name)) api = name as SpawnApi;
  }
  return api;
}

function isNodes(frame: RawFrame): boolean {
  return frame.getFileName()?.startsWith('node:') === true;
}

/** Node could not start the child (no such command, no more processes …); the program gets an `error` event next. */
interface Failed {
  readonly id: ChildId;
  readonly site: SiteId;
}
interface Known {
  readonly ids: WeakMap<object, ChildId>;
  readonly failed: WeakMap<object, Failed>;
}

function recordStart(shim: Shim, child: object, started: Started, { ids, failed }: Known): void {
  const pid: unknown = Reflect.get(child, 'pid');
  const { api, spawnKey, site, file, argv, detached } = started;
  const { recorder } = shim;
  const id = recorder.defineChild({
    spawnKey,
    api,
    file,
    argv: shorten(argv),
    ...(detached && { detached }),
  });
  if (typeof pid !== 'number') {
    failed.set(child, { id, site });
    return;
  }
  ids.set(child, id);
  liveChildren.set(child, { id, spawnKey, site, since: recorder.clock.now(), isWorker: api === 'cluster' });
  recorder.record('start', { child: id, site, pid });
}

function recordFailure(shim: Shim, child: object, error: unknown, failed: WeakMap<object, Failed>): void {
  const known = failed.get(child);
  if (known === undefined) return;
  failed.delete(child);
  const code: unknown = Reflect.get(Object(error), 'code');
  shim.recorder.incident({
    what: 'spawnFailed',
    message: textOf(error),
    child: known.id,
    events: heard(child, CHILD_EVENTS),
    ...(typeof code === 'string' ? { code } : {}),
    ...(known.site === 0 ? {} : { site: known.site }),
  });
}

function recordExit(
  shim: Shim,
  child: object,
  args: readonly unknown[],
  ids: WeakMap<object, ChildId>,
): void {
  const id = ids.get(child);
  if (id === undefined) return;
  ids.delete(child);
  const started = liveChildren.get(child);
  liveChildren.delete(child);
  if (started) closing(child, started);
  const [, code, signal] = args;
  const pid = Number(Reflect.get(child, 'pid') ?? 0);
  shim.recorder.record('childExit', { child: id, pid, ...exitOf(code, signal) });
}

/** The child has ended; its pipes are closed next, unless another process has them too. */
function closing(child: object, started: StartedChild): void {
  closingChildren.set(new WeakRef(child), { ...started, isAwaited: heard(child, ['close']).length > 0 });
}

function closed(child: object): void {
  for (const reference of closingChildren.keys()) {
    const known = reference.deref();
    if (known === child || known === undefined) closingChildren.delete(reference);
  }
}
