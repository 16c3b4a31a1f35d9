import { Internal } from '../../core/arguments/internal.ts';
import {
  type AsyncWaitOptions,
  limitOf,
  milliseconds,
  optionsOf,
  patience,
  type TimeLimitOptions,
  type WaitOptions,
} from '../../core/arguments/options.ts';
import { BufferTooShort, OSError } from '../../core/errors/errors.ts';
import { checkName, openResourceFields, resourceFields } from '../../core/handles/handle.ts';
import {
  allocateResource,
  announceResource,
  type HeldResource,
  keyOf,
  READ,
  WRITE,
} from '../../core/handles/held-resource.ts';
import { memory } from '../../core/handles/instance.ts';
import { registerHandle } from '../../core/handles/transfer.ts';
import {
  type Encoded,
  encodeMessage,
  Messages,
  readBytes,
  readValue,
  type Use,
} from '../../core/messages/messages.ts';
import { FORM, Ring, ringShape } from '../../core/messages/ring.ts';
import { PENDING, timedOut } from '../../core/waits/blocking.ts';
import { checkPlace, checkRoom, partOf } from './bytes.ts';
import { untilEnd } from './until-end.ts';

/** Bytes in one direction before `send` waits. A larger message goes when the direction is empty. */
const PIPE_BYTES = 1024 * 1024;

interface Ends {
  readonly reader: HeldResource | undefined;
  readonly writer: HeldResource | undefined;
}
const ends = new Internal<Ends>();

/** One end of a pipe. Messages are never merged or split. */
export class Connection<R = unknown, S = R> implements AsyncIterable<R> {
  #reader: Messages | undefined;
  #writer: Messages | undefined;
  #closed = false;

  /** Ends come from {@link Pipe} or another process. */
  private constructor(parts: never) {
    const { reader, writer } = ends.expect(parts, 'a Connection comes from Pipe()');
    reader?.retain(READ);
    writer?.retain(WRITE);
    this.#reader = reader && new Messages(reader, 'matter');
    this.#writer = writer && new Messages(writer, 'matter');
  }

  /** @internal */
  static of<R, S>(reader: HeldResource | undefined, writer: HeldResource | undefined): Connection<R, S> {
    return new Connection<R, S>(ends.pass({ reader, writer }));
  }

  get readable(): boolean {
    return this.#reader !== undefined;
  }
  get writable(): boolean {
    return this.#writer !== undefined;
  }
  get closed(): boolean {
    return this.#closed;
  }

  /** The resources of both directions. @throws OSError when closed @internal */
  cores(): { readonly reader: HeldResource | undefined; readonly writer: HeldResource | undefined } {
    this.#checkOpen();
    return { reader: this.#reader?.resource, writer: this.#writer?.resource };
  }

  /** What this end receives from. @throws OSError when it does not receive @internal */
  receiver(): Messages {
    return this.#read();
  }

  /** Sends a value if there is room for it now. @throws what {@link send} rejects with @internal */
  sendAtOnce(value: S): boolean {
    const writer = this.#write();
    return writer.sendNow(encodeMessage(value, writer.resource.info), FORM.value, false, false);
  }

  /** Sends a value; resolves when it is in the pipe. Rejects with OSError (`EPIPE`) when no reader is left. */
  async send(value: S, options?: AsyncWaitOptions): Promise<void> {
    const writer = this.#write();
    const limit = patience(options);
    options?.signal?.throwIfAborted();
    const message = encodeMessage(value, writer.resource.info);
    if (writer.sendNow(message, FORM.value, false, limit <= 0)) return;
    const sent = await writer.sendLater(message, FORM.value, limit, options?.signal);
    if (sent === PENDING) throw timedOut('send');
  }

  sendSync(value: S, options?: WaitOptions): void {
    const writer = this.#write();
    const message = encodeMessage(value, writer.resource.info);
    if (writer.sendSync(message, FORM.value, patience(options)) === PENDING) throw timedOut('send');
  }

  /** Receives a value. Rejects with EOFError when nothing is left and no writer is. */
  async recv(options?: AsyncWaitOptions): Promise<R> {
    return (await this.#receive(readValue, options)) as R;
  }

  async #receive<T>(use: Use<T>, options: AsyncWaitOptions | undefined): Promise<T> {
    const reader = this.#read();
    const limit = patience(options);
    options?.signal?.throwIfAborted();
    const now = reader.receiveNow(use, false);
    if (now !== PENDING) return now;
    const value = await reader.receiveLater(use, limit, options?.signal);
    if (value === PENDING) throw timedOut('recv');
    return value;
  }

  recvSync(options?: WaitOptions): R {
    const value = this.#read().receiveSync(readValue, patience(options));
    if (value === PENDING) throw timedOut('recv');
    return value as R;
  }

  /** Sends `size` bytes from `offset`. @throws ValueError when they are not within `bytes` */
  async sendBytes(bytes: ArrayBufferView | ArrayBuffer, offset?: number, size?: number): Promise<void> {
    this.#write();
    await this.#write().send(bytesMessage(bytes, offset, size), FORM.bytes, Number.POSITIVE_INFINITY);
  }

  sendBytesSync(bytes: ArrayBufferView | ArrayBuffer, offset?: number, size?: number): void {
    this.#write().sendSync(bytesMessage(bytes, offset, size), FORM.bytes, Number.POSITIVE_INFINITY);
  }

  /** Receives one message of bytes. A longer one than `maxLength` rejects with OSError, and the end is closed. */
  async recvBytes(maxLength?: number, options?: AsyncWaitOptions): Promise<Buffer> {
    checkLength(maxLength);
    return this.#limited(await this.#receive(readBytes, options), maxLength);
  }

  recvBytesSync(maxLength?: number): Buffer {
    checkLength(maxLength);
    return this.#limited(this.#read().receiveSync(readBytes, Number.POSITIVE_INFINITY) as Buffer, maxLength);
  }

  /** Receives bytes into `into` from `offset`; resolves to their number. Rejects with BufferTooShort, which has the message. */
  async recvBytesInto(into: ArrayBufferView, offset = 0, options?: AsyncWaitOptions): Promise<number> {
    const got = await this.#receive(intoRoom(checkRoom(into, offset)), options);
    if (got instanceof BufferTooShort) throw got;
    return got;
  }

  /**
   * Whether `recv` would return (or report the end) now, or within `timeout` seconds: 0 is the default, `null` waits for
   * ever.
   */
  async poll(timeout: number | null | TimeLimitOptions = 0, signal?: AbortSignal): Promise<boolean> {
    const limit = limitOf(timeout);
    return await this.#read().poll(limit.ms, limit.signal ?? signal);
  }

  pollSync(timeout: number | null = 0): boolean {
    return this.#read().pollSync(milliseconds(timeout));
  }

  /** Gives this end back. The other side sees the end of file when nobody else holds it. A second call does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#reader?.resource.release(READ);
    this.#writer?.resource.release(WRITE);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Messages until the end of file. */
  [Symbol.asyncIterator](): AsyncGenerator<R, void, void> {
    return untilEnd(() => this.recv());
  }

  #limited(bytes: Buffer, maxLength: number | undefined): Buffer {
    if (maxLength === undefined || bytes.length <= maxLength) return bytes;
    this.close();
    throw new OSError(`bad message length: ${bytes.length} bytes, at most ${maxLength} were asked for`);
  }

