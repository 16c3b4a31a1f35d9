import { EventEmitter } from 'node:events';

const { listenerCount } = EventEmitter.prototype;

/** Which of these events of an object the program (or Node for it) listens for. */
export function heard(emitter: object, names: readonly string[]): string[] {
  return names.filter(
    (name) => (listenerCount as (this: unknown, n: string) => number).call(emitter, name) > 0,
  );
}
