/** Values in and out of rings: encoding, blocking, and the events around them. Queues and connections share this. */

import type { ResourceInfo } from '../../../base/channels.ts';
import type { Ms } from '../../../base/quantities.ts';
import { BLOCK } from '../../../shm/layout.ts';
import { SpinPolicy } from '../../../shm/spin-policy.ts';
import { Decoder } from '../codec/decode.ts';
import { Encoder } from '../codec/encode.ts';
import { BUFFER_VIEW, TAG } from '../codec/tags.ts';
import { channels, publish, type Wait } from '../diagnostics/publish.ts';
import { EOFError, OSError } from '../errors/errors.ts';
import { type HeldResource, READ, WRITE } from '../handles/held-resource.ts';
import { carrying, discard, handleCodec } from '../handles/transfer.ts';
import {
  blockAsync,
  blockSync,
  newWait,
  type Operation,
  PENDING,
  type Pending,
  type WaitQueue,
} from '../waits/blocking.ts';
import { FORM, FULL, LARGE, type Received, Ring } from './ring.ts';

const encoder = new Encoder(handleCodec);
const decoder = new Decoder(handleCodec);

export interface Encoded {
  readonly bytes: Uint8Array;
  readonly length: number;
  /** The last of the `length` bytes, where they are not in `bytes`: a large Buffer's own, to be copied only once. */
  readonly tail?: Uint8Array | undefined;
  /** Blocks that the message keeps alive until it is received. */
  readonly blocks: readonly number[];
}

/**
 * Encodes a value now, so that later changes to it do not matter. `bytes` are valid until the next call. `head`: bytes before
 * it that the caller fills. `list`: it is an array of which the items alone count.
 * @throws SerializationError
 */
export function encodeValue(value: unknown, target?: ResourceInfo, head = 0, list = false): Encoded {
  try {
    if (encoder.busy) return encodeApart(value, head);
    const blocks = carrying(list ? encodeList : encode, value, head);
    return { bytes: encoder.bytes, length: encoder.length, blocks };
  } catch (error) {
    if (target !== undefined) publish('sendRejected', target);
    throw error;
  }
}

/** As {@link encodeValue}, for one that is sent, or copied, before anything else happens. */
export function encodeMessage(value: unknown, target: ResourceInfo): Encoded {
  if (!Buffer.isBuffer(value) || value.length < LARGE) return encodeValue(value, target);
  const length = encoder.encodeHead(value) + value.length;
  return { bytes: encoder.bytes, length, tail: value, blocks: [] };
}

/** The whole message, in memory of its own. */
function copyOf({ bytes, length, tail, blocks }: Encoded): Encoded {
  // Not slice(): of a Buffer, which the encoder's is, that is a view.
  if (tail === undefined) return { bytes: Buffer.from(bytes.subarray(0, length)), length, blocks };
  return { bytes: Buffer.concat([bytes.subarray(0, length - tail.length), tail]), length, blocks };
}

const encode = (value: unknown, head: number): number => encoder.encode(value, head);
const encodeList = (value: unknown, head: number): number => encoder.encode(value, head, true);

/** For a getter of a value under way that sends something itself. */
function encodeApart(value: unknown, head: number): Encoded {
  const own = new Encoder(handleCodec);
  const blocks = carrying((inner, room) => own.encode(inner, room), value, head);
  return { bytes: own.bytes, length: own.length, blocks };
}

/** Other code runs before the message that was encoded last is sent: what that code encodes lies elsewhere. */
export function leaveEncoded(): void {
  encoder.leave();
}

/** Decodes the value between `from` and `end`. @throws SerializationError */
export function decodeValue(bytes: Buffer, from = 0, end = bytes.length): unknown {
  return decoder.decode(bytes, false, from, end);
}

/** What a ring does when nobody is left at its other side. */
export type Ends = 'matter' | 'ignored';

/** How long a full unbounded ring waits for readers that take nothing before it grows, in milliseconds. */
const GRACE_MS = 10;

/** Turns a message into what its receiver gets. `copies`: it needs no memory of its own, since it keeps none of it. */
export type Use<T> = ((message: Received, length: number) => T) & { readonly copies?: boolean };

/** A ring with its blocking operations. `ends`: a pipe has an end of file and can break, a queue does neither. */
export class Messages {
  readonly resource: HeldResource;
  readonly ring: Ring;
  readonly #ends: Ends;
  readonly #writers: WaitQueue;
  readonly #readers: WaitQueue;
  readonly #sendSpins = new SpinPolicy();
  readonly #receiveSpins = new SpinPolicy();
  /** Messages sent by this thread, over all rings, when it last waited for one here. */
  #sentBefore = 0;

