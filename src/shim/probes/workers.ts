import path from 'node:path';
import { fileURLToPath } from 'node:url';
import worker from 'node:worker_threads';
import type { ChildId, Ns, SiteId } from '../../base/quantities.ts';
import type { Lane } from '../../trace/writer/lanes.ts';
import { endingWorkers, hasRef, liveWorkers } from '../children/live-workers.ts';
import { reaches } from '../children/reachable.ts';
import { newSpawnKey } from '../children/spawn-key.ts';
import type { Probe, Shim } from '../context/shim.ts';
import { stackOf, textOf } from '../core/errors.ts';
import { guarded } from '../core/guard.ts';
import { observed } from '../core/observe.ts';
import { observe } from '../core/patch.ts';
import { makingWorker } from '../ports/of-thread.ts';
import { incomingOf, publicPort } from '../ports/sources.ts';
import { heard, hearsOnce } from '../sources/events.ts';
import type { Look } from '../sources/look.ts';
import { handOver } from '../thread/thread.ts';

/** Worker threads: start and end, and a stream of their own. */
export const workers: Probe = {
  name: 'workers',
  install(shim) {
    const known = new WeakMap<object, Known>();
    shim.sources.contribute((look) => addWorkers(look, known));
    const original = worker.Worker;
    const where = { recorder: shim.recorder, probe: 'workers' };
    observe(original.prototype, 'emit', where, (self, args) => {
      if (args[0] === 'exit') {
        liveWorkers.delete(self as object);
        recordExit(shim, self as object, args[1], known);
      } else if (args[0] === 'error') recordError(shim, self as object, args[1], known);
    });
    observe(original.prototype, 'terminate', where, (self) => {
      recordTerminate(shim, self as object, known);
    });
    // A Proxy: `instanceof`, subclasses and static members stay what they are.
    const construct = (target: typeof original, args: unknown[], newTarget: unknown): object => {
      const prepared = guarded(shim, 'workers', () => prepare(shim, args, construct));
      const make = (): object => {
        // V8 names objects, in stacks too, by the class that has made them.
        const by = newTarget === replacement ? target : (newTarget as typeof original);
        const made = Reflect.construct(target, args, by);
        liveWorkers.add(made);
        return made;
      };
      // The worker is not traced, so neither are its ports: the trace would show one half of every message.
      if (!prepared) return make();
      const label = guarded(shim, 'workers', () => labelOf(args)) ?? '';
      let made: object | undefined;
      try {
        made = withNodeOptions(prepared.lacking, () =>
          handOver(prepared.handover, () => makingWorker(label, make)),
        );
      } finally {
        // Node has refused to make it.
        if (!made) prepared.lane?.free();
      }
      const worker = made;
      guarded(shim, 'workers', () => recordStart(shim, worker, prepared, known));
      return made;
    };
    const replacement = new Proxy(original, { construct });
    const hidden = { writable: true, enumerable: false, configurable: true };
    Reflect.defineProperty(original.prototype, 'constructor', { value: replacement, ...hidden });
    Reflect.defineProperty(worker, 'Worker', {
      value: replacement,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  },
};

interface Prepared {
  readonly handover: Parameters<typeof handOver>[0];
  readonly lane: Lane | undefined;
  readonly site: SiteId;
  /** NODE_OPTIONS that the worker needs while it is made; `undefined`: nothing is missing. */
  readonly lacking: string | undefined;
}

/** A worker that this thread has made and that runs. */
interface Known {
  readonly id: ChildId;
  readonly site: SiteId;
  /** ns since the session's origin. */
  readonly since: Ns;
  readonly lane: Lane | undefined;
}

/** Prepares what the worker finds when it starts; changes `args` where the worker would otherwise run without the shim. */
function prepare(shim: Shim, args: unknown[], skip: (...args: never[]) => unknown): Prepared | undefined {
  const options = args[1];
  if (options !== undefined && options !== null && typeof options !== 'object') return undefined;
  const given: object = options ?? {};
  const file = fileOf(args[0], Reflect.get(given, 'eval') === true);
  if (!shim.filter.traces(file, []) || !reaches(shim)) return undefined;
  const env: unknown = Reflect.get(given, 'env');
  let nodeOptions: string | null | undefined;
  if (typeof env === 'object' && env !== null) {
    const own: unknown = Reflect.get(env, 'NODE_OPTIONS');
    nodeOptions = typeof own === 'string' ? own : null;
    const withShim = shim.environment.nodeOptions(typeof own === 'string' ? own : undefined);
    args[1] = { ...given, env: { ...env, NODE_OPTIONS: withShim } };
  }
  const lacking = lackingOptions(shim, given);
  // With a shared environment there is nothing to restore in the worker: the parent itself puts back what it had.
  if (lacking !== undefined && env !== worker.SHARE_ENV) nodeOptions = process.env.NODE_OPTIONS ?? null;
  const name: unknown = Reflect.get(given, 'name');
  const site = shim.sites.here(skip);
  const { processKey, threadId } = shim.thread;
  const lane = shim.lanes.claim();
  const handover = {
    processKey,
    spawnKey: newSpawnKey(),
    parentThreadId: threadId,
    name: typeof name === 'string' ? name : '',
    file,
    session: JSON.stringify(shim.session),
    nodeOptions,
    lane: lane && { memory: lane.memory, index: lane.index },
  };
  return { handover, lane, site, lacking };
}

/** With `execArgv` a worker reads NODE_OPTIONS anew, where the program may have taken the shim away. */
function lackingOptions(shim: Shim, given: object): string | undefined {
  const env: unknown = Reflect.get(given, 'env');
  if ((typeof env === 'object' && env !== null) || !Array.isArray(Reflect.get(given, 'execArgv')))
    return undefined;
  const own = process.env.NODE_OPTIONS;
  const needed = shim.environment.nodeOptions(own);
  return needed === own ? undefined : needed;
}

function withNodeOptions<T>(needed: string | undefined, make: () => T): T {
  if (needed === undefined) return make();
  const own = process.env.NODE_OPTIONS;
  process.env.NODE_OPTIONS = needed;
  try {
    return make();
  } finally {
    if (own === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = own;
  }
}

/** How people call the worker: its name, or the file that it runs. */
function labelOf([file, options]: readonly unknown[]): string {
  const given = Object(options);
  const name: unknown = Reflect.get(given, 'name');
  return typeof name === 'string' && name !== ''
    ? name
    : path.basename(fileOf(file, Reflect.get(given, 'eval') === true));
}

function fileOf(file: unknown, isCode: boolean): string {
  if (isCode) return '[eval]';
  if (file instanceof URL) return file.protocol === 'file:' ? fileURLToPath(file) : file.href.slice(0, 200);
  return String(file);
}

function recordStart(
  shim: Shim,
  made: object,
  { handover, lane, site }: Prepared,
  known: WeakMap<object, Known>,
): void {
  const { recorder } = shim;
  const { spawnKey, name, file } = handover;
  const id = recorder.defineChild({ spawnKey, api: 'worker', name, file });
  known.set(made, { id, lane, site, since: recorder.clock.now() });
  recorder.record('threadStart', { child: id, site, thread: Number(Reflect.get(made, 'threadId')) });
}

const EVENTS = ['error', 'exit', 'message', 'messageerror', 'online'];

function addWorkers(look: Look, known: WeakMap<object, Known>): void {
  for (const made of liveWorkers) {
    const { id, site = 0, since } = known.get(made) ?? {};
    const events = heard(made, EVENTS);
    const port = publicPort(made);
    if (port) look.told.add(port);
    const resource = port && incomingOf(port);
    look.list.add({
      kind: 'worker',
      ref: hasRef(made),
      ...(id === undefined ? {} : { child: id }),
      ...(resource === undefined ? {} : { resource }),
      listens: events.length > 0,
      events,
      ...(hearsOnce(made) ? { once: true } : {}),
      ...(endingWorkers.has(made) ? { state: 'ending' as const } : {}),
      ...(site === 0 ? {} : { site }),
      ...(since === undefined ? {} : { since }),
    });
  }
}

/** The worker is about to end by an error, which Node has just handed to this thread. */
function recordError(shim: Shim, made: object, error: unknown, known: WeakMap<object, Known>): void {
  const was = known.get(made);
  if (was === undefined) return;
  const site = shim.sites.ofText(stackOf(error));
  const message = textOf(error);
  shim.recorder.incident({ what: 'workerError', message, child: was.id, ...(site === 0 ? {} : { site }) });
}

/** The program ends the worker: what exit code it has then says nothing of it. */
function recordTerminate(shim: Shim, made: object, known: WeakMap<object, Known>): void {
  const was = known.get(made);
  if (was !== undefined && !endingWorkers.has(made)) {
    const site = shim.sites.here(observed);
    const where = site === 0 ? {} : { site };
    shim.recorder.incident({ what: 'terminateCalled', message: '', child: was.id, ...where });
  }
  endingWorkers.add(made);
}

/** The worker's thread has ended: writes what it had recorded and not written, and records its end. */
function recordExit(shim: Shim, made: object, code: unknown, known: WeakMap<object, Known>): void {
  const was = known.get(made);
  if (was === undefined) return;
  known.delete(made);
  if (was.lane) shim.lanes.ended(was.lane);
  shim.recorder.record('childExit', { child: was.id, pid: 0, exit: Number(code ?? 0) });
}
