import { newWait } from '../blocking.ts';
import { Connection } from '../connection.ts';
import { milliseconds } from '../options.ts';
import { Process } from '../process/process.ts';
import { publishWait, publishWaitEnd } from '../publish.ts';
import { SocketConnection } from './socket-connection.ts';

/** What can be waited for: connections with something to read (or at their end), processes that have ended, promises. */
export type Waitable =
  | Connection<never>
  | SocketConnection<never>
  | Connection
  | SocketConnection
  | Process
  | Promise<unknown>;

/** Promises do not say whether they are settled, so each is watched once. */
const settled = new WeakSet<Promise<unknown>>();
const watched = new WeakSet<Promise<unknown>>();

/**
 * Those of `objects` that are ready, all of them; waits until there is one, or `timeout` seconds have passed (then: none).
 * A process stands for its sentinel.
 */
export async function wait<O extends Waitable>(objects: Iterable<O>, timeout?: number): Promise<O[]> {
  const all = [...objects];
  await watch(all);
  const limit = milliseconds(timeout);
  const now = all.filter(isReady);
  if (now.length > 0 || limit <= 0) return now;
  const waiting = newWait(false);
  publishWait('waitAny', undefined, limit, waiting);
  await first(all, limit);
  const ready = all.filter(isReady);
  publishWaitEnd(undefined, waiting, ready.length > 0 ? 'ok' : 'timeout');
  return ready;
}

function isReady(object: Waitable): boolean {
  if (object instanceof Connection) return object.pollSync(0);
  if (object instanceof SocketConnection) return object.ready;
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

async function first(objects: readonly Waitable[], limit: number): Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  const ends = objects.map(async (object) => {
    if (object instanceof Connection || object instanceof SocketConnection) await object.poll(null, signal);
    else if (object instanceof Process) await object.join({ signal });
    else await object.catch(() => {});
  });
  let timer: NodeJS.Timeout | undefined;
  if (limit !== Number.POSITIVE_INFINITY) {
    ends.push(new Promise<void>((resolve) => (timer = setTimeout(resolve, Math.min(limit, 0x7fffffff)))));
  }
  try {
    await Promise.race(ends);
  } finally {
    clearTimeout(timer);
    stop.abort();
    for (const end of ends) end.catch(() => {});
  }
}