  constructor(resource: HeldResource, ends: Ends) {
    this.resource = resource;
    this.ring = new Ring(resource);
    this.#ends = ends;
    this.#writers = resource.waitQueue(this.ring.notFull, WRITE);
    this.#readers = resource.waitQueue(this.ring.notEmpty, READ);
  }

  /**
   * Sends encoded bytes; PENDING when there was no room within `timeout` milliseconds. Into an unbounded ring it always
   * goes; there the sender only lets readers that do read catch up before the ring takes much memory.
   */
  async send(message: Encoded, form: number, timeout: Ms): Promise<true | Pending> {
    return this.sendNow(message, form, false, timeout <= 0) || (await this.sendLater(message, form, timeout));
  }

  /** The rest of {@link send}, when {@link sendNow} could not. */
  async sendLater(
    message: Encoded,
    form: number,
    timeout: Ms,
    signal?: AbortSignal,
  ): Promise<true | Pending> {
    if (timeout <= 0 && this.ring.isBounded) return this.#discarded(message);
    // The encoder's buffer is used again by the next message.
    const kept = copyOf(message);
    let sent: true | Pending = PENDING;
    try {
      sent = await (this.ring.isBounded
        ? blockAsync(this.#sending(kept, form), timeout, signal)
        : this.#sendPatiently(kept, form, signal));
      return sent;
    } finally {
      if (sent === PENDING) discard(message.blocks);
    }
  }

  /**
   * Whether it could be sent at once, behind nobody. `grow` false: an unbounded ring does not become large for it. `quiet`:
   * no reader is woken; the caller does so soon, see {@link wakeReader}.
   */
  sendNow(message: Encoded, form: number, sync: boolean, grow: boolean, quiet = false): boolean {
    if (!sync && this.#writers.length > 0) return false;
    try {
      this.#checkReaders(false);
      return (
        this.#offer(message, form, channels.send.hasSubscribers ? newWait(sync) : NO_WAIT, grow, quiet) ===
        true
      );
    } catch (error) {
      discard(message.blocks);
      throw error;
    }
  }

  #discarded(message: Encoded): Pending {
    discard(message.blocks);
    return PENDING;
  }

  /** Into an unbounded ring, after a while at most. */
  async #sendPatiently(message: Encoded, form: number, signal?: AbortSignal): Promise<true> {
    const patient = { ...this.#sending(message, form, false), op: undefined };
    for (;;) {
      const { gets } = this.ring;
      if ((await blockAsync(patient, GRACE_MS, signal)) === true) return true;
      if (this.ring.gets !== gets) continue;
      if ((await blockAsync(this.#sending(message, form), Number.POSITIVE_INFINITY, signal)) === true)
        return true;
    }
  }

  sendSync(message: Encoded, form: number, timeout: Ms): true | Pending {
    this.resource.memory.waits.takeTermination();
    if (this.sendNow(message, form, true, timeout <= 0)) return true;
    let sent: true | Pending = PENDING;
    try {
      sent = this.ring.isBounded
        ? this.#block(this.#sending(message, form), timeout)
        : this.#sendGently(message, form);
      return sent;
    } finally {
      if (sent === PENDING) discard(message.blocks);
    }
  }

  #sendGently(message: Encoded, form: number): true | Pending {
    const patient = { ...this.#sending(message, form, false), op: undefined };
    for (;;) {
      const { gets } = this.ring;
      if (this.#block(patient, GRACE_MS) === true) return true;
      if (this.ring.gets === gets) return this.#sending(message, form).attempt(newWait(true), false);
    }
  }

  #block(operation: Operation<true>, timeout: Ms): true | Pending {
    this.#sendSpins.begin(performance.now(), this.ring.puts, true);
    return blockSync(this.resource.memory.waits, operation, timeout, this.#sendSpins);
  }

  /** Wakes a reader that sleeps; it wakes the next when there is more than it takes. */
  wakeReader(): void {
    this.resource.memory.waits.signal(this.ring.notEmpty);
  }

  #offer(message: Encoded, form: number, wait: Wait, grow: boolean, quiet = false): true | Pending {
    const { info } = this.resource;
    const announce = channels.send.hasSubscribers
      ? (n: number) => publish('send', info, n, message.length, wait)
      : undefined;
    if (this.ring.offer(message.bytes, message.length, form, announce, grow, quiet, message.tail) === FULL)
      return PENDING;
    sentByThread++;
    return true;
  }

  #sending(message: Encoded, form: number, grow = true): Operation<true> {
    return {
      op: 'waitSend',
      target: this.resource.info,
      point: this.ring.notFull,
      queue: this.#writers,
      attempt: (wait, lookForDead) => {
        this.#checkReaders(lookForDead);
        return this.#offer(message, form, wait, grow);
      },
    };
  }

  /** Receives; `use` turns the bytes into the result at once, before they are overwritten. */
  async receive<T>(use: Use<T>, timeout: Ms): Promise<T | Pending> {
    const now = this.receiveNow(use, false);
    return now !== PENDING ? now : await this.receiveLater(use, timeout);
  }

  /** The rest of {@link receive}, when {@link receiveNow} found nothing. */
  receiveLater<T>(use: Use<T>, timeout: Ms, signal?: AbortSignal): Promise<T | Pending> {
    return blockAsync(this.#receiving(use), timeout, signal);
  }

  /** What there is to receive now, for nobody of this thread who came before. */
  receiveNow<T>(use: Use<T>, sync: boolean): T | Pending {
    if (!sync && this.#readers.length > 0) return PENDING;
    return this.#take(use, channels.receive.hasSubscribers ? newWait(sync) : NO_WAIT, false);
  }

  receiveSync<T>(use: Use<T>, timeout: Ms): T | Pending {
    this.resource.memory.waits.takeTermination();
    const now = this.receiveNow(use, true);
    if (now !== PENDING || timeout <= 0) return now;
    // Who has sent something since may be waiting for the answer to it: no naps then.
    this.#receiveSpins.begin(performance.now(), this.ring.gets, sentByThread === this.#sentBefore);
    this.#sentBefore = sentByThread;
    return blockSync(this.resource.memory.waits, this.#receiving(use), timeout, this.#receiveSpins);
  }

  #take<T>(use: Use<T>, wait: Wait, lookForDead: boolean): T | Pending {
    const announce = channels.receive.hasSubscribers
      ? (n: number, bytes: number) => publish('receive', this.resource.info, n, bytes, wait)
      : undefined;
    const message = this.ring.take(announce, use.copies ? undefined : isKept);
    if (message !== undefined) return use(message, message.length);
    this.#checkWriters(lookForDead);
    return PENDING;
  }

  #receiving<T>(use: Use<T>): Operation<T> {
    const attempt = (wait: Wait, lookForDead: boolean): T | Pending => this.#take(use, wait, lookForDead);
    return {
      op: 'waitReceive',
      target: this.resource.info,
      point: this.ring.notEmpty,
      queue: this.#readers,
      attempt,
    };
  }

  /** Waits until `ready` is true or the time is over; nothing is taken. */
  async poll(timeout: Ms, signal?: AbortSignal): Promise<boolean> {
    return (await blockAsync(this.#polling(), timeout, signal)) !== PENDING;
  }

  pollSync(timeout: Ms): boolean {
    return blockSync(this.resource.memory.waits, this.#polling(), timeout) !== PENDING;
  }

  #polling(): Operation<true> {
    const point = this.ring.notEmpty;
    const attempt = (_wait: Wait, lookForDead: boolean): true | Pending =>
      this.ring.count > 0 || this.atEnd(lookForDead) ? true : PENDING;
    return { op: 'waitReceive', target: this.resource.info, point, queue: this.#readers, attempt };
  }

  /** Whether nothing is left and nobody can send any more. `look`: also find the dead among those who could. */
  atEnd(look: boolean): boolean {
    if (this.#ends === 'ignored') return false;
    if (look) this.resource.memory.sweepHolders(this.resource.at, BLOCK.writers);
    return this.resource.memory.isAbandoned(this.resource.at, BLOCK.writers) && this.ring.count === 0;
  }

  #checkWriters(lookForDead: boolean): void {
    if (this.atEnd(lookForDead)) throw new EOFError('every writer has closed its end of the pipe');
  }

  #checkReaders(lookForDead: boolean): void {
    if (this.#ends === 'ignored') return;
    if (lookForDead) this.resource.memory.sweepHolders(this.resource.at, BLOCK.readers);
    if (!this.resource.memory.isAbandoned(this.resource.at, BLOCK.readers)) return;
    publish('sendRejected', this.resource.info);
    throw new OSError('broken pipe: every reader has closed its end', { code: 'EPIPE' });
  }
}

/** Where nobody is told of the operation. */
const NO_WAIT: Wait = { n: 0, site: 0, task: 0, sync: true, limited: false };
/** Messages sent by this thread so far. */
let sentByThread = 0;

/** Bytes as such, and values that are one Buffer, need not be copied again from where they land. */
function isKept(bytes: Uint8Array, at: number, form: number): boolean {
  return form === FORM.bytes || (bytes[at] === TAG.view && bytes[at + 1] === BUFFER_VIEW);
}

/** The `use` for values. */
export function readValue(message: Received, length: number): unknown {
  return message.form === FORM.bytes
    ? readBytes(message, length)
    : decoder.decode(message.bytes, message.kept, 0, length);
}

/** The `use` for bytes. */
export function readBytes(message: Received, length: number): Buffer {
  const bytes = message.bytes.subarray(0, length);
  return message.kept ? bytes : Buffer.from(bytes);
}
