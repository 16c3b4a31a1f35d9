import type Inspector from 'node:inspector';
import { builtin } from '../core/builtins.ts';

const EXPRESSION = 'globalThis[Symbol.for("forkscope.buffer")]';
const HANDED_KEY = Symbol.for('forkscope.buffer');

interface InternalProperty {
  readonly name: string;
  readonly value?: { readonly value?: unknown };
}

/**
 * V8's number for the memory behind a SharedArrayBuffer, which is the same in every thread of the process; the inspector
 * shows it as `[[ArrayBufferData]]`. Nothing is written to the memory. `undefined`: this process may not use the inspector.
 */
export function memoryNumber(buffer: SharedArrayBuffer): number | undefined {
  const session = new (builtin('node:inspector').Session)();
  session.connect();
  try {
    Object.defineProperty(globalThis, HANDED_KEY, { value: buffer, configurable: true });
    return numberIn(session);
  } finally {
    Reflect.deleteProperty(globalThis, HANDED_KEY);
    session.disconnect();
  }
}

/** The answers come at once: the session is in this thread. */
function numberIn(session: Inspector.Session): number | undefined {
  let objectId: string | undefined;
  session.post('Runtime.evaluate', { expression: EXPRESSION, silent: true }, (error, answer) => {
    if (!error) objectId = answer.result.objectId;
  });
  if (objectId === undefined) return undefined;
  let internal: readonly InternalProperty[] = [];
  session.post('Runtime.getProperties', { objectId, ownProperties: true }, (error, answer) => {
    if (!error) internal = (answer.internalProperties ?? []) as readonly InternalProperty[];
  });
  const found = internal.find(({ name }) => name === '[[ArrayBufferData]]')?.value?.value;
  return typeof found === 'number' ? found : undefined;
}
