import type { Ns, Slot } from '../../base/quantities.ts';
import { RECORD_WORDS, recordCheck } from '../format/hash.ts';
import { isTime, LIMIT } from '../format/limits.ts';
import { KIND, type Kind, RECORD_SIZE, type TraceRecord } from '../format/records.ts';
import type { Seal, SegmentHeader, SegmentViews } from '../format/segment.ts';
import {
  HEADER_SIZE,
  isWrittenThrough,
  readHeader,
  readSeal,
  segmentBytes,
  viewsOf,
} from '../format/segment.ts';
import type { TraceFiles } from './files.ts';

const MIN_CHUNK = 128;
const MAX_CHUNK = 8192;
/** What a mapped segment holds where nothing was written yet. */
const BLANK = Buffer.alloc(64 * 1024);
const NO_RECORDS = viewsOf(new ArrayBuffer(0), 0, 0);

/**
 * - `record`: a record is at hand. - `gap`: `skipped` damaged records were passed over. - `none`: there is no record now; there may be later.
 */
export type Advance = 'record' | 'gap' | 'none';

/** Reads the records of one segment file, from the first one on, while it may still grow. */
export class SegmentReader {
  readonly name: string;
  readonly #files: TraceFiles;
  header: SegmentHeader | undefined;
  /** Slot index of its first record; known once `open` has said true. */
  first: Slot = 0;
  capacity = 0;
  /** Index in the segment of the record at hand, or of the next one. */
  index = 0;
  /** Kind of the record before the one at hand, 0: there was none. */
  lastKind = 0;
  /** Damaged records that the last `gap` passed over. */
  skipped = 0;
  #chunk: SegmentViews = NO_RECORDS;
  #chunkFrom = 0;
  #chunkEnd = 0;
  #fresh = false;
  #chunkSize = MIN_CHUNK;

  constructor(files: TraceFiles, name: string) {
    this.#files = files;
    this.name = name;
  }

  /** Reads the header; false while the file has no valid one. */
  open(): boolean {
    const views = this.#readHead();
    const header = views && readHeader(views);
    this.header = header && isPossible(header) ? header : undefined;
    if (!this.header) return false;
    this.first = this.header.first;
    this.capacity = this.header.capacity;
    return true;
  }

  /** The place of the header holds nothing but zeros: the file was made, and its writer got no further. */
  isBlank(): boolean {
    return this.#isBlank(0, HEADER_SIZE);
  }

