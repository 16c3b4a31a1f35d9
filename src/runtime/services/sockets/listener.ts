import { rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { crypto } from '../../../base/builtins.ts';
import { optionsOf } from '../../core/arguments/options.ts';
import { OSError, ValueError } from '../../core/errors/errors.ts';
import { staysHere } from '../../core/handles/not-transferable.ts';
import { authenticate, checkKey } from './auth.ts';
import { SocketConnection } from './socket-connection.ts';

/** `[host, port]`, the path of a Unix socket (`\0name`: an abstract one), or a Windows pipe. */
export type Address = readonly [host: string, port: number] | string;
export type Family = 'AF_INET' | 'AF_UNIX' | 'AF_PIPE';

export interface ListenerOptions {
  /** Where to listen; a free one of the family unless given. */
  readonly address?: Address;
  readonly family?: Family;
  /** Connections that the system holds until they are accepted. */
  readonly backlog?: number;
  /** With a key, both sides must show that they know it. */
  readonly authkey?: Uint8Array;
}

/** Accepts connections of `Client`. */
export class Listener implements Disposable {
  readonly address: Address;
  readonly family: Family;
  readonly #server: net.Server;
  readonly #authkey: Uint8Array | undefined;
  readonly #sockets: net.Socket[] = [];
  readonly #accepting: { resolve: (socket: net.Socket) => void; reject: (error: Error) => void }[] = [];
  #lastAccepted: Address | null = null;
  #closed = false;

  private constructor(server: net.Server, address: Address, family: Family, authkey: Uint8Array | undefined) {
    this.#server = server;
    this.address = address;
    this.family = family;
    this.#authkey = authkey;
    // Between two accepts the program may end.
    server.unref();
    server.on('connection', (socket) => this.#arrived(socket));
  }

  /** Binds and listens. Rejects with OSError (`EADDRINUSE` …) when the address cannot be had. */
  static async create(options: ListenerOptions = {}): Promise<Listener> {
    const { backlog = 1 } = optionsOf(options);
    if (!Number.isInteger(backlog) || backlog < 0)
      throw new ValueError(`a backlog is a whole number, not ${String(backlog)}`);
    const authkey = checkKey(options.authkey);
    const family = options.family ?? familyOf(options.address);
    const wanted = options.address ?? freeAddress(family);
    const server = net.createServer({ pauseOnConnect: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        reject(
          new OSError(`cannot listen on ${JSON.stringify(wanted)}: ${error.message}`, errorOptions(error)),
        ),
      );
      server.listen({ ...target(wanted), backlog }, resolve);
    });
    const bound = server.address();
    const address: Address =
      bound === null || typeof bound === 'string' ? wanted : [bound.address, bound.port];
    return new Listener(server, address, family, authkey);
  }

  /** Where the last accepted connection came from; null for sockets without a name. */
  get lastAccepted(): Address | null {
    return this.#lastAccepted;
  }

  /** The next connection. Rejects with AuthenticationError when the client does not know the key; then call it again. */
  async accept(): Promise<SocketConnection> {
    if (this.#closed) throw new OSError('listener is closed');
    const socket = this.#sockets.shift() ?? (await this.#next());
    this.#lastAccepted =
      socket.remoteAddress === undefined ? null : [socket.remoteAddress, socket.remotePort ?? 0];
    const connection = new SocketConnection(socket);
    socket.resume();
    if (this.#authkey !== undefined)
      await authenticate(connection as SocketConnection, this.#authkey, 'listener');
    return connection;
  }

  /** Frees the address at once. Accepted connections stay. A second call does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { reject } of this.#accepting.splice(0)) reject(new OSError('listener is closed'));
    for (const socket of this.#sockets.splice(0)) socket.destroy();
    this.#server.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #arrived(socket: net.Socket): void {
    socket.on('error', () => {});
    const waiting = this.#accepting.shift();
    if (this.#accepting.length === 0) this.#server.unref();
    if (waiting === undefined) this.#sockets.push(socket);
    else waiting.resolve(socket);
  }

  #next(): Promise<net.Socket> {
    this.#server.ref();
    return new Promise((resolve, reject) => this.#accepting.push({ resolve, reject }));
  }
}

/** Connects to a `Listener`. Rejects with OSError when nobody listens, AuthenticationError when the keys differ. */
export async function Client(
  address: Address,
  options: { readonly authkey?: Uint8Array } = {},
): Promise<SocketConnection> {
  const authkey = checkKey(optionsOf(options).authkey);
  const socket = net.connect(target(address));
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new OSError(`cannot connect to ${JSON.stringify(address)}: ${error.message}`, errorOptions(error)),
      ),
    );
  });
  socket.setNoDelay(true);
  const connection = new SocketConnection(socket);
  if (authkey !== undefined) await authenticate(connection as SocketConnection, authkey, 'client');
  return connection;
}

function errorOptions(error: NodeJS.ErrnoException): ErrorOptions & { code?: string } {
  return error.code === undefined ? { cause: error } : { cause: error, code: error.code };
}

function target(address: Address): { host: string; port: number } | { path: string } {
  if (typeof address === 'string') return { path: address };
  const [host, port] = Array.isArray(address) ? (address as readonly [string, number]) : [];
  if (typeof host !== 'string' || port === undefined || !Number.isInteger(port) || port < 0 || port > 65535) {
    throw new ValueError(`an address is [host, port] or a path, not ${JSON.stringify(address)}`);
  }
  return { host, port };
}

function familyOf(address: Address | undefined): Family {
  if (address === undefined) return process.platform === 'win32' ? 'AF_PIPE' : 'AF_UNIX';
  if (typeof address !== 'string') return 'AF_INET';
  return address.startsWith('\\\\') ? 'AF_PIPE' : 'AF_UNIX';
}

function freeAddress(family: Family): Address {
  const name = `forkscope-${process.pid}-${crypto().randomBytes(6).toString('hex')}`;
  if (family === 'AF_INET') return ['127.0.0.1', 0];
  if (family === 'AF_PIPE') return `\\\\.\\pipe\\${name}`;
  if (family !== 'AF_UNIX') throw new ValueError(`unknown family ${String(family)}`);
  const file = path.join(os.tmpdir(), `${name}.sock`);
  // Closing removes the file; a program that exits without closing would leave it.
  process.once('exit', () => rmSync(file, { force: true }));
  return file;
}

staysHere(Listener.prototype, 'Listener', 'send its address');
