import net from 'node:net';
import {
  type AsyncWaitOptions,
  limitOf,
  patience,
  type TimeLimitOptions,
} from '../../core/arguments/options.ts';
import { Decoder } from '../../core/codec/decode.ts';
import { Encoder } from '../../core/codec/encode.ts';
import { BufferTooShort, EOFError, OSError, TypeMismatch } from '../../core/errors/errors.ts';
import { refuseTransfer } from '../../core/handles/not-transferable.ts';
import { peerHandleCodec, strangerHandleCodec } from '../../core/handles/remote-handles.ts';
import { FORM } from '../../core/messages/ring.ts';
import { clampTimer, timedOut } from '../../core/waits/blocking.ts';
import { checkPlace, checkRoom, partOf } from '../../primitives/pipes/bytes.ts';
import { untilEnd } from '../../primitives/pipes/until-end.ts';
import { Deframer, type Frame, frame, USUAL_BYTES } from './framing.ts';

/** Bytes of messages that wait to be received, from which on the socket is not read: the peer is held up, not our memory filled. */
const MOST_WAITING = 1 << 20;
/** What a message costs beside its bytes. */
const OVERHEAD = 128;
/** What the values of a message may take in memory, for each byte that a message may have. */
const MEMORY_PER_BYTE = 4;
/** Bytes that the peer has not read yet, from which on a server does not take more calls of it. */
const MOST_UNSENT = 4 << 20;

const NO_BYTES = Buffer.alloc(0);
const encoder = new Encoder(peerHandleCodec);

export interface Trust {
  /** Has the peer shown that it knows the key? */
  readonly authenticated: boolean;
  /** Most bytes of one message that is received. */
  readonly maxMessageSize?: number | undefined;
  /** With what has come already. */
  readonly deframer?: Deframer;
}

/**
 * One end of a connection over a socket: what `Listener.accept` and `Client` give. It has only the asynchronous forms. It keeps
 * the program alive while something is awaited from it, or is on its way to the system.
 */
export class SocketConnection<R = unknown, S = R> implements AsyncIterable<R> {
  readonly #socket: net.Socket;
  readonly #deframer: Deframer;
  readonly #decoder: Decoder;
  readonly #frames: Frame[] = [];
  /** Bytes in `#frames`, and whether they are so many that the socket is paused. */
  #waitingBytes = 0;
  #full = false;
  #waiting: (() => void)[] = [];
  /** Waits and writes under way. */
  #uses = 0;
  #ended = false;
  #failure: Error | undefined;
  #closed = false;