  /**
   * Goes on without a valid header. Records always follow the header, so only `first` (slot index of the first record) is a
   * guess: where it is wrong, no record's check matches.
   */
  assume(first: Slot): void {
    this.first = first;
    const records = Math.floor((this.#files.size(this.name) - HEADER_SIZE) / RECORD_SIZE);
    this.capacity = Math.max(0, Math.min(records, LIMIT.segmentRecords));
  }

  seal(): Seal | undefined {
    const views = this.#readHead();
    return views && readSeal(views);
  }

  /** The segment is not sealed, but its writer wrote each record at once: none can be missing at its end. */
  isWrittenThrough(): boolean {
    const views = this.#readHead();
    return views !== undefined && isWrittenThrough(views);
  }

  /** A new poll begins: what was read of the file before may have grown since. */
  refresh(): void {
    this.#fresh = false;
  }

  /** Looks for the next record. `whole`: nobody writes to the file any more, so a gap may be passed over up to its end. */
  advance(whole: boolean): Advance {
    if (this.index >= this.capacity) return 'none';
    if (this.#has(this.index)) return 'record';
    if (!this.#fresh || this.index >= this.#chunkEnd) {
      this.#read(this.index);
      if (this.#has(this.index)) return 'record';
    }
    const next = this.#findValid(this.index + 1, whole);
    if (next < 0) return 'none';
    // The later record was seen after this place was read: look again before calling it damaged.
    this.#read(this.index);
    if (this.#has(this.index)) return 'record';
    this.skipped = next - this.index;
    this.index = next;
    return 'gap';
  }

  /** What was read last of the file, the record at hand included: another object after each reading. */
  get piece(): object {
    return this.#chunk;
  }

  get time(): Ns {
    return this.#chunk.doubles[this.#word(this.index) >> 1]!;
  }
  get slot(): Slot {
    return this.first + this.index;
  }

  /** Copies the record at hand into `into`. */
  decode(into: TraceRecord): void {
    const { words, doubles } = this.#chunk;
    decodeRecord(words, doubles, this.#word(this.index), into);
    into.slot = this.slot;
  }

  /** Goes on to the next record. */
  step(): void {
    this.lastKind = this.#chunk.words[this.#word(this.index) + 2]! & 0xff;
    this.index++;
  }

  /**
   * What lies behind the last record of a segment that is not sealed. `torn`: a record that was half written; `strange`: more than
   * that, which no writer that was killed leaves; `cut`: less than the room for all records.
   */
  tail(): { torn: boolean; strange: boolean; cut: boolean } {
    const [next, end] = [segmentBytes(this.index), segmentBytes(this.capacity)];
    const torn = !this.#isBlank(next, Math.min(end, next + RECORD_SIZE));
    const strange = !this.#isBlank(next + RECORD_SIZE, end);
    return { torn, strange, cut: this.#files.size(this.name) < end };
  }

  /** The file holds nothing but zeros there, or ends before. */
  #isBlank(from: number, end: number): boolean {
    for (let at = from; at < end; at += BLANK.length) {
      const bytes = new Uint8Array(Math.min(BLANK.length, end - at));
      const got = this.#files.read(this.name, at, bytes);
      if (BLANK.compare(bytes, 0, got, 0, got) !== 0) return false;
      if (got < bytes.length) break;
    }
    return true;
  }

  #readHead(): SegmentViews | undefined {
    const bytes = new Uint8Array(HEADER_SIZE);
    if (this.#files.read(this.name, 0, bytes) < HEADER_SIZE) return undefined;
    return viewsOf(bytes.buffer, 0, HEADER_SIZE);
  }

  #word(index: number): number {
    return (index - this.#chunkFrom) * RECORD_WORDS;
  }

  #has(index: number): boolean {
    if (index < this.#chunkFrom || index >= this.#chunkEnd) return false;
    const { words, doubles } = this.#chunk;
    const at = this.#word(index);
    if (words[at + 7] === 0 || words[at + 7] !== recordCheck(words, at, this.first + index)) return false;
    return isTime(doubles[at >> 1]!);
  }

  #read(from: number): void {
    // Busy streams are read in large pieces; idle ones cost a page a poll.
    const busy = this.#chunkEnd - this.#chunkFrom === this.#chunkSize && from >= this.#chunkEnd;
    this.#chunkSize = busy
      ? Math.min(MAX_CHUNK, this.#chunkSize * 4)
      : Math.max(MIN_CHUNK, this.#chunkSize >> 2);
    const count = Math.min(this.#chunkSize, this.capacity - from);
    const bytes = new Uint8Array(count * RECORD_SIZE);
    const got = this.#files.read(this.name, segmentBytes(from), bytes);
    this.#chunk = viewsOf(bytes.buffer, 0, bytes.length);
    this.#chunkFrom = from;
    this.#chunkEnd = from + Math.floor(got / RECORD_SIZE);
    this.#fresh = true;
  }

  #findValid(from: number, whole: boolean): number {
    for (let index = from; index < this.capacity; index++) {
      if (index >= this.#chunkEnd) {
        if (!whole || this.#chunkEnd === this.#chunkFrom) return -1;
        this.#read(index);
      }
      if (this.#has(index)) return index;
    }
    return -1;
  }
}

/** Numbers that a writer can have written, whatever the header's check says. */
function isPossible({ first, dropped, capacity }: SegmentHeader): boolean {
  return Number.isSafeInteger(first) && first >= 0 && dropped >= 0 && capacity <= LIMIT.segmentRecords;
}

/** Decodes the record whose first word is `words[at]`; `slot` is left alone. Its kind may be one that this version does not know. */
export function decodeRecord(words: Int32Array, doubles: Float64Array, at: number, into: TraceRecord): void {
  const head = words[at + 2]!;
  into.time = doubles[at >> 1]!;
  into.kind = (head & 0xff) as Kind;
  into.flags = (head >>> 8) & 0xff;
  into.task = head >>> 16;
  into.resource = words[at + 3]! >>> 0;
  into.site = words[at + 4]! >>> 0;
  into.n = words[at + 5]! >>> 0;
  into.value = words[at + 6]! >>> 0;
}

export function emptyRecord(): TraceRecord {
  return { time: 0, kind: KIND.resumed, flags: 0, task: 0, resource: 0, site: 0, n: 0, value: 0, slot: 0 };
}
