import worker from 'node:worker_threads';
import type { ResourceId } from '../../base/quantities.ts';
import type { Source } from '../../trace/format/definitions.ts';
import type { Look } from '../sources/look.ts';
import { type PortEnd, portEnds } from './end.ts';

const EVENTS = ['close', 'message', 'messageerror'];

/** The port by which a thread has messages of its worker. */
export function publicPort(worker: object): object | undefined {
  const symbol = Object.getOwnPropertySymbols(worker).find((s) => s.description === 'kPublicPort');
  const port: unknown = symbol && Reflect.get(worker, symbol);
  return typeof port === 'object' && port !== null ? port : undefined;
}

/** Id of the direction in which messages come by a port of this thread; `undefined`: it was never used. */
export function incomingOf(port: object): ResourceId | undefined {
  return portEnds.of(port)?.incoming || undefined;
}

/** The events of a port that the program listens for. Ports have no emitter's methods, but some of the same names. */
export function listensTo(port: object): string[] {
  const count: unknown = Reflect.get(port, 'listenerCount');
  if (typeof count !== 'function') return [];
  return EVENTS.filter((name) => Number(Reflect.apply(count, port, [name])) > 0);
}

/** Do all that listen for messages of a port hear one only? Its listeners are a list of Node's own; where there is none, it is not known. */
function portHearsOnce(port: object): boolean {
  const symbol = Object.getOwnPropertySymbols(port).find((s) => s.description === 'kEvents');
  const lists: unknown = symbol && Reflect.get(port, symbol);
  const list: unknown = lists instanceof Map ? lists.get('message') : undefined;
  const first = nextOf(list);
  for (let listener = first; listener !== undefined; listener = nextOf(listener))
    if (Reflect.get(listener, 'once') !== true) return false;
  return first !== undefined;
}

function nextOf(listener: unknown): object | undefined {
  const next: unknown = Reflect.get(Object(listener), 'next');
  return typeof next === 'object' && next !== null ? next : undefined;
}

/** Adds the ports that keep this thread alive, or that were unref'd and still have a listener. */
export function addPorts(look: Look, unrefd: Iterable<object>): void {
  for (const handle of [...look.handles, ...unrefd]) {
    if (look.told.has(handle)) continue;
    const ref = look.isRefd(handle);
    const end = portEnds.of(handle);
    if (end && !end.options.silent) {
      look.told.add(handle);
      if (isTold(end, ref)) look.list.add(describe(handle, end, ref));
    } else if (handle instanceof worker.MessagePort) {
      look.told.add(handle);
      if (ref) look.list.add({ kind: 'native', ref, detail: "MessagePort of Node's own" });
    }
  }
}

/** Not that of a `Worker`, which is told as such. Node's own count while they keep the thread alive: a worker that reads its stdin. */
function isTold({ options: { sendOnly, isParents } }: PortEnd, ref: boolean): boolean {
  return sendOnly === true ? ref : !(isParents && worker.isMainThread);
}

function describe(handle: object, end: PortEnd, ref: boolean): Omit<Source, 'count'> {
  const { kind, names, sendOnly, isParents, madeAt = 0 } = end.options;
  const events = listensTo(handle);
  return {
    kind: (isParents || sendOnly) && !worker.isMainThread ? 'parent' : kind,
    ref,
    ...(end.incoming === 0 ? {} : { resource: end.incoming }),
    // A broadcast's handle has no listeners of its own: they are on the object that the program has.
    ...(kind === 'broadcast' ? { detail: names[0] } : { listens: events.length > 0, events }),
    ...(portHearsOnce(handle) ? { once: true } : {}),
    ...(madeAt === 0 ? {} : { site: madeAt }),
    ...(end.heardAt === 0 || !events.includes('message') ? {} : { heard: end.heardAt }),
  };
}
