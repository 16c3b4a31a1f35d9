import type { Bytes, Words } from '../base/quantities.ts';
import {
  BLOCK,
  BLOCKS_AT_BYTES,
  EXTENT,
  EXTENT_COUNT,
  EXTENT_WORDS,
  EXTENTS_AT,
  HEADER,
  MAPPED_BYTES,
  PAGE_BYTES,
  SESSION_BYTES,
} from './layout.ts';
import { type Mapping, SharedMemoryError } from './platform.ts';
import { writeZeros } from './posix.ts';
import type { Session } from './session.ts';
import { ALLOCATOR_LOCK, type InnerLock } from './slots.ts';

const SMALLEST_BLOCK = 9;
/** No block is so large; there are as many free lists. */
const LARGEST_BLOCK = 26;
/** Odd, so that no two counts become one generation before 2^31 blocks. */
const SCATTER = 0x9e3779b1 | 0;
const DISCARD_FROM = 1 << 20;

/** A large piece of memory, mapped where it is used. Its place and size never change, even when it is reused. */
export interface Extent {
  readonly id: number;
  readonly bytes: Bytes;
}

/**
 * Gives out blocks (small, always mapped) and extents (large). Both are powers of two on free lists. The order of stores
 * is such that death in the middle loses a piece but never gives one out twice. When the blocks' area is full, free
 * neighbours become one, lost pieces among them; so whoever no longer holds a block must not touch it (see `Memory`).
 */
export class Allocator {
  readonly #session: Session;
  readonly #lock: InnerLock;
  readonly #mappings = new Map<number, Mapping>();

  constructor(session: Session, lock: InnerLock) {
    this.#session = session;
    this.#lock = lock;
  }

  /** Runs `body` with nobody else allocating or freeing. */
  exclusively<T>(body: () => T): T {
    this.#lock.enter(ALLOCATOR_LOCK);
    try {
      return body();
    } finally {
      this.#lock.leave(ALLOCATOR_LOCK);
    }
  }

  /**
   * A zeroed block with `contentWords` words after its head; returns its first word. Its generation is set.
   * @throws SharedMemoryError when the block area is full
   */
  block(contentWords: number): number {
    const { words } = this.#session;
    const exponent = Math.max(SMALLEST_BLOCK, exponentFor((BLOCK.content + contentWords) * 4));
    return this.exclusively(() => {
      const at = this.#place(exponent);
      words.fill(0, at + BLOCK.next, at + (1 << exponent) / 4);
      const count = ((words[HEADER.generation] ?? 0) + 1) | 0;
      words[HEADER.generation] = count;
      // Scattered, so that a word of what lies there later is hardly ever taken for it.
      Atomics.store(words, at + BLOCK.generation, Math.imul(count, SCATTER) & 0x7fffffff || 1);
      return at;
    });
  }

