/** A manager's connection over a socket whose messages another serializer writes. */

import { errorClass } from '../../core/errors/error-classes.ts';
import { RemoteError } from '../../core/errors/errors.ts';
import type { SocketConnection } from '../sockets/socket-connection.ts';
import { nameOf, type Serializer, type SerializerReference } from './serializer.ts';
import { isResponse, REPLY, type Request, type Response } from './wire.ts';

/** What a server answers, as bytes, to what it cannot read. Then it closes. */
const MISMATCH = '#SERIALIZER#';

/** @throws what `dumps` and `loads` throw, and RemoteError when the peer says that it has another serializer */
abstract class SerializedLink<R, S> {
  readonly #connection: SocketConnection;
  readonly #serializer: Serializer;

  constructor(connection: SocketConnection, serializer: Serializer) {
    this.#connection = connection;
    this.#serializer = serializer;
  }

  /** What the serializer gets for a message. */
  protected abstract plain(message: S): unknown;
  /** The message of what the serializer gave. */
  protected abstract message(plain: unknown): R;

  async send(message: S): Promise<void> {
    const written = this.#serializer.dumps(this.plain(message));
    await this.#connection.sendBytes(typeof written === 'string' ? Buffer.from(written) : written);
  }

  async recv(): Promise<R> {
    const bytes = await this.#connection.recvBytes();
    checkMismatch(bytes);
    return this.message(this.#serializer.loads(bytes));
  }

  get closed(): boolean {
    return this.#connection.closed;
  }
  poll(timeout?: number): Promise<boolean> {
    return this.#connection.poll(timeout);
  }
  drained(): Promise<void> {
    return this.#connection.drained();
  }
  close(): void {
    this.#connection.close();
  }
}

/** The server's end. An error travels as its name, message and stack. */
export class SerializedServerLink extends SerializedLink<Request, Response> {
  protected plain([id, kind, value]: Response): unknown {
    if (kind === REPLY.error) return [id, kind, plainError(value)];
    return value === undefined ? [id, kind] : [id, kind, value];
  }
  protected message(plain: unknown): Request {
    return plain as Request;
  }
}

/** The client's end. Arguments that were left out are left out. */
export class SerializedClientLink extends SerializedLink<Response, Request> {
  protected plain([id, ident, method, args, task]: Request): unknown {
    let { length } = args;
    while (length > 0 && args[length - 1] === undefined) length--;
    return [id, ident, method, args.slice(0, length), task];
  }
  protected message(plain: unknown): Response {
    if (!isResponse(plain)) throw new RemoteError("this is no answer of a manager's server");
    const [id, kind, value] = plain;
    return [id, kind, kind === REPLY.error ? errorOf(value) : value];
  }
}

function plainError(error: unknown): unknown {
  const { name, message, stack } = error instanceof Error ? error : new RemoteError(String(error));
  return { name, message, stack: stack ?? '' };
}

function errorOf(plain: unknown): Error {
  const { name, message, stack } = Object(plain) as Record<string, unknown>;
  const error = new Error(String(message));
  const known = errorClass(name);
  if (known !== undefined) Object.setPrototypeOf(error, known.prototype);
  const fields = { name, stack };
  for (const [key, value] of Object.entries(fields))
    Object.defineProperty(error, key, { value, configurable: true, writable: true });
  return error;
}

/** Tells a client by which serializer this server reads. */
export async function tellMismatch(connection: SocketConnection, own: SerializerReference): Promise<void> {
  await connection.sendBytes(Buffer.from(MISMATCH + nameOf(own)));
}

/** @throws RemoteError when `message` is the server's word on serializers */
export function checkMismatch(message: unknown): void {
  if (!Buffer.isBuffer(message) || !message.subarray(0, MISMATCH.length).equals(Buffer.from(MISMATCH)))
    return;
  const name = message.subarray(MISMATCH.length).toString();
  throw new RemoteError(`the manager's server uses another serializer than this client: ${name}`);
}
