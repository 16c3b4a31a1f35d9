/** Values in and out of rings: encoding, blocking, and the events around them. Queues and connections share this. */
import type { ResourceInfo } from '../base/channels.ts';
import { BLOCK } from '../shm/layout.ts';
import { blockAsync, blockSync, newWait, type Operation, PENDING, type Pending } from './blocking.ts';
import { Decoder } from './codec/decode.ts';
import { Encoder } from './codec/encode.ts';
import { EOFError, OSError } from './errors.ts';
import { type Core, carrying, discard, handleCodec } from './handles.ts';
import { channels, publish, type Wait } from './publish.ts';
import { FORM, FULL, type Received, Ring } from './ring.ts';

const encoder = new Encoder(handleCodec);
const decoder = new Decoder(handleCodec);

export interface Encoded {
  readonly bytes: Uint8Array;
  readonly length: number;
  /** Blocks that the message keeps alive until it is received. */
  readonly blocks: readonly number[];
}

/** Encodes a value now, so that later changes to it do not matter. `bytes` are valid until the next call. @throws SerializationError */
export function encodeValue(value: unknown, target?: ResourceInfo): Encoded {
  try {
    const { result, blocks } = carrying(() => encoder.encode(value));
    return { bytes: encoder.bytes, length: result, blocks };
  } catch (error) {
    if (target !== undefined) publish('sendRejected', target);
    throw error;
  }
}

export function decodeValue(bytes: Buffer): unknown {
  return decoder.decode(bytes);
}

/** What a ring does when nobody is left at its other side. */
export type Ends = 'matter' | 'ignored';

/** A ring with its blocking operations. `ends`: a pipe has an end of file and can break, a queue does neither. */
export class Messages {
  readonly core: Core;
  readonly ring: Ring;
  readonly #ends: Ends;

  constructor(core: Core, ends: Ends) {
    this.core = core;
    this.ring = new Ring(core);
    this.#ends = ends;
  }

  /** Sends encoded bytes; PENDING when there was no room within `timeout` milliseconds. */
  async send(message: Encoded, form: number, timeout: number, signal?: AbortSignal): Promise<true | Pending> {
    const operation = this.#sending(message, form);
    if (operation.line.length === 0 && this.#tryNow(operation, message)) return true;
    // The encoder's buffer is used again by the next message.
    const kept = { ...message, bytes: message.bytes.slice(0, message.length) };
    return await this.#orDiscard(kept, () => blockAsync(this.#sending(kept, form), timeout, signal));
  }

  #tryNow(operation: Operation<true>, message: Encoded): boolean {
    try {
      return operation.attempt(newWait(false), false) === true;
    } catch (error) {
      discard(message.blocks);
      throw error;
    }
  }

  async #orDiscard(message: Encoded, send: () => Promise<true | Pending>): Promise<true | Pending> {
    let sent: true | Pending = PENDING;
    try {
      sent = await send();
      return sent;
    } finally {
      if (sent === PENDING) discard(message.blocks);
    }
  }

  sendSync(message: Encoded, form: number, timeout: number): true | Pending {
    let sent: true | Pending = PENDING;
    try {
      sent = blockSync(this.core.memory.waits, this.#sending(message, form), timeout);
      return sent;
    } finally {
      if (sent === PENDING) discard(message.blocks);
    }
  }

  #sending(message: Encoded, form: number): Operation<true> {
    const point = this.ring.notFull;
    const { info } = this.core;
    return {
      op: 'waitSend',
      target: info,
      point,
      line: this.core.line(point),
      attempt: (wait, slice) => {
        this.#checkReaders(slice);
        const announce = channels.send.hasSubscribers
          ? (n: number) => publish('send', info, n, message.length, wait)
          : nothing;
        return this.ring.offer(message.bytes, message.length, form, announce) === FULL ? PENDING : true;
      },
    };
  }

  /** Receives; `use` turns the bytes into the result at once, before they are overwritten. */
  async receive<T>(
    use: (message: Received, length: number) => T,
    timeout: number,
    signal?: AbortSignal,
  ): Promise<T | Pending> {
    return await blockAsync(this.#receiving(use), timeout, signal);
  }

  receiveSync<T>(use: (message: Received, length: number) => T, timeout: number): T | Pending {
    return blockSync(this.core.memory.waits, this.#receiving(use), timeout);
  }

  #receiving<T>(use: (message: Received, length: number) => T): Operation<T> {
    const point = this.ring.notEmpty;
    return {
      op: 'waitReceive',
      target: this.core.info,
      point,
      line: this.core.line(point),
      attempt: (wait, slice) => {
        let length = 0;
        const message = this.ring.take((n, bytes) => {
          length = bytes;
          if (channels.receive.hasSubscribers) publish('receive', this.core.info, n, bytes, wait);
        });
        if (message !== undefined) return use(message, length);
        this.#checkWriters(slice);
        return PENDING;
      },
    };
  }

  /** Waits until `ready` is true or the time is over; nothing is taken. */
  async poll(timeout: number, signal?: AbortSignal): Promise<boolean> {
    return (await blockAsync(this.#polling(), timeout, signal)) !== PENDING;
  }

  pollSync(timeout: number): boolean {
    return blockSync(this.core.memory.waits, this.#polling(), timeout) !== PENDING;
  }

  #polling(): Operation<true> {
    const point = this.ring.notEmpty;
    const attempt = (_wait: Wait, slice: boolean): true | Pending =>
      this.ring.count > 0 || this.atEnd(slice) ? true : PENDING;
    return { op: 'waitReceive', target: this.core.info, point, line: this.core.line(point), attempt };
  }

  /** Whether nothing is left and nobody can send any more. `look`: also find the dead among those who could. */
  atEnd(look: boolean): boolean {
    if (this.#ends === 'ignored') return false;
    if (look) this.core.memory.sweepHolders(this.core.at, BLOCK.writers);
    return this.core.memory.isAbandoned(this.core.at, BLOCK.writers) && this.ring.count === 0;
  }

  #checkWriters(slice: boolean): void {
    if (this.atEnd(slice)) throw new EOFError('every writer has closed its end of the pipe');
  }

  #checkReaders(slice: boolean): void {
    if (this.#ends === 'ignored') return;
    if (slice) this.core.memory.sweepHolders(this.core.at, BLOCK.readers);
    if (!this.core.memory.isAbandoned(this.core.at, BLOCK.readers)) return;
    publish('sendRejected', this.core.info);
    throw new OSError('broken pipe: every reader has closed its end', { code: 'EPIPE' });
  }
}

function nothing(): void {}

/** The `use` for values. */
export function readValue(message: Received, length: number): unknown {
  return message.form === FORM.bytes
    ? Buffer.from(message.bytes.subarray(0, length))
    : decodeValue(message.bytes.subarray(0, length));
}
