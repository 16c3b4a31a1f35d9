import net from 'node:net';
import { OWN_HANDLE } from '../../base/environment.ts';
import type { Source } from '../../trace/format/definitions.ts';
import type { Look } from './look.ts';
import { addSockets, isSocket, originOf } from './sockets.ts';

const own = Symbol.for(OWN_HANDLE);

/** Kinds of Node's handles, by the name of their class. */
const KINDS: Readonly<Record<string, Source['kind']>> = {
  FSWatcher: 'watcher',
  StatWatcher: 'watcher',
  FSEvent: 'watcher',
  ChildProcess: 'child',
  Process: 'child',
  MessagePort: 'port',
  Signal: 'signal',
};

/** Adds the handles that no part of the shim has told of: servers, sockets, watchers, and what is known by its class only. */
export function addHandles(look: Look, handles: Iterable<object>): void {
  const sockets = [];
  for (const handle of handles) {
    if (look.told.has(handle) || Reflect.get(handle, own) === true) continue;
    look.told.add(handle);
    if (isSocket(handle)) sockets.push(handle);
    else look.list.add({ ...describe(handle), ref: isRefd(look, handle), ...originOf(handle) });
  }
  addSockets(look, sockets);
}

function isRefd(look: Look, handle: object): boolean {
  if (look.refd.has(handle)) return true;
  if (!isShared(handle) || Reflect.get(handle, '_unref') === true) return false;
  // An interval keeps the worker alive in its stead.
  look.standIns++;
  return true;
}

/** A worker of a cluster has no handle for a server: the primary accepts for it. */
function isShared(handle: object): boolean {
  const inner: unknown = handle instanceof net.Server ? Reflect.get(handle, '_handle') : undefined;
  return typeof inner === 'object' && inner !== null && !('getAsyncId' in inner);
}

function describe(handle: object): Pick<Source, 'kind' | 'local' | 'detail'> {
  if (handle instanceof net.Server) return { kind: 'server', ...localOf(handle) };
  if (isDatagram(handle)) return { kind: 'datagram', ...localOf(handle) };
  const { name } = handle.constructor;
  const kind = KINDS[name];
  return kind === undefined ? { kind: 'native', detail: name } : { kind };
}

/** The class itself is not asked for: a program that has no such socket need not load it. */
function isDatagram(handle: object): boolean {
  return typeof Reflect.get(handle, 'setBroadcast') === 'function' && 'send' in handle;
}

/** What it listens on. */
function localOf(handle: object): { readonly local?: string } {
  const ask: unknown = Reflect.get(handle, 'address');
  if (typeof ask !== 'function') return {};
  try {
    const found: unknown = Reflect.apply(ask, handle, []);
    if (typeof found === 'string') return { local: found };
    const { address, port } = Object(found) as { address?: string; port?: number };
    if (address === undefined || port === undefined) return {};
    return { local: `${address.includes(':') ? `[${address}]` : address}:${port}` };
  } catch {
    // Not bound yet, or closed already.
    return {};
  }
}
