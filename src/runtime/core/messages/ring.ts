/**
 * A channel of messages in shared memory: any number of writers and readers, in any process. One inner lock orders the
 * writers and one the readers, so that the two sides never wait for each other; positions are committed by one store
 * each, so that death in the middle of a put or get changes nothing.
 */
import type { Words } from '../../../base/quantities.ts';
import { BLOCK, WAIT } from '../../../shm/layout.ts';
import type { Memory } from '../../../shm/memory.ts';
import type { HeldResource, Shape } from '../handles/held-resource.ts';
import { copy, FIRST_BYTES, NO_BYTES, reserveReceiveBuffer } from './receive-buffer.ts';

/**
 * Words of the content. What writers change and what readers change are in cache lines of their own.
 * `tail` and `head` are byte positions, two of each: the count's low bit says which one is valid.
 */
const RING = {
  /** Low bit: which of the block's two extent fields holds the ring. Changed under both locks. */
  place: 0,
  /** Most items; 0: unbounded. */
  maxItems: 1,
  /** Most bytes beside a message that finds the ring empty; 0: unbounded, the ring grows. */
  maxBytes: 2,
  /** Free for the owner of the ring (unfinished tasks, flags). */
  extra: 4,
  writeLock: 16,
  puts: 18,
  tail: 20,
  readLock: 32,
  gets: 34,
  head: 36,
  notEmpty: 48,
  notFull: 48 + WAIT.words,
  third: 48 + 2 * WAIT.words,
} as const;

/** Shape of every block that is a ring; `third` is a wait point for the ring's owner. */
export const RING_WORDS = RING.third + WAIT.words;
export const RING_EXTRA = RING.extra;
export const RING_THIRD_POINT = RING.third;

export function ringShape(kind: Shape['kind']): Shape {
  return { kind, words: RING_WORDS, waitPoints: RING.notEmpty, waitPointCount: 3 };
}

const FRAME_HEAD = 8;
/** Bytes from which a message may get memory of its own, and from which that is not a part of Node's pool. */
export const LARGE = 256;
const HUGE = 4096;
/** Bytes (or four messages) that an unbounded ring may take without asking: see `grow` of {@link Ring.offer}. */
const SOFT_BYTES = 1024 * 1024;

/** A message's form. */
export const FORM = { value: 0, bytes: 1 } as const;

export interface Received {
  /** Valid until the next message is received in this thread. */
  readonly bytes: Buffer;
  readonly form: number;
  /** Of the message, whose bytes come first. */
  readonly length: number;
  /** Whether `bytes` are the receiver's to keep. */
  readonly kept: boolean;
}

export const FULL = 0;
export const STORED = 1;

export class Ring {
  readonly #resource: HeldResource;
  readonly #memory: Memory;
  readonly #words: Int32Array;
  readonly #at: Words;
  readonly #bounded: boolean;
  #place = -1;
  #bytes: Uint8Array = NO_BYTES;
  #heads: Int32Array = new Int32Array(0);
  #size = 0;
  #extent = -1;
  /** Reused: what the last `take` returned. */
  readonly #received = { bytes: NO_BYTES, form: 0, length: 0, kept: false };

  constructor(resource: HeldResource) {
    this.#resource = resource;
    this.#memory = resource.memory;
    this.#words = resource.memory.words;
    this.#at = resource.content;
    this.#bounded = this.#word(RING.maxItems) !== 0 || this.#word(RING.maxBytes) !== 0;
  }

  /** Fills a fresh block's content. */
  static initialise(content: Words, memory: Memory, maxItems: number, maxBytes: number): void {
    const { words } = memory;
    words[content + RING.maxItems] = maxItems;
    words[content + RING.maxBytes] = maxBytes;
    const extent = memory.allocator.extent(FIRST_BYTES);
    words[content - BLOCK.content + BLOCK.extentA] = extent.id + 1;
  }

  get notEmpty(): number {
    return this.#at + RING.notEmpty;
  }
  get notFull(): number {
    return this.#at + RING.notFull;
  }