  private constructor(socket: net.Socket, trust: Trust) {
    if (!(socket instanceof net.Socket))
      throw new TypeMismatch('a SocketConnection comes from Client() or accept() of a Listener');
    const { authenticated, maxMessageSize = USUAL_BYTES, deframer } = trust;
    this.#socket = socket;
    this.#deframer = deframer ?? new Deframer(maxMessageSize);
    this.#deframer.limit = maxMessageSize;
    const handles = authenticated ? peerHandleCodec : strangerHandleCodec;
    this.#decoder = new Decoder(handles, MEMORY_PER_BYTE * maxMessageSize);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.once('close', () => this.#end());
    socket.once('end', () => this.#end());
    socket.on('error', () => this.#end());
    socket.unref();
    // What came with the handshake, before the rest is read.
    this.#receive(NO_BYTES);
    if (socket.destroyed || socket.readableEnded) this.#end();
    else if (!this.#full) socket.resume();
  }

  /** @internal */
  static of<R, S>(socket: net.Socket, trust: Trust): SocketConnection<R, S> {
    return new SocketConnection(socket, trust);
  }

  get closed(): boolean {
    return this.#closed;
  }
  get readable(): boolean {
    return true;
  }
  get writable(): boolean {
    return true;
  }

  /** Sends a value; resolves when the system has taken it. Rejects with OSError (`EPIPE`) when the other side is gone. */
  async send(value: S): Promise<void> {
    const length = encoder.encode(value);
    await this.#write(frame(FORM.value, encoder.bytes.subarray(0, length)));
  }

  /** Receives a value. Rejects with EOFError when the other side has closed and nothing is left. */
  async recv(options?: AsyncWaitOptions): Promise<R> {
    const { form, bytes } = await this.#next(options);
    return (form === FORM.bytes ? bytes : this.#decoder.decode(bytes)) as R;
  }

  /** Sends `size` bytes from `offset`. @throws ValueError when they are not within `bytes` */
  async sendBytes(bytes: ArrayBufferView | ArrayBuffer, offset?: number, size?: number): Promise<void> {
    await this.#write(frame(FORM.bytes, partOf(bytes, offset, size)));
  }

  /** Receives one message of bytes. A longer one than `maxLength` rejects with OSError, and the connection is closed. */
  async recvBytes(maxLength?: number, options?: AsyncWaitOptions): Promise<Buffer> {
    if (maxLength !== undefined && maxLength !== Number.POSITIVE_INFINITY) checkPlace('maxLength', maxLength);
    const { bytes } = await this.#next(options);
    if (maxLength === undefined || bytes.length <= maxLength) return bytes;
    this.close();
    throw new OSError(`bad message length: ${bytes.length} bytes, at most ${maxLength} were asked for`);
  }

  /** Receives bytes into `into` from `offset`; resolves to their number. Rejects with BufferTooShort, which has the message. */
  async recvBytesInto(into: ArrayBufferView, offset = 0, options?: AsyncWaitOptions): Promise<number> {
    const room = checkRoom(into, offset);
    const { bytes } = await this.#next(options);
    if (bytes.length > room.length) throw new BufferTooShort(bytes);
    room.set(bytes);
    return bytes.length;
  }

  /** Whether `recv` would return or report the end, now or within `timeout` seconds; `null`: waits for ever. */
  async poll(timeout: number | null | TimeLimitOptions = 0, signal?: AbortSignal): Promise<boolean> {
    this.#checkOpen();
    const limit = limitOf(timeout);
    return await this.#until(limit.ms, limit.signal ?? signal);
  }

  /** Whether something, or the end, is there already. @internal */
  get ready(): boolean {
    return this.#frames.length > 0 || this.#ended;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.end(() => this.#socket.destroy());
    this.#end();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Messages until the end. */
  [Symbol.asyncIterator](): AsyncGenerator<R, void, void> {
    return untilEnd(() => this.recv());
  }

  /** Resolves when the peer has read what was sent, but for a few megabytes, or is gone. */
  async drained(): Promise<void> {
    const socket = this.#socket;
    while (!socket.destroyed && socket.writableLength > MOST_UNSENT)
      await new Promise<void>((resolve) => {
        const done = (): void => {
          socket.off('drain', done).off('close', done);
          resolve();
        };
        socket.on('drain', done).on('close', done);
      });
  }

  #use(): void {
    if (this.#uses++ === 0) this.#socket.ref();
  }
  #unuse(): void {
    if (--this.#uses === 0) this.#socket.unref();
  }

  #receive(chunk: Buffer): void {
    try {
      this.#deframer.push(chunk);
      for (let next = this.#deframer.next(); next !== undefined; next = this.#deframer.next()) {
        this.#frames.push(next);
        this.#waitingBytes += next.bytes.length + OVERHEAD;
      }
      if (this.#waitingBytes > MOST_WAITING) {
        this.#full = true;
        this.#socket.pause();
      }
    } catch (error) {
      this.#failure = error as Error;
      this.#socket.destroy();
      this.#end();
    }
    this.#tell();
  }

  #shift(): Frame | undefined {
    const frame = this.#frames.shift();
    if (frame === undefined) return undefined;
    this.#waitingBytes -= frame.bytes.length + OVERHEAD;
    if (this.#full && this.#waitingBytes <= MOST_WAITING / 2) {
      this.#full = false;
      this.#socket.resume();
    }
    return frame;
  }

  #end(): void {
    this.#ended = true;
    this.#tell();
  }

  #tell(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async #next(options?: AsyncWaitOptions): Promise<Frame> {
    const limit = patience(options);
    for (;;) {
      this.#checkOpen();
      const next = this.#shift();
      if (next !== undefined) return next;
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#ended) throw new EOFError('the other side has closed the connection');
      if (!(await this.#until(limit, options?.signal))) throw timedOut('recv');
    }
  }

  #until(limit: number, signal?: AbortSignal): Promise<boolean> {
    if (this.ready) return Promise.resolve(true);
    if (limit <= 0) return Promise.resolve(false);
    signal?.throwIfAborted();
    this.#use();
    return new Promise((resolve, reject) => {
      const done = (): void => {
        this.#unuse();
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        this.#waiting = this.#waiting.filter((wake) => wake !== woken);
      };
      const woken = (): void => {
        done();
        resolve(true);
      };
      const abort = (): void => {
        done();
        reject(signal?.reason);
      };
      const expire = (): void => {
        done();
        resolve(false);
      };
      const timer = limit === Number.POSITIVE_INFINITY ? undefined : setTimeout(expire, clampTimer(limit));
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(woken);
    });
  }

  #write(bytes: Buffer): Promise<void> {
    this.#checkOpen();
    if (this.#ended)
      return Promise.reject(new OSError('broken pipe: the other side has closed', { code: 'EPIPE' }));
    this.#use();
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => {
        this.#unuse();
        if (error)
          reject(new OSError('broken pipe: the other side is gone', { code: 'EPIPE', cause: error }));
        else resolve();
      });
    });
  }

  #checkOpen(): void {
    if (this.#closed) throw new OSError('handle is closed');
  }
}

refuseTransfer(
  SocketConnection.prototype,
  'SocketConnection',
  "Node cannot pass a socket on; send its Listener's address",
);
