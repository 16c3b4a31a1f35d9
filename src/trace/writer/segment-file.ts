import fs from 'node:fs';
import type { SharedFiles } from '../../base/environment.ts';
import { RECORD_SIZE } from '../format/records.ts';
import type { Seal, SegmentHeader, SegmentViews } from '../format/segment.ts';
import {
  HEADER_SIZE,
  SEAL_OFFSET,
  SEAL_SIZE,
  segmentBytes,
  viewsOf,
  writeHeader,
  writeSeal,
  writeThrough,
} from '../format/segment.ts';
import type { Lane } from './lanes.ts';

/** One open segment that a writer fills. Methods throw what the system says (full disk …). */
export interface SegmentFile {
  readonly views: SegmentViews;
  /** Its number in the stream. */
  readonly segment: number;
  readonly capacity: number;
  /** Records that the views hold at once. Where a segment has more, the views {@link slide} over it. */
  readonly window: number;
  /** Makes the first `records` records readable by others. */
  flush(records: number): void;
  /** How many of the first `records` records others can read now, also after a flush that failed. */
  readable(records: number): number;
  /** The records in the views are all flushed: from now on the views are for the records that follow. */
  slide(): void;
  /** Notes in the header that each record is flushed at once from now on: a reader misses nothing where the segment ends. */
  markThrough(): void;
  /** Ends the segment; its views must not be touched any more. */
  seal(seal: Seal): void;
  /** Closes the file as it is, after an error. */
  abandon(): void;
}

// Taken now: programs and test libraries replace these functions, and traces are none of their business.
const { closeSync, ftruncateSync, openSync, unlinkSync, writeSync } = fs;
const { O_CREAT, O_RDWR } = fs.constants;

const ZEROS = new Uint8Array(64 * 1024);

function closeQuietly(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // Already closed by the program (some close every descriptor): nothing is left to do.
  }
}

/** Preallocates by writing, so that a full disk is an error here and not a SIGBUS at the first touch. */
function preallocate(fd: number, bytes: number): void {
  for (let at = 0; at < bytes; ) at += writeSync(fd, ZEROS, 0, Math.min(ZEROS.length, bytes - at), at);
}

/** Records are readable by others as soon as they are stored, whatever happens to this process. */
export class MappedSegment implements SegmentFile {
  readonly views: SegmentViews;
  readonly segment: number;
  readonly capacity: number;
  readonly window: number;
  readonly #fd: number;
  readonly #unmap: () => void;

  constructor(path: string, header: SegmentHeader, files: SharedFiles) {
    this.segment = header.segment;
    this.capacity = header.capacity;
    this.window = header.capacity;
    const bytes = segmentBytes(header.capacity);
    this.#fd = openSync(path, 'wx+', 0o600);
    try {
      preallocate(this.#fd, bytes);
      const mapping = files.map(this.#fd, bytes);
      this.#unmap = () => mapping.unmap();
      this.views = viewsOf(mapping.buffer, 0, bytes);
      writeHeader(this.views, header);
    } catch (error) {
      closeQuietly(this.#fd);
      removeQuietly(path);
      throw error;
    }
  }

  flush(): void {}
  slide(): void {}
  markThrough(): void {}

  readable(records: number): number {
    return records;
  }

  seal(seal: Seal): void {
    writeSeal(this.views, seal);
    this.#unmap();
    try {
      ftruncateSync(this.#fd, segmentBytes(seal.records));
    } finally {
      closeQuietly(this.#fd);
    }
  }

  abandon(): void {
    this.#unmap();
    closeQuietly(this.#fd);
  }
}

/**
 * Records are collected and written by `flush`. The memory is shared by the segments of one writer, one after the other,
 * and may hold fewer records than a segment: then it slides over it.
 */
export class WrittenSegment implements SegmentFile {
  readonly views: SegmentViews;
  readonly segment: number;
  readonly capacity: number;
  readonly window: number;
  readonly #bytes: Uint8Array;
  readonly #lane: Lane | undefined;
  readonly #fd: number;
  /** Index in the segment of the first record in memory. */
  #base = 0;
  #flushed = 0;

  /** `memory`: of the writer itself, or the lane that its process can read too. */
  constructor(path: string, header: SegmentHeader, memory: ArrayBuffer | Lane) {
    this.segment = header.segment;
    this.capacity = header.capacity;
    this.#lane = memory instanceof ArrayBuffer ? undefined : memory;
    const bytes = memory instanceof ArrayBuffer ? new Uint8Array(memory) : memory.bytes;
    this.window = Math.min(header.capacity, Math.floor((bytes.length - HEADER_SIZE) / RECORD_SIZE));
    this.#bytes = bytes.subarray(0, segmentBytes(this.window));
    this.views = viewsOf(bytes.buffer, bytes.byteOffset, this.#bytes.length);
    this.#lane?.slideTo(0);
    writeHeader(this.views, header);
    if (this.#lane?.closing) writeThrough(this.views);
    try {
      // Who saves a lane at the end of the process may be the first to make the file.
      this.#fd = openSync(path, this.#lane ? O_RDWR | O_CREAT : 'wx', 0o600);
    } catch (error) {
      this.#forget();
      throw error;
    }
    try {
      this.#write(0, HEADER_SIZE, 0);
    } catch (error) {
      this.#forget();
      closeQuietly(this.#fd);
      removeQuietly(path);
      throw error;
    }
  }

  flush(records: number): void {
    if (records <= this.#flushed) return;
    this.#write(segmentBytes(this.#flushed), segmentBytes(records), this.#base * RECORD_SIZE);
    this.#flushed = records;
  }

  slide(): void {
    this.#base = this.#flushed;
    this.#lane?.slideTo(this.#base);
  }

  markThrough(): void {
    writeThrough(this.views);
    this.#write(SEAL_OFFSET, SEAL_OFFSET + SEAL_SIZE, 0);
  }

  seal(seal: Seal): void {
    try {
      this.flush(seal.records);
      writeSeal(this.views, seal);
      this.#write(SEAL_OFFSET, SEAL_OFFSET + SEAL_SIZE, 0);
    } finally {
      closeQuietly(this.#fd);
    }
  }

  abandon(): void {
    this.#forget();
    closeQuietly(this.#fd);
  }

  readable(): number {
    return this.#flushed;
  }

  /** The writer counts the records as given up: whoever saves the lane must not write them after all. */
  #forget(): void {
    if (this.#lane) this.#bytes.fill(0, 0, HEADER_SIZE);
  }

  /** Writes the file's bytes `from`–`to`, which in memory lie `shift` bytes further to the front. */
  #write(from: number, to: number, shift: number): void {
    for (let at = from; at < to; ) {
      const written = writeSync(this.#fd, this.#bytes, at - shift, to - at, at);
      if (written === 0) throw new Error('The system wrote nothing');
      at += written;
      if (from >= HEADER_SIZE) this.#flushed = Math.floor((at - HEADER_SIZE) / RECORD_SIZE);
    }
  }
}

export function removeQuietly(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch {
    return false;
  }
}
