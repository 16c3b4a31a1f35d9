import { types } from 'node:util';
import { MessagePort } from 'node:worker_threads';

const MAX_DEPTH = 6;
const MAX_VALUES = 1000;

/**
 * The ports inside of a value, in the order in which a structured clone keeps them. Getters are not called, and big values
 * are not searched to their end.
 */
export function portsIn(value: unknown): object[] {
  const found: object[] = [];
  let left = MAX_VALUES;
  const seen = new Set<object>();
  const visit = (v: unknown, depth: number): void => {
    if (typeof v !== 'object' || v === null || seen.has(v) || --left < 0) return;
    seen.add(v);
    if (v instanceof MessagePort) found.push(v);
    else if (v instanceof Map) for (const [key, item] of v) visitAll([key, item], depth);
    else if (v instanceof Set) visitAll([...v], depth);
    else if (Array.isArray(v) || isPlain(v)) visitProperties(v, depth);
  };
  const visitAll = (values: readonly unknown[], depth: number): void => {
    if (depth < MAX_DEPTH) for (const item of values) visit(item, depth + 1);
  };
  const visitProperties = (owner: object, depth: number): void => {
    if (depth >= MAX_DEPTH) return;
    for (const key of Object.keys(owner).slice(0, MAX_VALUES))
      visit(Object.getOwnPropertyDescriptor(owner, key)?.value, depth + 1);
  };
  visit(value, 0);
  return found;
}

/** Proxies cannot be cloned, and looking into one would run the program's code. */
function isPlain(value: object): boolean {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return false;
  return !types.isProxy(value);
}

/** True: a structured clone of the value runs no code of the program, whether it can be made or not. */
export function runsNothing(value: unknown): boolean {
  let left = MAX_VALUES;
  const seen = new Set<object>();
  const isQuiet = (v: unknown): boolean => {
    if (typeof v !== 'object' || v === null || seen.has(v)) return true;
    seen.add(v);
    if (--left < 0 || types.isProxy(v) || types.isNativeError(v)) return false;
    if (ArrayBuffer.isView(v)) return true;
    if (v instanceof Map) return [...v].every(([key, item]) => isQuiet(key) && isQuiet(item));
    if (v instanceof Set) return [...v].every(isQuiet);
    const own = Object.values(Object.getOwnPropertyDescriptors(v));
    return own.every((property) => 'value' in property && isQuiet(property.value));
  };
  return isQuiet(value);
}
