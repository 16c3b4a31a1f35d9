import net from 'node:net';
import type { Source } from '../../trace/format/definitions.ts';
import type { Look } from './look.ts';
import { origins } from './origin.ts';

/** With more sockets than these they are only counted, by what they do. */
const MANY = 64;

/** What of a socket is read: plain properties and getters without effects. */
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
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}
type SocketSource = Pick<Source, 'kind' | 'ref' | 'listens' | 'state' | 'unwritten'>;

export function isSocket(handle: object): handle is object & SocketState {
  return handle instanceof net.Socket;
}

/** Nothing can come by a socket that nobody reads, connects or writes to: stdout is one. */
export function isSilent({ _handle, connecting, writableLength }: SocketState): boolean {
  return _handle?.reading !== true && !connecting && writableLength === 0;
}

/** Adds sockets of all kinds: connections, pipes, terminals. */
export function addSockets(look: Look, sockets: readonly (object & SocketState)[]): void {
  const active = sockets.filter((socket) => !isSilent(socket));
  const many = active.length > MANY;
  const counts = new Map<string, { source: SocketSource; count: number }>();
  for (const socket of active) {
    const source = describe(look, socket);
    if (!many) {
      look.list.add({ ...source, ...placeOf(socket), ...originOf(socket) });
      continue;
    }
    const key = `${source.kind} ${source.ref} ${source.listens} ${source.state} ${source.unwritten !== undefined}`;
    const known = counts.get(key);
    if (known) known.count++;
    else counts.set(key, { source, count: 1 });
  }
  for (const { source, count } of counts.values()) look.list.add(source, count);
}

function describe(look: Look, socket: object & SocketState): SocketSource {
  const { connecting, writableLength, writableEnded, _handle } = socket;
  const state = connecting ? 'connecting' : writableEnded && writableLength > 0 ? 'ended' : undefined;
  return {
    kind: kindOf(socket),
    ref: look.refd.has(socket),
    listens: _handle?.reading === true,
    ...(state === undefined ? {} : { state }),
    ...(writableLength > 0 ? { unwritten: writableLength } : {}),
  };
}

function kindOf(socket: object & SocketState): Source['kind'] {
  if (socket.isTTY === true) return 'terminal';
  if (origins.of(socket)?.resource !== undefined) return 'stdio';
  return socket._handle?.constructor.name === 'Pipe' ? 'pipe' : 'socket';
}

const STANDARD = ['stdin', 'stdout', 'stderr'];

function placeOf(socket: SocketState): Pick<Source, 'local' | 'remote' | 'detail'> {
  const local = address(socket.localAddress, socket.localPort);
  const remote = address(socket.remoteAddress, socket.remotePort);
  // Of pipes and terminals only those that the program was given have a number.
  const name = typeof socket.fd === 'number' ? (STANDARD[socket.fd] ?? `fd ${socket.fd}`) : undefined;
  return {
    ...(local === undefined ? {} : { local }),
    ...(remote === undefined ? {} : { remote }),
    ...(name === undefined ? {} : { detail: name }),
  };
}

function address(host: string | undefined, port: number | undefined): string | undefined {
  if (host === undefined || port === undefined) return undefined;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** What the probe that has seen it made knows of it. */
export function originOf(handle: object): Partial<Source> {
  const { since, site = madeBy(handle), resource, child, detail } = origins.of(handle) ?? {};
  return {
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
