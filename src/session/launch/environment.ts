import { randomBytes } from 'node:crypto';
import {
  DEFAULT_SHIM_OPTIONS,
  ENV_SESSION,
  ENV_SPAWN,
  type SessionEnvironment,
  type ShimOptions,
} from '../../base/environment.ts';
import { permissionOptions, preloadOption, withoutPreload, withPreload } from '../../base/node-options.ts';

export function rootSpawnKey(): string {
  return randomBytes(12).toString('base64url');
}

/**
 * The environment of the root process: the user's, plus the session and the shim in front of their own NODE_OPTIONS
 * (their preloads may patch the same functions and expect to be last).
 * @param args the whole command line
 */
export function tracedEnvironment(
  env: NodeJS.ProcessEnv,
  session: SessionEnvironment,
  spawnKey: string,
  args: readonly string[],
): NodeJS.ProcessEnv {
  const own = withoutShim(env.NODE_OPTIONS ?? '', outerShim(env));
  const parts = [withPreload(preloadOption(session, args), own), permissionOptions(session, own, args)];
  const options = parts.filter((part) => part !== '').join(' ');
  return { ...env, NODE_OPTIONS: options, [ENV_SESSION]: JSON.stringify(session), [ENV_SPAWN]: spawnKey };
}

/** Two shims of different versions in one process would both patch it: a session inside a session replaces the outer. */
function withoutShim(options: string, shim: string | undefined): string {
  if (shim === undefined) return options;
  return withoutPreload({ shim }, options);
}

function outerShim(env: NodeJS.ProcessEnv): string | undefined {
  try {
    const outer: unknown = JSON.parse(env[ENV_SESSION] ?? 'null');
    if (typeof outer !== 'object' || outer === null || !('shim' in outer)) return undefined;
    return typeof outer.shim === 'string' ? outer.shim : undefined;
  } catch {
    return undefined;
  }
}

export function shimOptions(given: Partial<ShimOptions>): ShimOptions {
  return { ...DEFAULT_SHIM_OPTIONS, ...given };
}
