/** The functions that a module offers: its exports, and one level below (static methods, methods of exported objects). */
import type { AnyFunction } from '../tasks/task.ts';

export interface Candidate {
  readonly path: readonly string[];
  readonly fn: AnyFunction;
}

export function* candidates(namespace: unknown): Generator<Candidate> {
  for (const [name, value] of entries(namespace)) {
    if (typeof value === 'function') yield { path: [name], fn: value as AnyFunction };
    if (name === 'module.exports') continue;
    if (typeof value !== 'function' && (typeof value !== 'object' || value === null)) continue;
    for (const [inner, method] of entries(value)) {
      if (typeof method === 'function' && inner !== 'constructor' && inner !== 'prototype') {
        yield { path: [name, inner], fn: method as AnyFunction };
      }
    }
  }
  // A CommonJS module may be one function.
  if (typeof namespace === 'function') yield { path: [], fn: namespace as AnyFunction };
}

/** Data properties and plain getters, without tripping over one that throws. */
function entries(object: unknown): [string, unknown][] {
  if (object === null || (typeof object !== 'object' && typeof object !== 'function')) return [];
  const found: [string, unknown][] = [];
  for (const name of Object.getOwnPropertyNames(object)) {
    try {
      found.push([name, (object as Record<string, unknown>)[name]]);
    } catch {
      // An export that is not initialised yet (its `const` has not run) is no candidate.
    }
  }
  return found;
}

export function pathOf(namespace: unknown, fn: AnyFunction): readonly string[] | undefined {
  for (const candidate of candidates(namespace)) if (candidate.fn === fn) return candidate.path;
  return undefined;
}

/**
 * As {@link pathOf}, for a second instance of the function's module: some loaders make one for each way of importing.
 * Undefined when several exports look the same.
 */
export function pathOfText(namespace: unknown, fn: AnyFunction): readonly string[] | undefined {
  const text = String(fn);
  const same = [...candidates(namespace)].filter((c) => c.fn.name === fn.name && String(c.fn) === text);
  const isOne = new Set(same.map((candidate) => candidate.fn)).size === 1;
  return isOne ? same[0]?.path : undefined;
}

export function follow(namespace: unknown, path: readonly string[]): unknown {
  let value: unknown = namespace;
  for (const name of path) value = (value as Record<string, unknown> | undefined)?.[name];
  return value;
}
