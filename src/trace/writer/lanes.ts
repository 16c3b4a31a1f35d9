import type { SystemThreadId } from '../../base/quantities.ts';
import { segmentBytes } from '../format/segment.ts';

/** Indices of the control words in front of each lane's bytes. */
const WORD = { state: 0, thread: 1, parent: 2, base: 3, lines: 4, systemThread: 5 };
const CONTROL_BYTES = 64;
const FREE = 0;
const USED = 1;
/** Records that a lane collects before they are written. */
const RECORDS = 500;
const LANE_BYTES = CONTROL_BYTES + segmentBytes(RECORDS);
const LANES = 32;
const CLOSING = 0;

/**
 * Memory that all threads of a process share: each worker thread collects the records of its stream in a lane of it, so
 * that who sees the worker end can write what it had not written itself. A worker that is terminated runs no code.
 */
export class Lanes {
  readonly memory: SharedArrayBuffer;
  readonly #control: Int32Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(CONTROL_BYTES + LANES * LANE_BYTES)) {
    this.memory = memory;
    this.#control = new Int32Array(memory, 0, CONTROL_BYTES >> 2);
  }

  /** A free lane for a worker that the thread with lane `parent` (`undefined`: the main thread) makes. */
  claim(parent: number | undefined): Lane | undefined {
    for (let index = 0; index < LANES; index++) {
      const lane = this.lane(index);
      if (lane.take((parent ?? -1) + 1)) return lane;
    }
    return undefined;
  }

  lane(index: number): Lane {
    return new Lane(this, index, this.#control);
  }

  /** Lanes in use; `below`: only those of workers that the worker with this lane has made. */
  *used(below?: number): Iterable<Lane> {
    for (let index = 0; index < LANES; index++) {
      const lane = this.lane(index);
      if (lane.isUsed && (below === undefined || lane.parent === below + 1)) yield lane;
    }
  }

  /** The process ends: every thread writes each record at once from now on. */
  close(): void {
    Atomics.store(this.#control, CLOSING, 1);
  }
}

/** Where one worker thread collects its records. */
export class Lane {
  readonly index: number;
  readonly memory: SharedArrayBuffer;
  /** As in a segment file: a header, then records. The first `base` records of the segment are written and no longer here. */
  readonly bytes: Uint8Array;
  readonly #shared: Int32Array;
  readonly #words: Int32Array;

  constructor({ memory }: Lanes, index: number, shared: Int32Array) {
    const offset = CONTROL_BYTES + index * LANE_BYTES;
    this.index = index;
    this.memory = memory;
    this.#shared = shared;
    this.#words = new Int32Array(memory, offset, CONTROL_BYTES >> 2);
    this.bytes = new Uint8Array(memory, offset + CONTROL_BYTES, LANE_BYTES - CONTROL_BYTES);
  }

  /** `parent`: 1 + the lane of the thread that makes the worker, 0: the main thread. False: it is in use. */
  take(parent: number): boolean {
    if (Atomics.compareExchange(this.#words, WORD.state, FREE, USED) !== FREE) return false;
    // What an earlier worker has left there must not be taken for this one's: its records have the same slots.
    this.bytes.fill(0);
    this.#words.fill(0, WORD.thread);
    this.#words[WORD.parent] = parent;
    return true;
  }
  free(): void {
    Atomics.store(this.#words, WORD.state, FREE);
  }
  get isUsed(): boolean {
    return Atomics.load(this.#words, WORD.state) === USED;
  }
  get parent(): number {
    return this.#words[WORD.parent] ?? 0;
  }

  /** Node's id of the thread, 0: it has not begun to trace. Set by the thread itself. */
  get thread(): number {
    return Atomics.load(this.#words, WORD.thread);
  }
  enter(thread: number, systemThread: SystemThreadId): void {
    Atomics.store(this.#words, WORD.systemThread, systemThread);
    Atomics.store(this.#words, WORD.thread, thread);
  }
  /** The system's id of the thread, 0: not known. */
  get systemThread(): SystemThreadId {
    return Atomics.load(this.#words, WORD.systemThread);
  }

  /** Index in the open segment of the first record that is here. */
  get base(): number {
    return Atomics.load(this.#words, WORD.base);
  }
  slideTo(base: number): void {
    Atomics.store(this.#words, WORD.base, base);
  }

  /** Lines of the stream's definitions that are written. */
  get lines(): number {
    return Atomics.load(this.#words, WORD.lines);
  }
  set lines(count: number) {
    Atomics.store(this.#words, WORD.lines, count);
  }

  /** Read for every record, and thus without a fence: records that a thread still holds back then are saved by the thread that closes. */
  get closing(): boolean {
    return this.#shared[CLOSING] !== 0;
  }
}
