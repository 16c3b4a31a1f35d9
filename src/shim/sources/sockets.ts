import net from 'node:net';
import { OWN_HANDLE } from '../../base/environment.ts';
import type { Source } from '../../trace/format/definitions.ts';
import { addressOf } from './addresses.ts';
import { heard } from './events.ts';
import type { Look } from './look.ts';
import { origins } from './origin.ts';

/** What belongs to the runtime serves its waits only. */
export const OWN = Symbol.for(OWN_HANDLE);
/** Where there are more sockets, those whose other end is unknown are only counted, by where the program has connected to. */
const MANY = 64;
/** So many of these are asked for the address, which takes one to two microseconds each, and so many addresses are told. */
const MOST_ASKED = 1000;
const MOST_ADDRESSES = 8;
/** Of so many it is told how much each has moved: a list is written anew where that has changed. */
const FEW = 16;

/**
 * What of a socket is read: plain properties and getters without effects. Not its addresses: Node keeps on the socket what
 * it was once asked, and the program would find them after the end of the connection.
 */
interface SocketState {
  readonly connecting: boolean;
  readonly destroyed: boolean;
  readonly writableLength: number;
  readonly writableEnded: boolean;
  readonly readableFlowing: boolean | null;
  readonly isTTY?: boolean;
  readonly fd?: number;
  readonly server?: unknown;
  readonly _handle: { readonly reading?: boolean; readonly constructor: { readonly name: string } } | null;
}
export type Socket = object & SocketState;

export function isSocket(handle: object): handle is Socket {
  return handle instanceof net.Socket;
}

/** Nothing can come by a socket that nobody reads, connects or writes to: stdout is one. */
export function isSilent({ _handle, connecting, writableLength }: SocketState): boolean {
  return _handle?.reading !== true && !connecting && writableLength === 0;
}

/** Adds sockets of all kinds: connections, pipes, terminals. `ref`: they keep the thread alive. */
export function addSockets({ list, told, handles }: Look, sockets: readonly Socket[], ref: boolean): void {
  const known = sockets.length > MANY ? sockets.filter(isChannel) : sockets;
  // Nothing follows from the rest of a thread that anybody can connect to.
  const counted = known.length <= FEW && !handles.some((handle) => handle instanceof net.Server);
  for (const socket of known) {
    if (told.has(socket) || isSilent(socket) || Reflect.get(socket, OWN) === true) continue;
    const connection = connectionOf(socket, counted);
    list.add({ ...describe(socket), ref, ...placeOf(socket), ...connection, ...originOf(socket) });
  }
  if (known === sockets) return;
  for (const [remote, count] of countsByRemote(sockets.filter((socket) => !isChannel(socket))))
    list.add({ kind: 'socket', ref, listens: true, ...(remote === '' ? {} : { remote }) }, count);
}

/** How many lead to each of the commonest addresses; '': to any other one, or not known to which. */
function countsByRemote(sockets: readonly Socket[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const [i, { _handle, server, connecting }] of sockets.entries()) {
    // The clients of a server have as many addresses as there are.
    const isAsked = i < MOST_ASKED && !server && !connecting;
    const remote = (isAsked ? addressOf(_handle, 'getpeername') : undefined) ?? '';
    counts.set(remote, (counts.get(remote) ?? 0) + 1);
  }
  const common = [...counts].filter(([remote]) => remote !== '').sort(([, a], [, b]) => b - a);
  const told = common.slice(0, MOST_ADDRESSES);
  const left = sockets.length - told.reduce((n, [, count]) => n + count, 0);
  return left > 0 ? [...told, ['', left]] : told;
}

/** Its other end is known, or will be. */
function isChannel(socket: Socket): boolean {
  return origins.of(socket)?.resource !== undefined;
}

function describe(socket: Socket): Pick<Source, 'kind' | 'listens' | 'state' | 'unwritten'> {
  const { connecting, writableLength, writableEnded, _handle } = socket;
  const state = connecting ? 'connecting' : writableEnded && writableLength > 0 ? 'ended' : undefined;
  return {
    kind: kindOf(socket),
    listens: _handle?.reading === true,
    ...(state === undefined ? {} : { state }),
    ...(writableLength > 0 ? { unwritten: writableLength } : {}),
  };
}

function kindOf(socket: Socket): Source['kind'] {
  if (socket.isTTY === true) return 'terminal';
  if (isChannel(socket)) return 'stdio';
  return socket._handle?.constructor.name === 'Pipe' ? 'pipe' : 'socket';
}

/** Of a socket that is no channel of the trace: what has come and gone by it. `counted`: tell how much. */
function connectionOf(socket: Socket, counted: boolean): Pick<Source, 'sent' | 'received' | 'unanswered'> {
  if (socket.connecting || isChannel(socket) || socket.isTTY === true) return {};
  const { bytesWritten: sent, bytesRead: received } = Object(socket._handle) as Moved;
  if (typeof sent !== 'number' || typeof received !== 'number') return {};
  const isOwn = origins.of(socket)?.since !== undefined && !socket.server;
  const asks = isOwn && sent > 0 && received === 0 && heard(socket, HEARD).length > 0;
  return { ...(counted ? { sent, received } : {}), ...(asks ? { unanswered: true } : {}) };
}
/** Who only sends listens for neither. */
const HEARD = ['data', 'readable'];
interface Moved {
  readonly bytesWritten?: unknown;
  readonly bytesRead?: unknown;
}

const STANDARD = ['stdin', 'stdout', 'stderr'];

function placeOf(socket: SocketState): Pick<Source, 'local' | 'remote' | 'detail'> {
  const local = addressOf(socket._handle, 'getsockname');
  const remote = socket.connecting ? undefined : addressOf(socket._handle, 'getpeername');
  // Of pipes and terminals only those that the program was given have a number.
  const name = typeof socket.fd === 'number' ? (STANDARD[socket.fd] ?? `fd ${socket.fd}`) : undefined;
  return {
    ...(local === undefined ? {} : { local }),
    ...(remote === undefined ? {} : { remote }),
    ...(name === undefined ? {} : { detail: name }),
  };
}

/** What the probe that has seen it made knows of it. */
export function originOf(handle: object): Partial<Source> {
  const { since, site = madeBy(handle), resource, child, detail, remote } = origins.of(handle) ?? {};
  return {
    ...(remote === undefined ? {} : { remote }),
    ...(resource === undefined ? {} : { resource }),
    ...(child === undefined ? {} : { child }),
    ...(detail === undefined ? {} : { detail }),
    ...(since === undefined ? {} : { since }),
    ...(site === undefined || site === 0 ? {} : { site }),
  };
}

/** A connection that was accepted comes from where its server listens. */
function madeBy(handle: object): number | undefined {
  const server: unknown = Reflect.get(handle, 'server');
  return typeof server === 'object' && server !== null ? origins.of(server)?.site : undefined;
}
