import childProcess from 'node:child_process';
import type { ChildId, WaitNumber } from '../../base/quantities.ts';
import type { SpawnApi } from '../../trace/format/definitions.ts';
import { shorten } from '../children/command-line.ts';
import { exitOf } from '../children/exit.ts';
import { reaches } from '../children/reachable.ts';
import { newSpawnKey } from '../children/spawn-key.ts';
import { SyncResults } from '../children/sync-results.ts';
import type { Probe, Shim } from '../context/shim.ts';
import { guarded } from '../core/guard.ts';
import { patch } from '../core/patch.ts';
import { recordSyncBytes, type SyncPipes } from '../stdio/sync.ts';

const APIS = ['spawnSync', 'execSync', 'execFileSync'] as const satisfies readonly SpawnApi[];
type SyncApi = (typeof APIS)[number];

interface Running extends SyncPipes {
  readonly id: ChildId;
  readonly wait: WaitNumber;
  readonly results: SyncResults;
}

/** spawnSync, execSync, execFileSync: the thread stands still until the child has ended. */
export const syncSpawns: Probe = {
  name: 'sync-spawn',
  install(shim) {
    const results = new SyncResults();
    for (const api of APIS) {
      patch(childProcess, api, (original) => {
        const replacement = function (this: unknown, ...args: unknown[]): unknown {
          const running = guarded(shim, 'sync-spawn', () => begin(shim, results, api, args, replacement));
          try {
            const result = Reflect.apply(original, this, args);
            if (running) guarded(shim, 'sync-spawn', () => end(shim, running, result));
            return result;
          } catch (error) {
            if (running) guarded(shim, 'sync-spawn', () => end(shim, running, error));
            throw error;
          }
        };
        return replacement;
      });
    }
  },
};

/** Records the start and changes `args`: the options get an environment with the session. */
function begin(
  shim: Shim,
  results: SyncResults,
  api: SyncApi,
  args: unknown[],
  skip: (...a: unknown[]) => unknown,
): Running | undefined {
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
  const { recorder } = shim;
  const site = shim.sites.here(skip);
  const wait = recorder.newWait();
  const timeout = Number(Reflect.get(options ?? {}, 'timeout') ?? 0);
  const line = shorten(commandLine(api, [file, ...argv], Reflect.get(options ?? {}, 'shell')));
  const id = recorder.defineChild({ spawnKey, api, file: line[0]!, argv: line });
  recorder.record('start', { child: id, site, pid: 0 });
  const timeoutMs = timeout > 0 ? timeout : undefined;
  recorder.record('waitSyncSpawn', { child: id, site, wait, sync: true, timeoutMs });
  recorder.flush();
  results.watch();
  return { id, wait, spawnKey, site, options, results };
}

/** `(file[, args][, options])`, where `args` may be left out or undefined; `execSync(command[, options])`. */
function optionsIndex(api: SyncApi, args: readonly unknown[], hasList: boolean): number {
  if (api === 'execSync' || hasList) return api === 'execSync' ? 1 : 2;
  return args[1] === undefined || args[1] === null ? (args.length > 2 ? 2 : 1) : 1;
}

/** What is executed: with `shell` that gets the words as one. */
function commandLine(api: SyncApi, words: readonly string[], shell: unknown): readonly string[] {
  if (api !== 'execSync' && !shell) return words;
  const command = words.join(' ');
  const own = typeof shell === 'string' ? shell : undefined;
  if (process.platform === 'win32')
    return [own ?? process.env.comspec ?? 'cmd.exe', '/d', '/s', '/c', command];
  return [own ?? '/bin/sh', '-c', command];
}

/** `outcome`: the result of spawnSync, the output of the others, or what was thrown (it has the same fields). */
function end(shim: Shim, running: Running, outcome: unknown): void {
  const { recorder } = shim;
  const { id, wait, results } = running;
  const result = results.take();
  const fields = typeof outcome === 'object' && outcome !== null && !Buffer.isBuffer(outcome) ? outcome : {};
  const pid = result?.pid ?? Number(Reflect.get(fields, 'pid') ?? 0);
  recorder.record('waitEnd', { awaited: id, wait, sync: true });
  const output: unknown = result?.output ?? Reflect.get(fields, 'output') ?? [null, outcome];
  recordSyncBytes(shim, running, Array.isArray(output) ? output : []);
  const exit = exitOf(Reflect.get(fields, 'status'), Reflect.get(fields, 'signal'));
  recorder.record('childExit', { child: id, pid, ...exit });
}
