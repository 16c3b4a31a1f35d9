/** Python's contexts and start methods. There is one start method here, so a context is the API under another name. */
import { availableParallelism, cpus } from 'node:os';
import * as api from './api.ts';
import { RuntimeError, ValueError } from './core/errors/errors.ts';
import { setExecutable } from './services/process/executable.ts';

export { setExecutable };

export type StartMethod = 'spawn';

const functions = {
  cpuCount,
  freezeSupport,
  getAllStartMethods,
  getContext,
  getStartMethod,
  setExecutable,
  setStartMethod,
};
/** The whole API, as `getContext` gives it. */
export type Context = typeof api & typeof functions;

let context: Context | undefined;
let chosen: StartMethod | undefined;

/** The API for a start method: `'spawn'`, or none for the default. @throws ValueError for any other */
export function getContext(method?: StartMethod | null): Context {
  if (method !== undefined && method !== null) checkMethod(method);
  context ??= Object.freeze({ ...api, ...functions });
  return context;
}

/**
 * Chooses the start method, once; `force` chooses again. Only `'spawn'` exists.
 * @throws ValueError for another method, RuntimeError the second time
 */
export function setStartMethod(method: StartMethod | null, options: { readonly force?: boolean } = {}): void {
  if (chosen !== undefined && options.force !== true) throw new RuntimeError('context has already been set');
  if (method !== null) checkMethod(method);
  chosen = method ?? undefined;
}

/** The start method; with `allowNone`, null as long as nobody chose or used one. */
export function getStartMethod(options?: { readonly allowNone?: false }): StartMethod;
export function getStartMethod(options: { readonly allowNone: boolean }): StartMethod | null;
export function getStartMethod(options: { readonly allowNone?: boolean } = {}): StartMethod | null {
  if (chosen === undefined && options.allowNone === true) return null;
  chosen ??= 'spawn';
  return chosen;
}

export function getAllStartMethods(): StartMethod[] {
  return ['spawn'];
}

/** Number of processors of the machine; `os.availableParallelism()` says how many this process may use. */
export function cpuCount(): number {
  return cpus().length || availableParallelism();
}

/** For programs frozen into an executable, Python needs this call. Nothing needs it here. */
export function freezeSupport(): void {}

function checkMethod(method: unknown): void {
  if (method === 'spawn') return;
  if (method === 'fork' || method === 'forkserver') {
    throw new ValueError(
      `the start method '${method}' does not exist in Node, whose processes cannot be forked; use 'spawn'`,
    );
  }
  throw new ValueError(`cannot find context for ${JSON.stringify(method)}`);
}