  /** Items in the ring now; by the time that the caller looks it may have changed. */
  get count(): number {
    // In this order: an item that comes and goes in between must not make the number negative.
    const gets = this.#word(RING.gets);
    return (this.#word(RING.puts) - gets) >>> 0;
  }

  /** Items put so far, modulo 2^32, as an int32. */
  get puts(): number {
    return this.#word(RING.puts);
  }

  /** Items taken so far, modulo 2^32, as an int32. */
  get gets(): number {
    return this.#word(RING.gets);
  }

  get maxItems(): number {
    return this.#word(RING.maxItems);
  }

  /** Whether a bound, and not only memory, can make it full. */
  get isBounded(): boolean {
    return this.#bounded;
  }

  /**
   * Stores a message, or returns FULL. `announce` is called with its position (from 1) just before it becomes visible, so
   * that no observer sees its receipt first. `grow` false: FULL also where an unbounded ring would become large. `quiet`:
   * wakes no reader, which the caller must do. `tail`: the last bytes of the message's `length`, which lie there instead.
   * @throws SharedMemoryError when the ring must grow and cannot
   */
  offer(
    message: Uint8Array,
    length: number,
    form: number,
    announce?: (n: number) => void,
    grow = true,
    quiet = false,
    tail?: Uint8Array,
  ): typeof FULL | typeof STORED {
    const { inner, waits } = this.#memory;
    const at = this.#at;
    let room: boolean;
    inner.enter(at + RING.writeLock);
    try {
      const need = (FRAME_HEAD + length + 7) & ~7;
      const end = this.#reserve(need, grow);
      if (end === undefined) return FULL;
      this.#write(end, message, length, form, tail);
      const puts = (this.#word(RING.puts) + 1) | 0;
      announce?.(puts >>> 0);
      this.#words[at + RING.tail + (puts & 1)] = (end + need) | 0;
      Atomics.store(this.#words, at + RING.puts, puts);
      room = this.#bounded && this.#hasRoom(puts, end + need, need);
    } finally {
      inner.leave(at + RING.writeLock);
    }
    if (!quiet) waits.signal(at + RING.notEmpty);
    if (room) waits.signal(at + RING.notFull);
    return STORED;
  }

  /** The position for a frame of `need` bytes, after a skip mark where there must be one; undefined: no room. */
  #reserve(need: number, grow: boolean): number | undefined {
    const puts = this.#word(RING.puts);
    const tail = this.#word(RING.tail + (puts & 1));
    if (this.#bounded && !this.#hasRoom(puts, tail, need)) return undefined;
    this.#refresh();
    let skip = this.#skipAt(tail, need);
    const head = this.#head();
    const used = (tail - head) >>> 0;
    if (used + skip + need > this.#size) {
      // Large messages in a stream would make it grow step by step, each time into fresh memory.
      const size = Math.max(this.#size * 2, 2 * (used + need), Math.min(16 * need, SOFT_BYTES));
      if (!grow && size > Math.max(SOFT_BYTES, 4 * need)) return undefined;
      this.#grow(head, used, size);
      skip = this.#skipAt(tail, need);
    }
    if (skip > 0) this.#heads[((tail >>> 0) % this.#size) >> 2] = -skip;
    return (tail + skip) | 0;
  }

  #write(end: number, message: Uint8Array, length: number, form: number, tail?: Uint8Array): void {
    const frame = (end >>> 0) % this.#size;
    this.#heads[frame >> 2] = length;
    this.#heads[(frame >> 2) + 1] = form;
    const front = tail === undefined ? length : length - tail.length;
    copy(message, 0, this.#bytes, frame + FRAME_HEAD, front);
    if (tail !== undefined) this.#bytes.set(tail, frame + FRAME_HEAD + front);
  }

  /** Whether the bounds of the ring allow `need` more bytes. */
  #hasRoom(puts: number, tail: number, need: number): boolean {
    const maxItems = this.#word(RING.maxItems);
    if (maxItems !== 0 && (puts - this.#word(RING.gets)) >>> 0 >= maxItems) return false;
    const maxBytes = this.#word(RING.maxBytes);
    if (maxBytes === 0) return true;
    const used = (tail - this.#head()) >>> 0;
    return used === 0 || used + need <= maxBytes;
  }

  /** Where the oldest message begins. Without the readers' lock it may be further on at once. */
  #head(): number {
    for (;;) {
      const gets = this.#word(RING.gets);
      const head = this.#word(RING.head + (gets & 1));
      // A reader that is about to commit its next message but one writes to the same word.
      if (this.#word(RING.gets) === gets) return head;
    }
  }

  /**
   * Takes the oldest message, or returns undefined. `announce` gets its position and length. `keep` says whether a large
   * message, which begins at `bytes[at]`, is worth memory of its own, because its bytes will be kept as they are.
   */
  take(
    announce?: (n: number, length: number) => void,
    keep?: (bytes: Uint8Array, at: Words, form: number) => boolean,
  ): Received | undefined {
    const { inner, waits } = this.#memory;
    const words = this.#words;
    const at = this.#at;
    if (this.#word(RING.puts) === this.#word(RING.gets)) return undefined;
    const received = this.#received;
    let left: number;
    let position: number;
    inner.enter(at + RING.readLock);
    try {
      const gets = this.#word(RING.gets);
      left = (this.#word(RING.puts) - gets) >>> 0;
      if (left === 0) return undefined;
      this.#refresh();
      const head = this.#frame(this.#word(RING.head + (gets & 1)));
      const frame = (head >>> 0) % this.#size;
      const length = this.#heads[frame >> 2] ?? 0;
      received.length = length;
      received.form = this.#heads[(frame >> 2) + 1] ?? 0;
      const from = frame + FRAME_HEAD;
      received.kept = length >= LARGE && keep?.(this.#bytes, from, received.form) === true;
      received.bytes = received.kept ? allocate(length) : reserveReceiveBuffer(length);
      copy(this.#bytes, from, received.bytes, 0, length);
      position = (gets + 1) | 0;
      words[at + RING.head + (position & 1)] = (head + ((FRAME_HEAD + length + 7) & ~7)) | 0;
      Atomics.store(words, at + RING.gets, position);
    } finally {
      inner.leave(at + RING.readLock);
    }
    announce?.(position >>> 0, received.length);
    waits.signal(at + RING.notFull);
    // One signal may stand for several items: whoever was served passes it on.
    if (left > 1) waits.signal(at + RING.notEmpty);
    return received;
  }

  /** Length of the oldest message, -1 if there is none. */
  peekLength(): number {
    this.#memory.inner.enter(this.#at + RING.readLock);
    try {
      const gets = this.#word(RING.gets);
      if (this.#word(RING.puts) === gets) return -1;
      this.#refresh();
      const head = this.#frame(this.#word(RING.head + (gets & 1)));
      return this.#heads[((head >>> 0) % this.#size) >> 2] ?? 0;
    } finally {
      this.#memory.inner.leave(this.#at + RING.readLock);
    }
  }

  #word(field: number): number {
    return Atomics.load(this.#words, this.#at + field);
  }

  /** Follows the skip mark that ends a window. */
  #frame(head: number): number {
    const mark = this.#heads[((head >>> 0) % this.#size) >> 2] ?? 0;
    return mark < 0 ? (head - mark) | 0 : head;
  }

  /** Bytes to leave unused before a frame of `need` bytes, because frames do not wrap. */
  #skipAt(tail: number, need: number): number {
    const left = this.#size - ((tail >>> 0) % this.#size);
    return left < need ? left : 0;
  }

  #refresh(): void {
    const place = this.#word(RING.place);
    if (place !== this.#place) this.#enter(place);
  }

  #enter(place: number): void {
    const field = place & 1 ? BLOCK.extentB : BLOCK.extentA;
    const { allocator } = this.#memory;
    if (this.#extent >= 0) allocator.forget(this.#extent);
    this.#extent = (this.#words[this.#resource.at + field] ?? 1) - 1;
    const { buffer } = allocator.mapping(this.#extent);
    this.#bytes = Buffer.from(buffer);
    this.#heads = new Int32Array(buffer);
    this.#size = buffer.byteLength;
    this.#place = place;
  }

  /**
   * Moves the ring into an extent of `bytes` bytes or more. Every byte keeps its position (modulo the new size), so only the
   * place changes, by one store. The writers' lock is held; readers are kept out meanwhile.
   */
  #grow(head: number, used: number, bytes: number): void {
    const { allocator, inner } = this.#memory;
    const extent = allocator.extent(bytes);
    const target = new Uint8Array(allocator.mapping(extent.id).buffer);
    const old = this.#extent;
    inner.enter(this.#at + RING.readLock);
    try {
      for (let done = 0; done < used; ) {
        const position = (head + done) >>> 0;
        const from = position % this.#size;
        const run = Math.min(used - done, this.#size - from);
        target.set(this.#bytes.subarray(from, from + run), position % extent.bytes);
        done += run;
      }
      const odd = (this.#place & 1) === 1;
      this.#words[this.#resource.at + (odd ? BLOCK.extentA : BLOCK.extentB)] = extent.id + 1;
      Atomics.store(this.#words, this.#at + RING.place, (this.#place + 1) & 0x7fffffff);
      this.#words[this.#resource.at + (odd ? BLOCK.extentB : BLOCK.extentA)] = 0;
    } finally {
      inner.leave(this.#at + RING.readLock);
    }
    this.#refresh();
    allocator.freeExtent(old);
  }
}

function allocate(length: number): Buffer {
  return length < HUGE ? Buffer.allocUnsafe(length) : Buffer.allocUnsafeSlow(length);
}
