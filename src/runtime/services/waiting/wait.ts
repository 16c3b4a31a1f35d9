import { inspect } from 'node:util';
import type { Outcome } from '../../../base/channels.ts';
import { limitOf, type TimeLimit } from '../../core/arguments/options.ts';
import { publishWait, publishWaitEnd } from '../../core/diagnostics/publish.ts';
import { TypeMismatch } from '../../core/errors/errors.ts';
import { newWait } from '../../core/waits/blocking.ts';
import { Connection } from '../../primitives/pipes/connection.ts';
import { Queue, queueMessages } from '../../primitives/queues/queue.ts';
import { Process } from '../process/process.ts';
import { SocketConnection } from '../sockets/socket-connection.ts';

/**
 * What can be waited for: connections with something to read (or at their end), queues with an item, processes that have
 * ended, promises. Another process may take a queue's item before the caller does.
 */
export type Waitable =
  | Connection<never>
  | SocketConnection<never>
  | Connection
  | SocketConnection
  | Queue<never>
  | Queue
  | Process<never>
  | Process
  | Promise<unknown>;

/** Promises do not say whether they are settled, so each is watched once. */
const settled = new WeakSet<Promise<unknown>>();
const watched = new WeakSet<Promise<unknown>>();

/**
 * Those of `objects` that are ready, all of them; waits until there is one, or `timeout` seconds have passed (then: none).
 * Rejects with the signal's reason.
 * A process stands for its sentinel.
 */
export async function wait<O extends Waitable>(objects: Iterable<O>, timeout?: TimeLimit): Promise<O[]> {
  const all = [...objects];
  all.forEach(check);
  await watch(all);
  const { ms: limit, signal } = limitOf(timeout);
  signal?.throwIfAborted();
  const now = all.filter(isReady);
  if (now.length > 0 || limit <= 0) return now;
  const waiting = newWait(false);
  publishWait('waitAny', undefined, limit, waiting, signal);
  let outcome: Outcome = 'cancelled';
  try {
    await first(all, limit, signal);
    const ready = all.filter(isReady);
    outcome = ready.length > 0 ? 'ok' : 'timeout';
    return ready;
  } finally {
    publishWaitEnd(undefined, waiting, outcome);
  }
}

function check(object: unknown): void {
  const kinds = [Connection, SocketConnection, Queue, Process, Promise];
  if (kinds.some((kind) => object instanceof kind)) return;
  throw new TypeMismatch(`wait() takes connections, queues, processes and promises, not ${inspect(object)}`);
}

function isReady(object: Waitable): boolean {
  if (object instanceof Connection) return object.pollSync(0);
  if (object instanceof SocketConnection) return object.ready;
  if (object instanceof Queue) return !object.empty();
  if (object instanceof Process) return object.exitCode !== null;
  return settled.has(object);
}

async function watch(objects: readonly Waitable[]): Promise<void> {
  for (const object of objects) {
    if (!(object instanceof Promise) || watched.has(object)) continue;
    watched.add(object);
    const mark = (): void => {
      settled.add(object);
    };
    object.then(mark, mark);
  }
  // One turn of the microtasks, so that those which are settled already are marked.
  await Promise.resolve();
}

async function first(
  objects: readonly Waitable[],
  limit: number,
  abort: AbortSignal | undefined,
): Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  const ends = objects.map(async (object) => {
    if (object instanceof Connection || object instanceof SocketConnection) await object.poll(null, signal);
    else if (object instanceof Queue) await queueMessages(object).poll(Number.POSITIVE_INFINITY, signal);
    else if (object instanceof Process) await object.join({ signal });
    else await object.catch(() => {});
  });
  let timer: NodeJS.Timeout | undefined;
  let aborted = (): void => {};
  if (abort !== undefined) {
    ends.push(
      new Promise<void>((_resolve, reject) => {
        aborted = () => reject(abort.reason);
        abort.addEventListener('abort', aborted, { once: true });
      }),
    );
  }
  if (limit !== Number.POSITIVE_INFINITY) {
    ends.push(new Promise<void>((resolve) => (timer = setTimeout(resolve, Math.min(limit, 0x7fffffff)))));
  }
  try {
    await Promise.race(ends);
  } finally {
    clearTimeout(timer);
    abort?.removeEventListener('abort', aborted);
    stop.abort();
    for (const end of ends) end.catch(() => {});
  }
}
