import childProcess from 'node:child_process';
import type { ChildId, SiteId, WaitNumber } from '../../base/quantities.ts';
import type { SpawnApi } from '../../trace/format/definitions.ts';
import { calledApi } from '../children/called-api.ts';
import { shorten } from '../children/command-line.ts';
import { exitOf } from '../children/exit.ts';
import { reaches } from '../children/reachable.ts';
import { newSpawnKey } from '../children/spawn-key.ts';
import { syncBinding } from '../children/sync-binding.ts';
import type { Probe, Shim } from '../context/shim.ts';
import { observed } from '../core/observe.ts';
import { surround } from '../core/patch.ts';
import { captureFrames } from '../sites/stack.ts';
import { recordSyncBytes, type SyncPipes, sizeOf } from '../stdio/sync.ts';

const APIS = ['spawnSync', 'execSync', 'execFileSync'] as const satisfies readonly SpawnApi[];
type SyncApi = (typeof APIS)[number];

interface Running extends SyncPipes {
  readonly id: ChildId;
  readonly wait: WaitNumber;
  /** The options as the program or Node has given them. */
  readonly options: unknown;
}

/**
 * spawnSync, execSync, execFileSync: the thread stands still until the child has ended. They are seen in Node's binding below
 * them, where the errors that they throw have not been made yet.
 */
export const syncSpawns: Probe = {
  name: 'sync-spawn',
  install(shim) {
    const where = { ...shim, probe: 'sync-spawn' };
    const binding = syncBinding();
    if (binding !== undefined) {
      surround<Running>(binding, 'spawn', where, {
        begin: (_binding, [options]) => begin(shim, options),
        end: (running, _returned, result) => end(shim, running, Object(result)),
        repeats: () => false,
      });
      return;
    }
    for (const api of APIS) {
      surround<Running>(childProcess, api, where, {
        begin: (_module, args) => beginCall(shim, api, args),
        end: (running, _returned, outcome) => endCall(shim, running, outcome),
        repeats: () => false,
      });
    }
  },
};

/** What Node's binding is called with. */
interface BindingOptions {
  file?: unknown;
  args?: unknown;
  envPairs?: unknown;
  timeout?: unknown;
  stdio?: unknown;
  uid?: unknown;
}

/** Records the start, and puts the session into the child's environment. */
function begin(shim: Shim, given: unknown): Running | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const options = given as BindingOptions;
  const words = Array.isArray(options.args) ? options.args.map(String) : [];
  const [, ...argv] = words;
  const file = String(options.file ?? '');
  const pairs = Array.isArray(options.envPairs) ? options.envPairs.map(String) : [];
  const spawnKey = newSpawnKey();
  const traced = shim.filter.traces(file, argv) && reaches(shim, options.uid);
  options.envPairs = traced
    ? shim.environment.injectPairs(pairs, spawnKey, words)
    : shim.environment.stripPairs(pairs);
  const frames = captureFrames(observed);
  const api = calledApi<SyncApi>(frames, APIS, 'spawnSync');
  const started = { api, spawnKey, site: shim.sites.ofFrames(frames), argv: [file, ...argv] };
  return recordStart(shim, started, options.timeout, options);
}

interface Started {
  readonly api: SyncApi;
  readonly spawnKey: string;
  readonly site: SiteId;
  /** The program, and what it gets. */
  readonly argv: readonly string[];
}

function recordStart(
  shim: Shim,
  { api, spawnKey, site, argv }: Started,
  timeout: unknown,
  options: unknown,
): Running {
  const { recorder } = shim;
  const wait = recorder.newWait();
  const line = shorten(argv);
  const id = recorder.defineChild({ spawnKey, api, file: line[0]!, argv: line });
  recorder.record('start', { child: id, site, pid: 0 });
  const ms = Number(timeout ?? 0);
  const timeoutMs = ms > 0 ? ms : undefined;
  recorder.record('waitSyncSpawn', { child: id, site, wait, sync: true, timeoutMs });
  recorder.flush();
  return { id, wait, spawnKey, site, options };
}