  #place(exponent: number): number {
    for (let tries = 0; tries < 2 && exponent < LARGEST_BLOCK; tries++) {
      const at = this.#pop(exponent) || this.#freshBlock(exponent) || this.#split(exponent);
      if (at !== 0) return at;
      this.#merge();
    }
    throw new SharedMemoryError('shared memory exhausted: too many locks, queues and values; close() some', {
      code: 'ERR_SHARED_MEMORY_EXHAUSTED',
    });
  }

  #pop(exponent: number): number {
    const { words } = this.#session;
    const list = HEADER.blockLists + exponent;
    const at = words[list] ?? 0;
    if (at !== 0) words[list] = words[at + BLOCK.next] ?? 0;
    return at;
  }

  #push(at: Words): void {
    const { words } = this.#session;
    const list = HEADER.blockLists + (words[at + BLOCK.exponent] ?? 0);
    words[at + BLOCK.next] = words[list] ?? 0;
    words[list] = at;
  }

  #freshBlock(exponent: number): number {
    const { words } = this.#session;
    const start = (words[HEADER.blockBump] ?? 0) * 64;
    const end = start + (1 << exponent);
    if (end > MAPPED_BYTES) return 0;
    words[start / 4 + BLOCK.exponent] = exponent;
    words[HEADER.blockBump] = end / 64;
    return start / 4;
  }

  /** The front of a larger free block. */
  #split(exponent: number): number {
    for (let larger = exponent + 1; larger < LARGEST_BLOCK; larger++) {
      const at = this.#pop(larger);
      if (at === 0) continue;
      const rest: number[] = [];
      for (let e = larger - 1; e >= exponent; e--) rest.push(this.#freeHead(at + (1 << e) / 4, e));
      // From here on it is several.
      this.#session.words[at + BLOCK.exponent] = exponent;
      for (const piece of rest) this.#push(piece);
      return at;
    }
    return 0;
  }

  #freeHead(at: Words, exponent: number): number {
    const { words } = this.#session;
    words[at + BLOCK.generation] = 0;
    words[at + BLOCK.exponent] = exponent;
    return at;
  }

  /** Makes as large blocks as possible of what is free. Who dies in it loses free blocks until the next time. */
  #merge(): void {
    const { words } = this.#session;
    words.fill(0, HEADER.blockLists, HEADER.blockLists + LARGEST_BLOCK);
    const end = ((words[HEADER.blockBump] ?? 0) * 64) / 4;
    let run = 0;
    for (const at of [...this.blocks(), end]) {
      const free = at < end && words[at + BLOCK.generation] === 0;
      if (free && run === 0) run = at;
      if (free || run === 0) continue;
      if (at === end) words[HEADER.blockBump] = (run * 4) / 64;
      else this.#tile(run, at);
      run = 0;
    }
  }

  /** Free blocks from `start` to `end`, the largest first. Written from the end, so that a walk finds its way at any time. */
  #tile(start: number, end: number): void {
    const pieces: [at: Words, exponent: number][] = [];
    for (let at = start; at < end; ) {
      const exponent = 31 - Math.clz32((end - at) * 4);
      pieces.push([at, exponent]);
      at += (1 << exponent) / 4;
    }
    for (const [at, exponent] of pieces.reverse()) this.#push(this.#freeHead(at, exponent));
  }

  /** Every block ever made, free ones too. Call it exclusively. */
  *blocks(): Generator<number> {
    const { words } = this.#session;
    const end = ((words[HEADER.blockBump] ?? 0) * 64) / 4;
    for (let at = BLOCKS_AT_BYTES / 4; at < end; at += (1 << (words[at + BLOCK.exponent] ?? 0)) / 4) yield at;
  }

  /** Frees a block and its extents. Call it exclusively. */
  freeBlock(at: Words): void {
    const { words } = this.#session;
    for (const field of [BLOCK.extentA, BLOCK.extentB]) {
      const id = words[at + field] ?? 0;
      words[at + field] = 0;
      if (id !== 0) this.#freeExtent(id - 1);
    }
    Atomics.store(words, at + BLOCK.generation, 0);
    this.#push(at);
  }

  /**
   * At least `bytes` bytes; content unspecified.
   * @throws SharedMemoryError when memory or the extent table is exhausted
   */
  extent(bytes: Bytes): Extent {
    return this.exclusively(() => this.#takeExtent(exponentFor(Math.max(bytes, PAGE_BYTES))));
  }

  #takeExtent(exponent: number): Extent {
    const { words, file, platform } = this.#session;
    const list = HEADER.extentLists + exponent;
    const reused = words[list] ?? 0;
    if (reused !== 0) {
      words[list] = words[this.#extentAt(reused - 1) + EXTENT.next] ?? 0;
      return { id: reused - 1, bytes: 2 ** exponent };
    }
    const id = words[HEADER.extentBump] ?? 0;
    const page = words[HEADER.pageBump] ?? 0;
    const pages = 2 ** exponent / PAGE_BYTES;
    if (id >= EXTENT_COUNT || (page + pages) * PAGE_BYTES > SESSION_BYTES) {
      throw new SharedMemoryError(
        `shared memory exhausted: ${2 ** exponent} more bytes do not fit the session`,
        { code: 'ERR_SHARED_MEMORY_EXHAUSTED' },
      );
    }
    if (platform.preallocate) writeZeros(file.fd, page * PAGE_BYTES, 2 ** exponent);
    const at = this.#extentAt(id);
    words[at + EXTENT.page] = page;
    words[at + EXTENT.exponent] = exponent;
    words[HEADER.pageBump] = page + pages;
    words[HEADER.extentBump] = id + 1;
    return { id, bytes: 2 ** exponent };
  }

  freeExtent(id: number): void {
    this.exclusively(() => this.#freeExtent(id));
  }

  #freeExtent(id: number): void {
    const { words, file, platform } = this.#session;
    const at = this.#extentAt(id);
    const exponent = words[at + EXTENT.exponent] ?? 0;
    if (2 ** exponent >= DISCARD_FROM) {
      platform.discard(file, (words[at + EXTENT.page] ?? 0) * PAGE_BYTES, 2 ** exponent);
      this.#mappings.delete(id);
    }
    const list = HEADER.extentLists + exponent;
    words[at + EXTENT.next] = words[list] ?? 0;
    words[list] = id + 1;
  }

  /** The extent's memory in this thread; mapped once. */
  mapping(id: number): Mapping {
    let mapping = this.#mappings.get(id);
    if (mapping === undefined) {
      const { words, file, platform } = this.#session;
      const at = this.#extentAt(id);
      const offset = (words[at + EXTENT.page] ?? 0) * PAGE_BYTES;
      mapping = platform.map(file, offset, 2 ** (words[at + EXTENT.exponent] ?? 0));
      this.#mappings.set(id, mapping);
    }
    return mapping;
  }

  /** Lets the mapping be collected once nobody uses it. */
  forget(id: number): void {
    this.#mappings.delete(id);
  }

  #extentAt(id: number): number {
    return EXTENTS_AT + id * EXTENT_WORDS;
  }
}

/** Smallest `e` with `2 ** e >= bytes`. */
export function exponentFor(bytes: Bytes): number {
  return Math.max(0, Math.ceil(Math.log2(bytes)));
}
