import { subscribe } from 'node:diagnostics_channel';
import type { ChildId, SiteId } from '../../base/quantities.ts';
import { shorten } from '../children/command-line.ts';
import { reaches } from '../children/reachable.ts';
import { newSpawnKey } from '../children/spawn-key.ts';
import type { Probe, Shim } from '../context/shim.ts';
import { guarded } from '../core/guard.ts';
import { patch } from '../core/patch.ts';

/** Exit code of a shell whose command could not be executed. */
const NOT_EXECUTED = 127;

/** What Node publishes when everything is checked and the process is about to become another program. */
interface Becoming {
  readonly execPath: unknown;
  readonly args: unknown;
  /** `KEY=value`: what the new program gets. */
  readonly env: unknown;
}

/**
 * `process.execve`: the process becomes another program without any exit. The new program is recorded as a child with the same
 * pid, and gets in its environment what it needs to be traced.
 */
export const execve: Probe = {
  name: 'execve',
  install(shim) {
    if (typeof Reflect.get(process, 'execve') !== 'function') return;
    let last: ChildId = 0;
    let site: SiteId = 0;
    subscribe('process.execve', (message) => {
      last = guarded(shim, 'execve', () => become(shim, message as Becoming, site)) ?? 0;
    });
    patch(
      process,
      'execve',
      (original) =>
        function execve(this: unknown, ...args) {
          last = 0;
          site = guarded(shim, 'execve', () => shim.sites.here(execve)) ?? 0;
          try {
            return Reflect.apply(original, this, args);
          } catch (error) {
            // It failed (no such file …): the process goes on as it was (or, before Node 26, is aborted).
            if (last > 0)
              guarded(shim, 'execve', () =>
                shim.recorder.record('childExit', { child: last, pid: 0, exit: NOT_EXECUTED }),
              );
            throw error;
          }
        },
    );
  },
};

/** Returns the id of the child that the process becomes. */
function become(shim: Shim, { execPath, args, env }: Becoming, site: SiteId): ChildId {
  const { recorder, environment, filter } = shim;
  const file = String(execPath);
  const argv = Array.isArray(args) ? args.map(String) : [];
  const spawnKey = newSpawnKey();
  if (Array.isArray(env)) {
    const pairs = env.map(String);
    const traced = filter.traces(file, argv.slice(1)) && reaches(shim);
    env.splice(
      0,
      env.length,
      ...(traced ? environment.injectPairs(pairs, spawnKey, argv) : environment.stripPairs(pairs)),
    );
  }
  const id = recorder.defineChild({ spawnKey, api: 'execve', file, argv: shorten(argv) });
  recorder.record('start', { child: id, site, pid: process.pid });
  recorder.writeThrough();
  shim.lanes.close();
  return id;
}