  #checkOpen(): void {
    if (this.#closed) throw new OSError('handle is closed');
  }
  #read(): Messages {
    this.#checkOpen();
    if (this.#reader === undefined) throw new OSError('connection is write-only');
    return this.#reader;
  }
  #write(): Messages {
    this.#checkOpen();
    if (this.#writer === undefined) throw new OSError('connection is read-only');
    return this.#writer;
  }
}

export interface PipeOptions {
  /** false: the first end only receives, the second only sends. */
  readonly duplex?: boolean;
  readonly name?: string;
}

/** Two connected ends. In CPython's order: with `duplex: false` the first receives and the second sends. */
export function Pipe<A = unknown, B = A>(
  options: boolean | PipeOptions = {},
): [Connection<A, B>, Connection<B, A>] {
  const { duplex = true, name } = typeof options === 'boolean' ? { duplex: options } : optionsOf(options);
  checkName(name);
  const toFirst = allocate();
  if (!duplex) {
    const resource = announceResource(toFirst, 'pipe', { name, capacity: 0 });
    return [Connection.of<A, B>(resource, undefined), Connection.of<B, A>(undefined, resource)];
  }
  const toSecond = allocate();
  const own = memory();
  const first = announceResource(toFirst, 'pipe', { name, capacity: 0, peerKey: keyOf(own, toSecond) });
  const second = announceResource(toSecond, 'pipe', { name, capacity: 0, peerKey: keyOf(own, toFirst) });
  return [Connection.of<A, B>(first, second), Connection.of<B, A>(second, first)];
}

function allocate(): number {
  return allocateResource(ringShape('pipe'), (content, own) => Ring.initialise(content, own, 0, PIPE_BYTES));
}

function bytesMessage(bytes: ArrayBufferView | ArrayBuffer, offset?: number, size?: number): Encoded {
  const part = partOf(bytes, offset, size);
  return { bytes: part, length: part.length, blocks: [] };
}

function checkLength(maxLength: number | undefined): void {
  if (maxLength !== undefined && maxLength !== Number.POSITIVE_INFINITY) checkPlace('maxLength', maxLength);
}

/** Copies a message's bytes to where they shall be, and nowhere else. */
function intoRoom(room: Uint8Array): Use<number | BufferTooShort> {
  const use: Use<number | BufferTooShort> = ({ bytes }, length) => {
    const message = bytes.subarray(0, length);
    if (length > room.length) return new BufferTooShort(Buffer.from(message));
    room.set(message);
    return length;
  };
  return Object.assign(use, { copies: true });
}

registerHandle<Connection>(Connection.prototype, {
  id: 'connection',
  toWire(connection) {
    const { reader, writer } = connection.cores();
    const blocks = [reader, writer].flatMap((resource) => (resource === undefined ? [] : [resource.at]));
    return { fields: [reader && resourceFields(reader), writer && resourceFields(writer)], blocks };
  },
  fromWire(fields) {
    const [reader, writer] = fields as [readonly unknown[] | undefined, readonly unknown[] | undefined];
    return Connection.of(
      reader && openResourceFields(reader, 'pipe'),
      writer && openResourceFields(writer, 'pipe'),
    );
  },
});
