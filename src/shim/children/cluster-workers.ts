import type { Worker } from 'node:cluster';
import { EventEmitter } from 'node:events';
import { builtin } from '../core/builtins.ts';

const { listenerCount } = EventEmitter.prototype;

/** What a cluster's primary listens for at each of its children, to hand it on. */
const HANDED_ON = ['disconnect', 'error', 'exit', 'message'];

/** The workers of this primary by their processes: Node forgets one when it is disconnected, which has not ended then. */
const known = new WeakMap<object, Worker>();

/** Which of these events of a child that `cluster` has started the program itself listens for. */
export function heardOfWorker(child: object, names: readonly string[]): string[] {
  const primary = builtin('node:cluster');
  for (const worker of Object.values(primary.workers ?? {})) if (worker) known.set(worker.process, worker);
  const worker = known.get(child);
  return names.filter((name) => {
    const own = HANDED_ON.includes(name) ? 1 : 0;
    if (count(child, name) > own || count(primary, name) > 0) return true;
    // Node hands messages on once more, to the cluster.
    return worker !== undefined && count(worker, name) > (name === 'message' ? 1 : 0);
  });
}

function count(emitter: object, name: string): number {
  return (listenerCount as (this: unknown, n: string) => number).call(emitter, name);
}
