import fs from 'node:fs';
import type { SharedFiles } from '../base/environment.ts';
import { RECORD_SIZE } from './records.ts';
import type { Seal, SegmentHeader, SegmentViews } from './segment.ts';
import {
  HEADER_SIZE,
  SEAL_OFFSET,
  SEAL_SIZE,
  segmentBytes,
  viewsOf,
  writeHeader,
  writeSeal,
} from './segment.ts';

/** One open segment that a writer fills. Methods throw what the system says (full disk …). */
export interface SegmentFile {
  readonly views: SegmentViews;
  readonly capacity: number;
  /** Makes the first `records` records readable by others. */
  flush(records: number): void;
  /** How many of the first `records` records others can read now, also after a flush that failed. */
  readable(records: number): number;
  /** Ends it; its views must not be touched any more. */
  seal(seal: Seal): void;
  /** Lets go of it as it is, after an error. */
  abandon(): void;
}

// Taken now: programs and test libraries replace these functions, and traces are none of their business.
const { closeSync, ftruncateSync, openSync, unlinkSync, writeSync } = fs;

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
  readonly capacity: number;
  readonly #fd: number;
  readonly #unmap: () => void;

  constructor(path: string, header: SegmentHeader, files: SharedFiles) {
    this.capacity = header.capacity;
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

/** Records are collected and written by `flush`. The buffer is shared by the segments of one writer, one after the other. */
export class WrittenSegment implements SegmentFile {
  readonly views: SegmentViews;
  readonly capacity: number;
  readonly #bytes: Uint8Array;
  readonly #fd: number;
  #flushed = 0;

  constructor(path: string, header: SegmentHeader, buffer: ArrayBuffer) {
    this.capacity = header.capacity;
    this.#bytes = new Uint8Array(buffer, 0, segmentBytes(header.capacity));
    this.views = viewsOf(buffer, 0, this.#bytes.length);
    writeHeader(this.views, header);
    this.#fd = openSync(path, 'wx', 0o600);
    try {
      this.#write(0, HEADER_SIZE);
    } catch (error) {
      closeQuietly(this.#fd);
      removeQuietly(path);
      throw error;
    }
  }

  flush(records: number): void {
    if (records <= this.#flushed) return;
    this.#write(segmentBytes(this.#flushed), segmentBytes(records));
    this.#flushed = records;
  }

  seal(seal: Seal): void {
    try {
      this.flush(seal.records);
      writeSeal(this.views, seal);
      this.#write(SEAL_OFFSET, SEAL_OFFSET + SEAL_SIZE);
    } finally {
      closeQuietly(this.#fd);
    }
  }

  abandon(): void {
    closeQuietly(this.#fd);
  }

  readable(): number {
    return this.#flushed;
  }

  #write(from: number, to: number): void {
    for (let at = from; at < to; ) {
      const written = writeSync(this.#fd, this.#bytes, at, to - at, at);
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
