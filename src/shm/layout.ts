/**
 * Where things are in the session's memory. Positions are in int32 words unless they say bytes.
 *
 * | bytes          | content                                                                  |
 * |----------------|--------------------------------------------------------------------------|
 * | 0 – 4 KiB      | header: magic, version, allocator                                        |
 * | 4 KiB – 68 KiB | slot table: 1024 rows of 64 bytes, one a thread                          |
 * | 128 KiB – 1 MiB+128 KiB | extent table: 65,536 rows of 16 bytes, one a large piece        |
 * | 2 MiB – 32 MiB | blocks: locks, queues' heads, values … (mapped once, whole)              |
 * | 32 MiB –       | extents: rings and large data, each mapped where it is used              |
 */
import type { Quantity, Words } from '../base/quantities.ts';

/** An address in this process's memory, as the system counts it. */
export type Address = Quantity<'address'>;
/** Row of a thread in the slot table. */
export type SlotIndex = Quantity<'slot index'>;
/**
 * A thread as one positive int32: slot + 1 in the low 11 bits, the slot's generation above. Lock words hold it.
 * 0 means nobody. Bit 30 is free for the lock's own use.
 */
export type ThreadWord = Quantity<'thread word'>;

/** The address of an int32 of the session's memory, whose first one is at `base`. */
export function addressOf(base: Address, word: Words): Address {
  return base + word * 4;
}

export const MAGIC = 0x46524b53;
export const LAYOUT_VERSION = 4;

export const HEADER = {
  magic: 0,
  version: 1,
  /** The allocator's own lock, two words. */
  allocatorLock: 2,
  /** Next unused byte of the block area, in units of 64 bytes. */
  blockBump: 4,
  /** Next unused page of the extent area. */
  pageBump: 5,
  extentBump: 6,
  /** Source of block generations. */
  generation: 7,
  /** The process that made the session, and its start time as the system counts it, low and high word. */
  rootPid: 8,
  rootStartLow: 9,
  rootStartHigh: 10,
  /** First free block of each size class (power of two bytes), by exponent. */
  blockLists: 32,
  /** First free extent of each size class, by exponent. */
  extentLists: 64,
} as const;

export const SLOT_COUNT = 1024;
export const SLOT_WORDS = 16;
export const SLOTS_AT = 4096 / 4;
export const SLOT = {
  /** 0: free. Claimed by a compare-exchange. */
  pid: 0,
  /** Raised at each claim, so that (slot, generation) names a thread for ever. */
  generation: 1,
  /** Process start time, as the system counts it, low and high word. */
  startLow: 2,
  startHigh: 3,
  threadId: 4,
  /** 1 while the thread wants its doorbell rung. */
  bellArmed: 5,
  /** Descriptor of the doorbell's write end in that process, + 1; 0: none yet. */
  bell: 6,
  /** 1 once pid, start time and generation are all written. */
  ready: 7,
  /** {@link TERMINATE}, of a main thread. */
  terminate: 8,
  /** The pid, kept after the row is freed. */
  lastPid: 9,
  /** Always 0; its thread sleeps on it where nobody shall wake it. */
  nap: 10,
} as const;

/** Whether a process has SIGTERM listeners, and whether its parent wants them called. */
export const TERMINATE = { deaf: 0, listens: 1, requested: 2 } as const;

export const EXTENT_COUNT = 65536;
export const EXTENT_WORDS = 4;
export const EXTENTS_AT = (128 * 1024) / 4;
export const EXTENT = { page: 0, exponent: 1, next: 2 } as const;

export const BLOCKS_AT_BYTES = 2 * 1024 * 1024;
export const MAPPED_BYTES = 32 * 1024 * 1024;
export const SESSION_BYTES = 2 ** 36;
export const PAGE_BYTES = 4096;

/** Words in a bitmap with one bit a slot. */
export const BITMAP_WORDS = SLOT_COUNT / 32;

/** Head of every block; its content follows. Positions relative to the block's first word. */
export const BLOCK = {
  /** 0: free, else the generation of this use. */
  generation: 0,
  /** Size class: the block is `1 << exponent` bytes as long as somebody holds it. */
  exponent: 1,
  next: 2,
  /** References that messages and arguments under way hold. */
  inFlight: 3,
  /** Word position and number of the block's wait points, so that a sweep can wake who waits on the dead. */
  waitPoints: 4,
  waitPointCount: 5,
  /** Extent + 1 that is freed with the block; a second while a ring grows. */
  extentA: 6,
  extentB: 7,
  /** Slots that hold the block for reading, and for writing. */
  readers: 16,
  writers: 16 + BITMAP_WORDS,
  content: 16 + 2 * BITMAP_WORDS,
} as const;

/** A wait point: who waits for one thing. */
export const WAIT = {
  /** Raised at each wake; synchronous waiters sleep on it. */
  sequence: 0,
  /** Waiters of both forms; 0 lets a wake return at once. */
  count: 1,
  syncCount: 2,
  /** Where the search for the next asynchronous waiter begins. */
  rotor: 3,
  /** 1: a synchronous waiter has been woken and has not looked yet; see `Waits.signal`. */
  signalled: 4,
  /** A bit for each word of the bitmap that was ever used, so that a wake need not look at all. */
  groups: 5,
  bitmap: 6,
  words: 6 + BITMAP_WORDS,
} as const;
