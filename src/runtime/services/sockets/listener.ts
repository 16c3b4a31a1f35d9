import { rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { crypto } from '../../../base/builtins.ts';
import { type Limit, limitOf, optionsOf, type TimeLimit } from '../../core/arguments/options.ts';
import { AuthenticationError, OSError, TypeMismatch, ValueError } from '../../core/errors/errors.ts';
import { refuseTransfer } from '../../core/handles/not-transferable.ts';
import { clampTimer, timedOut } from '../../core/waits/blocking.ts';
import { authenticate, checkKey } from './auth.ts';
import { type Deframer, MOST_BYTES } from './framing.ts';
import { Handshakes } from './handshakes.ts';
import { SocketConnection } from './socket-connection.ts';

/** `[host, port]`, the path of a Unix socket (`\0name`: an abstract one), or a Windows pipe. */
export type Address = readonly [host: string, port: number] | string;
export type Family = (typeof FAMILIES)[number];
const FAMILIES = ['AF_INET', 'AF_UNIX', 'AF_PIPE'] as const;

export interface ListenerOptions {
  /** Where to listen; a free one of the family unless given. */
  readonly address?: Address;
  readonly family?: Family;
  /** Connections that are held until they are accepted. */
  readonly backlog?: number;
  /** With a key, both sides must show that they know it. */
  readonly authkey?: Uint8Array;
  /** Most bytes of one message that is received; 256 MiB unless given. A longer one ends its connection with an OSError. */
  readonly maxMessageSize?: number;
}

/** Connections that wait to be accepted, whatever the backlog: some programs connect first and accept then. */
const LEAST_BACKLOG = 512;
/** Failed handshakes that nobody has been told of yet. */
const MOST_FAILURES = 16;

/** A connection that can be accepted. */
interface Ready {
  readonly socket: net.Socket;
  /** Of a peer that knows the key: what it has sent behind that. */
  readonly deframer?: Deframer;
}

interface Accepting {
  readonly resolve: (ready: Ready) => void;
  readonly reject: (error: Error) => void;
}

/** Accepts connections of `Client`. */
export class Listener implements Disposable {
  readonly address: Address;
  readonly family: Family;
  readonly #server: net.Server;
  readonly #handshakes: Handshakes | undefined;
  readonly #maxMessageSize: number | undefined;
  readonly #backlog: number;
  readonly #ready: Ready[] = [];
  readonly #failures: AuthenticationError[] = [];
  readonly #accepting: Accepting[] = [];
  #lastAccepted: Address | null = null;
  #closed = false;

  private constructor(server: net.Server, address: Address, family: Family, options: ListenerOptions) {
    if (!(server instanceof net.Server)) throw new TypeMismatch('a Listener comes from Listener.create()');
    this.#server = server;
    this.address = address;
    this.family = family;
    this.#maxMessageSize = options.maxMessageSize;
    this.#backlog = Math.max(LEAST_BACKLOG, options.backlog ?? 0);
    this.#handshakes =
      options.authkey &&
      new Handshakes(
        options.authkey,
        (socket, deframer) => this.#hold({ socket, deframer }),
        (error) => this.#failed(error),
      );
    // Between two accepts the program may end.
    server.unref();
    server.on('connection', (socket) => this.#arrived(socket));
  }

  /** Binds and listens. Rejects with OSError (`EADDRINUSE` …) when the address cannot be had. */
  static async create(options: ListenerOptions = {}): Promise<Listener> {
    const { backlog = 1 } = optionsOf(options);
    if (!Number.isInteger(backlog) || backlog < 0)
      throw new ValueError(`a backlog is a whole number, not ${String(backlog)}`);
    checkKey(options.authkey);
    checkSize(options.maxMessageSize);
    const family = checkFamily(options);
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
    return new Listener(server, address, family, options);
  }

  /** Where the last accepted connection came from; null for sockets without a name. */
  get lastAccepted(): Address | null {
    return this.#lastAccepted;
  }

  /**
   * The next connection. Rejects with AuthenticationError when the client does not know the key; then call it again. And with
   * TimeoutError after `timeout` seconds, or with the signal's reason.
   */
  async accept(timeout?: TimeLimit): Promise<SocketConnection> {
    const limit = limitOf(timeout);
    limit.signal?.throwIfAborted();
    if (this.#closed) throw new OSError('listener is closed');
    const { socket, deframer } = this.#ready.shift() ?? (await this.#next(limit));
    this.#lastAccepted =
      socket.remoteAddress === undefined ? null : [socket.remoteAddress, socket.remotePort ?? 0];
    const authenticated = deframer !== undefined;
    return SocketConnection.of(socket, {
      authenticated,
      maxMessageSize: this.#maxMessageSize,
      ...(authenticated && { deframer }),
    });
  }

  /** Frees the address at once. Accepted connections stay. A second call does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { reject } of this.#accepting.splice(0)) reject(new OSError('listener is closed'));
    for (const { socket } of this.#ready.splice(0)) socket.destroy();
    this.#handshakes?.close();
    this.#server.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
  /** The same, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  #arrived(socket: net.Socket): void {
    socket.on('error', () => {});
    socket.unref();
    if (this.#handshakes === undefined) this.#hold({ socket });
    else this.#handshakes.begin(socket);
  }

  /** For whoever accepts next. */
  #hold(ready: Ready): void {
    if (this.#closed) ready.socket.destroy();
    else if (this.#accepting.length > 0) this.#take()?.resolve(ready);
    else if (this.#ready.length < this.#backlog) this.#ready.push(ready);
    else ready.socket.destroy();
  }

  #failed(error: AuthenticationError): void {
    if (this.#accepting.length > 0) this.#take()?.reject(error);
    else if (!this.#closed && this.#failures.length < MOST_FAILURES) this.#failures.push(error);
  }

  #take(): Accepting | undefined {
    const waiting = this.#accepting.shift();
    if (this.#accepting.length === 0) this.#server.unref();
    return waiting;
  }

  async #next({ ms, signal }: Limit): Promise<Ready> {
    const failure = this.#failures.shift();
    if (failure !== undefined) throw failure;
    this.#server.ref();
    const stop = new AbortController();
    try {
      return await new Promise((resolve, reject) => {
        const accepting = { resolve, reject };
        this.#accepting.push(accepting);
        const leave = (error: unknown): void => {
          const index = this.#accepting.indexOf(accepting);
          if (index < 0) return;
          this.#accepting.splice(index, 1);
          if (this.#accepting.length === 0) this.#server.unref();
          reject(error);
        };
        whenOver(ms, signal, stop.signal, leave);
      });
    } finally {
      stop.abort();
    }
  }

  /**
   * Connections as they come, until the listener is closed. Clients that do not know the key are passed over: strangers are no
   * reason to stop.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<SocketConnection, void, void> {
    while (!this.#closed) {
      try {
        yield await this.accept();
      } catch (error) {
        if (error instanceof AuthenticationError) continue;
        if (this.#closed) return;
        throw error;
      }
    }
  }
}

export interface ClientOptions {
  /** With a key, both sides must show that they know it. */
  readonly authkey?: Uint8Array | undefined;
  /** As of {@link ListenerOptions}. */
  readonly maxMessageSize?: number;
  /** Seconds for connecting and showing the key; as long as it takes unless given. */
  readonly timeout?: number | undefined;
  /** Ends the connecting; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Connects to a `Listener`. Rejects with OSError when nobody listens, AuthenticationError when the keys differ, TimeoutError. */
export async function Client(address: Address, options: ClientOptions = {}): Promise<SocketConnection> {
  const authkey = checkKey(optionsOf(options).authkey);
  const { maxMessageSize } = options;
  checkSize(maxMessageSize);
  const { ms, signal } = limitOf(options);
  signal?.throwIfAborted();
  const socket = net.connect(target(address));
  const over = new AbortController();
  let why: { readonly error: unknown } | undefined;
  whenOver(ms, signal, over.signal, (error) => {
    why = { error };
    socket.destroy(new Error('the time is over'));
  });
  try {
    return await connect(socket, address, authkey, maxMessageSize);
  } catch (error) {
    throw why === undefined ? error : why.error;
  } finally {
    over.abort();
  }
}

/** Calls `leave` with an error after `ms` milliseconds, or when the signal aborts; not any more after `stop`. */
function whenOver(
  ms: number,
  signal: AbortSignal | undefined,
  stop: AbortSignal,
  leave: (error: unknown) => void,
): void {
  const passed = (): void => leave(timedOut('the connection'));
  const abort = (): void => leave(signal?.reason);
  const timer = ms === Number.POSITIVE_INFINITY ? undefined : setTimeout(passed, clampTimer(ms));
  signal?.addEventListener('abort', abort, { once: true });
  stop.addEventListener('abort', () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  });
}

async function connect(
  socket: net.Socket,
  address: Address,
  authkey: Uint8Array | undefined,
  maxMessageSize: number | undefined,
): Promise<SocketConnection> {
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    // For good: an error after the connecting has no other listener before there is a connection.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        new OSError(`cannot connect to ${JSON.stringify(address)}: ${error.message}`, errorOptions(error)),
      ),
    );
  });
  socket.setNoDelay(true);
  if (authkey === undefined) return SocketConnection.of(socket, { authenticated: false, maxMessageSize });
  const deframer = await authenticate(socket, authkey, 'client');
  return SocketConnection.of(socket, { authenticated: true, maxMessageSize, deframer });
}

function checkSize(size: unknown): void {
  if (size === undefined || (Number.isInteger(size) && Number(size) > 0 && Number(size) <= MOST_BYTES))
    return;
  throw new ValueError(`maxMessageSize is a number of bytes from 1 to ${MOST_BYTES}, not ${String(size)}`);
}

function errorOptions(error: NodeJS.ErrnoException): ErrorOptions & { code?: string } {
  return error.code === undefined ? { cause: error } : { cause: error, code: error.code };
}

export function isAddress(address: unknown): address is Address {
  if (typeof address === 'string') return true;
  if (!Array.isArray(address)) return false;
  const [host, port] = address as readonly unknown[];
  return typeof host === 'string' && Number.isInteger(port) && Number(port) >= 0 && Number(port) <= 65535;
}

function target(address: Address): { host: string; port: number } | { path: string } {
  if (!isAddress(address))
    throw new ValueError(`an address is [host, port] or a path, not ${JSON.stringify(address)}`);
  if (typeof address === 'string') return { path: address };
  return { host: address[0], port: address[1] };
}

function familyOf(address: Address | undefined): Family {
  if (address === undefined) return process.platform === 'win32' ? 'AF_PIPE' : 'AF_UNIX';
  if (typeof address !== 'string') return 'AF_INET';
  return address.startsWith('\\\\') ? 'AF_PIPE' : 'AF_UNIX';
}

/** The family that is asked for, or that of the address. @throws ValueError where they do not fit each other, or the system */
function checkFamily({ address, family }: ListenerOptions): Family {
  if (address !== undefined) target(address);
  const own = familyOf(address);
  if (family !== undefined && !FAMILIES.includes(family))
    throw new ValueError(`unknown family ${inspect(family)}: it is one of ${FAMILIES.join(', ')}`);
  const wanted = family ?? own;
  if (address !== undefined && wanted !== own)
    throw new ValueError(`the address ${inspect(address)} is one of ${own}, not of ${wanted}`);
  if (wanted === 'AF_PIPE' && process.platform !== 'win32')
    throw new ValueError('AF_PIPE, named pipes, exists on Windows only');
  if (wanted === 'AF_UNIX' && process.platform === 'win32')
    throw new ValueError('AF_UNIX does not exist on Windows: AF_PIPE does');
  return wanted;
}

function freeAddress(family: Family): Address {
  const name = `forkscope-${process.pid}-${crypto().randomBytes(6).toString('hex')}`;
  if (family === 'AF_INET') return ['127.0.0.1', 0];
  if (family === 'AF_PIPE') return `\\\\.\\pipe\\${name}`;
  const file = path.join(os.tmpdir(), `${name}.sock`);
  // Closing removes the file; a program that exits without closing would leave it.
  process.once('exit', () => rmSync(file, { force: true }));
  return file;
}

refuseTransfer(Listener.prototype, 'Listener', 'send its address');
