import net from 'node:net';
import type { Source } from '../../trace/format/definitions.ts';
import { addressOfDatagrams, addressOfServer } from './addresses.ts';
import type { SourceList } from './list.ts';
import { Look } from './look.ts';
import { addSockets, isSocket, OWN, originOf, type Socket } from './sockets.ts';

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

/** Sorts what Node lists. The runtime's own handles serve its waits only. */
export function lookAt(list: SourceList, listed: readonly unknown[]): Look {
  const handles: object[] = [];
  const sockets: Socket[] = [];
  for (const handle of listed) {
    if (typeof handle !== 'object' || handle === null) continue;
    if (isSocket(handle)) sockets.push(handle);
    else if (Reflect.get(handle, OWN) !== true) handles.push(handle);
  }
  return new Look(list, handles, sockets);
}

/** Adds the handles that no part of the shim has told of: servers, sockets, watchers, and what is known by its class only. */
export function addHandles(look: Look, unrefd: readonly object[]): void {
  for (const handle of look.handles) if (!look.told.has(handle)) add(look, handle, true);
  addSockets(look, look.sockets, true);
  const others = unrefd.filter((handle) => !look.told.has(handle) && !look.isRefd(handle));
  for (const handle of others) if (!isSocket(handle)) add(look, handle, isKeptElsewhere(look, handle));
  addSockets(look, others.filter(isSocket), false);
}

function add(look: Look, handle: object, ref: boolean): void {
  look.told.add(handle);
  look.list.add({ ...describe(handle), ref, ...originOf(handle) });
}

/** A server of a worker of a cluster: an interval keeps the worker alive in its stead. */
function isKeptElsewhere(look: Look, handle: object): boolean {
  if (!isShared(handle) || Reflect.get(handle, '_unref') === true) return false;
  look.standIns++;
  return true;
}

/** A worker of a cluster has no handle for a server: the primary accepts for it. */
function isShared(handle: object): boolean {
  const inner: unknown = handle instanceof net.Server ? Reflect.get(handle, '_handle') : undefined;
  return typeof inner === 'object' && inner !== null && !('getAsyncId' in inner);
}

function describe(handle: object): Pick<Source, 'kind' | 'local' | 'detail'> {
  if (handle instanceof net.Server) return { kind: 'server', ...listensOn(handle) };
  if (isDatagram(handle)) return { kind: 'datagram', ...listensOn(handle) };
  const { name } = handle.constructor;
  const kind = KINDS[name];
  return kind === undefined ? { kind: 'native', detail: name } : { kind };
}

/** The class itself is not asked for: a program that has no such socket need not load it. */
function isDatagram(handle: object): boolean {
  return typeof Reflect.get(handle, 'setBroadcast') === 'function' && 'send' in handle;
}

function listensOn(handle: object): { readonly local?: string } {
  const local = handle instanceof net.Server ? addressOfServer(handle) : addressOfDatagrams(handle);
  return local === undefined ? {} : { local };
}
