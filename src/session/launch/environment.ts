import { randomBytes } from 'node:crypto';
import {
  DEFAULT_SHIM_OPTIONS,
  ENV_SESSION,
  ENV_SPAWN,
  type SessionEnvironment,
  type ShimOptions,
} from '../../base/environment.ts';

/** A value inside NODE_OPTIONS: Node knows only double quotes, with backslash escapes inside. */
export function quoteNodeOption(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&')}"`;
}

export function newSpawnKey(): string {
  return randomBytes(12).toString('base64url');
}

/**
 * The environment of the root process: the user's, plus the session and the shim in front of their own NODE_OPTIONS
 * (their preloads may patch the same functions and expect to be last).
 */
export function tracedEnvironment(
  env: NodeJS.ProcessEnv,
  session: SessionEnvironment,
  spawnKey: string,
): NodeJS.ProcessEnv {
  const own = withoutShim(env.NODE_OPTIONS ?? '', outerShim(env));
  const options = `--require ${quoteNodeOption(session.shim)}${own === '' ? '' : ` ${own}`}`;
  return { ...env, NODE_OPTIONS: options, [ENV_SESSION]: JSON.stringify(session), [ENV_SPAWN]: spawnKey };
}

/** Two shims of different versions in one process would both patch it: a session inside a session replaces the outer. */
function withoutShim(options: string, shim: string | undefined): string {
  if (shim === undefined) return options;
  return options.replaceAll(`--require ${quoteNodeOption(shim)}`, '').trim();
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
