import { EventEmitter } from 'node:events';

const { listenerCount, rawListeners } = EventEmitter.prototype;

/** Which of these events of an object the program (or Node for it) listens for. */
export function heard(emitter: object, names: readonly string[]): string[] {
  return names.filter(
    (name) => (listenerCount as (this: unknown, n: string) => number).call(emitter, name) > 0,
  );
}

/** Do all that listen for messages of an object hear one only? Node wraps what is given to `once`. */
export function hearsOnce(emitter: object): boolean {
  const all = (rawListeners as (this: unknown, n: string) => unknown[]).call(emitter, 'message');
  return (
    all.length > 0 && all.every((listener) => typeof Reflect.get(Object(listener), 'listener') === 'function')
  );
}
