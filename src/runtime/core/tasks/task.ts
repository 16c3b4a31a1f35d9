import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Task tokens: numbers, unique in their thread, that name an async task as the owner of what it acquires.
 * They come only from `Process` targets, pool tasks, `task.run` and `lock.with`; everything else is task 0.
 */
const storage = new AsyncLocalStorage<number>();
let used = false;
let last = 0;

/** The token of the running task, 0: none. */
export function currentTask(): number {
  return used ? (storage.getStore() ?? 0) : 0;
}

/** A token that no task of this thread has had lately. */
export function newToken(): number {
  used = true;
  last = (last % 0xffff) + 1; // 16 bits, as a trace keeps it
  return last;
}

/** Runs `body` as the task that `token` names. */
export function runAs<T>(token: number, body: () => T): T {
  return storage.run(token, body);
}

/** Runs `body` as a task of its own. */
export function runTask<T>(body: () => T): T {
  return storage.run(newToken(), body);
}

/** Runs `body` in the running task, or in a new one where there is none. */
export function runInTask<T>(body: () => T): T {
  return currentTask() === 0 ? runTask(body) : body();
}

/** A function that a child finds by its module and the name it was registered under. */
export interface TaskReference {
  readonly url: string;
  readonly name: string;
}

// Function objects live in one realm, the registry as long as they do.
const references = new WeakMap<object, TaskReference>();
const registry = new Map<string, AnyFunction>();

// biome-ignore lint/suspicious/noExplicitAny: the parameters of any function; unknown[] accepts no function with parameters
export type AnyFunction = (...args: any[]) => unknown;

/** The parameters that come from `args` when `kwargs` is the last one, which may be optional. */
export type AllButLast<T extends readonly unknown[]> =
  Required<T> extends readonly [...infer I, unknown] ? I : T;

function register<F extends AnyFunction>(meta: { readonly url: string } | string, name: string, fn: F): F {
  const url = typeof meta === 'string' ? meta : meta.url;
  references.set(fn, { url, name });
  registry.set(`${url}#${name}`, fn);
  return fn;
}

/**
 * `task(import.meta, 'name', fn)` registers a function for use as a target: it works in bundles, for wrappers and
 * closures made at module level, and under `--permission`. Returns `fn`. The module must register it each time that it is
 * loaded, since the child loads it again.
 *
 * `task.run(fn)` runs `fn` as an async task of its own, which can own locks.
 */
export const task = Object.assign(register, { run: runTask });

export function taskReference(fn: object): TaskReference | undefined {
  return references.get(fn);
}

export function registeredTask(reference: TaskReference): AnyFunction | undefined {
  return registry.get(`${reference.url}#${reference.name}`);
}
