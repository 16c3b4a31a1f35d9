import {
  DEFAULT_SHIM_OPTIONS,
  ENV_SESSION,
  type SessionEnvironment,
  type ShimOptions,
} from '../../base/environment.ts';

/** The session that the environment names, or `undefined`: this process is not traced. */
export function readSession(env: NodeJS.ProcessEnv): SessionEnvironment | undefined {
  const text = env[ENV_SESSION];
  if (text === undefined || text === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { dir, session, origin, shim, options } = value as Record<string, unknown>;
  if (typeof dir !== 'string' || typeof session !== 'string' || typeof shim !== 'string') return undefined;
  if (typeof origin !== 'string' || !/^-?\d+$/.test(origin)) return undefined;
  return { dir, session, origin, shim, options: readOptions(options) };
}

function readOptions(given: unknown): ShimOptions {
  const options = typeof given === 'object' && given !== null ? given : {};
  return { ...DEFAULT_SHIM_OPTIONS, ...options };
}