/** Records the end. `result`: what the binding returned, with undecoded output. */
function end(shim: Shim, running: Running, result: object): void {
  const stdio: unknown = Reflect.get(Object(running.options), 'stdio');
  const input: unknown = Array.isArray(stdio) ? Reflect.get(Object(stdio[0]), 'input') : undefined;
  const output: unknown = Reflect.get(result, 'output');
  const read = Array.isArray(output) ? output.slice(1).map((data) => sizeOf(data, 'utf8')) : [];
  recordEnd(shim, running, result, [sizeOf(input, 'utf8'), ...read]);
}

function recordEnd(shim: Shim, running: Running, result: object, bytes: readonly number[]): void {
  const { recorder } = shim;
  const { id, wait } = running;
  recorder.record('waitEnd', { awaited: id, wait, sync: true });
  recordSyncBytes(shim, running, bytes);
  const exit = exitOf(Reflect.get(result, 'status'), Reflect.get(result, 'signal'));
  recorder.record('childExit', { child: id, pid: Number(Reflect.get(result, 'pid') ?? 0), ...exit });
}

/** Where the binding is out of reach: the function itself. Changes `args`: the options get an environment with the session. */
function beginCall(shim: Shim, api: SyncApi, args: unknown[]): Running | undefined {
  const file = args[0];
  if (typeof file !== 'string') return undefined;
  const hasList = api !== 'execSync' && Array.isArray(args[1]);
  const argv = hasList ? (args[1] as unknown[]).map(String) : [];
  const at = optionsIndex(api, args, hasList);
  const options = args[at];
  // What Node would refuse, it shall refuse in its own words.
  if (options !== undefined && options !== null && typeof options !== 'object') return undefined;
  if (api === 'spawnSync' && at === 2 && (options === null || Array.isArray(options))) return undefined;
  const env = Reflect.get(options ?? {}, 'env') ?? process.env;
  if (typeof env !== 'object') return undefined;
  const spawnKey = newSpawnKey();
  const traced = shim.filter.traces(file, argv) && reaches(shim, Reflect.get(options ?? {}, 'uid'));
  const injected = traced
    ? shim.environment.inject(env, spawnKey, [file, ...argv])
    : shim.environment.strip(env);
  args[at] = { ...(options ?? {}), env: injected };
  const site = shim.sites.here(observed);
  const line = commandLine(api, [file, ...argv], Reflect.get(options ?? {}, 'shell'));
  return recordStart(
    shim,
    { api, spawnKey, site, argv: line },
    Reflect.get(options ?? {}, 'timeout'),
    options,
  );
}

/** `(file[, args][, options])`, where `args` may be left out or undefined; `execSync(command[, options])`. */
function optionsIndex(api: SyncApi, args: readonly unknown[], hasList: boolean): number {
  if (api === 'execSync' || hasList) return api === 'execSync' ? 1 : 2;
  return args[1] === undefined || args[1] === null ? (args.length > 2 ? 2 : 1) : 1;
}

/** The words that are executed: with `shell` a shell, which gets the command as one word. */
function commandLine(api: SyncApi, words: readonly string[], shell: unknown): readonly string[] {
  if (api !== 'execSync' && !shell) return words;
  const command = words.join(' ');
  const own = typeof shell === 'string' ? shell : undefined;
  if (process.platform === 'win32')
    return [own ?? process.env.comspec ?? 'cmd.exe', '/d', '/s', '/c', command];
  return [own ?? '/bin/sh', '-c', command];
}

/** `outcome`: the result of spawnSync, the output of the others, or what was thrown (it has the same fields). */
function endCall(shim: Shim, running: Running, outcome: unknown): void {
  const fields = typeof outcome === 'object' && outcome !== null && !Buffer.isBuffer(outcome) ? outcome : {};
  const output: unknown = Reflect.get(fields, 'output') ?? [null, outcome];
  const { input, encoding } = Object(running.options) as { input?: unknown; encoding?: unknown };
  const read = Array.isArray(output) ? output.slice(1).map((data) => sizeOf(data, encoding)) : [];
  recordEnd(shim, running, fields, [sizeOf(input, 'utf8'), ...read]);
}
