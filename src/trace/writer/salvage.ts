import fs from 'node:fs';
import { TRACE_VERSION } from '../format/definitions.ts';
import { hashText, RECORD_WORDS, recordCheck } from '../format/hash.ts';
import { RECORD_SIZE } from '../format/records.ts';
import {
  definitionsName,
  HEADER_SIZE,
  readHeader,
  readSeal,
  SEAL_OFFSET,
  SEAL_SIZE,
  type SegmentHeader,
  type SegmentViews,
  SINK,
  segmentBytes,
  segmentName,
  viewsOf,
  writeHeader,
  writeSeal,
  writeThrough,
} from '../format/segment.ts';
import type { Lane } from './lanes.ts';

// Taken now: programs and test libraries replace these functions, and traces are none of their business.
const { closeSync, existsSync, openSync, readSync, writeSync } = fs;
const { O_CREAT, O_RDWR } = fs.constants;
const HEADER_WORDS = HEADER_SIZE >> 2;

/** The stream whose worker collects its records in a lane. */
export interface Collected {
  /** The trace directory. */
  readonly dir: string;
  readonly stream: string;
  readonly lane: Lane;
}

/**
 * Writes what a worker thread had collected and not written. `ended`: it runs no more, and its stream is sealed. Otherwise it
 * may run on while the process ends: all that it writes itself is the same bytes at the same place, and what it records
 * from now on it writes at once (`Lanes.close`). Never throws: what cannot be written is missing, and readers will say so.
 */
export function salvage(collected: Collected, ended: boolean): void {
  const { stream, lane } = collected;
  try {
    // A copy: the thread may go on filling its lane.
    const base = lane.base;
    const bytes = new Uint8Array(lane.bytes);
    const views = viewsOf(bytes.buffer, 0, bytes.length);
    const header = readHeader(views);
    if (header?.stream !== hashText(stream) >>> 0) addEmpty(collected, ended);
    else if (!readSeal(views)) complete(collected, { header, views, bytes, base }, ended);
    else if (readSeal(views)?.watermark !== Number.POSITIVE_INFINITY) endSealed(collected, header, views);
  } catch {
    // The directory is gone or the disk full.
  }
}

interface Copy {
  readonly header: SegmentHeader;
  readonly views: SegmentViews;
  readonly bytes: Uint8Array;
  readonly base: number;
}

/** Writes the records, and after them the mark that nothing is missing. The worker may have made the file and written nothing. */
function complete(collected: Collected, { header, views, bytes, base }: Copy, ended: boolean): void {
  const records = validRecords(views, header.first + base);
  const path = `${collected.dir}/${segmentName(collected.stream, header.segment)}`;
  const fd = openSync(path, O_RDWR | O_CREAT, 0o600);
  try {
    const length = records * RECORD_SIZE;
    write(fd, bytes.subarray(HEADER_SIZE, HEADER_SIZE + length), segmentBytes(base));
    mark(views, base + records, collected.lane.lines, ended);
    write(fd, bytes.subarray(0, HEADER_SIZE), 0);
  } finally {
    closeSync(fd);
  }
}

/** How many records are whole. The last one may be half stored: its check does not match, and it is left out. */
function validRecords({ words }: SegmentViews, first: number): number {
  let count = 0;
  for (let at = HEADER_WORDS; at + RECORD_WORDS <= words.length; at += RECORD_WORDS) {
    const check = words[at + RECORD_WORDS - 1];
    if (check === 0 || check !== recordCheck(words, at, first + count)) break;
    count++;
  }
  return count;
}

/** The worker was stopped between two segments: marks the last one that it has sealed as the end, if no other one was begun. */
function endSealed({ dir, stream, lane }: Collected, { segment }: SegmentHeader, views: SegmentViews): void {
  const seal = readSeal(views);
  if (!seal || isBegun(`${dir}/${segmentName(stream, segment + 1)}`)) return;
  const bytes = new Uint8Array(views.words.buffer);
  writeSeal(views, { ...seal, lines: lane.lines, watermark: Number.POSITIVE_INFINITY });
  const fd = openSync(`${dir}/${segmentName(stream, segment)}`, 'r+');
  try {
    write(fd, bytes.subarray(SEAL_OFFSET, SEAL_OFFSET + SEAL_SIZE), SEAL_OFFSET);
  } finally {
    closeSync(fd);
  }
}

/** A segment with a header. The worker may have been stopped when it had made the file. */
function isBegun(path: string): boolean {
  if (!existsSync(path)) return false;
  const bytes = new Uint8Array(HEADER_SIZE);
  const fd = openSync(path, 'r');
  try {
    readSync(fd, bytes, 0, bytes.length, 0);
  } finally {
    closeSync(fd);
  }
  for (const byte of bytes) if (byte !== 0) return true;
  return false;
}

/** The worker was stopped between its first definition and its first record: gives its stream an empty segment, as its end. */
function addEmpty({ dir, stream, lane }: Collected, ended: boolean): void {
  if (!existsSync(`${dir}/${definitionsName(stream)}`)) return;
  const bytes = new Uint8Array(HEADER_SIZE);
  const views = viewsOf(bytes.buffer, 0, bytes.length);
  writeHeader(views, {
    version: TRACE_VERSION,
    stream: hashText(stream),
    segment: 0,
    first: 0,
    dropped: 0,
    capacity: 0,
    sink: SINK.written,
  });
  mark(views, 0, lane.lines, ended);
  const fd = openSync(`${dir}/${segmentName(stream, 0)}`, 'wx', 0o600);
  try {
    write(fd, bytes, 0);
  } finally {
    closeSync(fd);
  }
}

function mark(views: SegmentViews, records: number, lines: number, ended: boolean): void {
  if (ended) writeSeal(views, { records, lines, watermark: Number.POSITIVE_INFINITY });
  else writeThrough(views);
}

function write(fd: number, bytes: Uint8Array, position: number): void {
  for (let at = 0; at < bytes.length; ) {
    const written = writeSync(fd, bytes, at, bytes.length - at, position + at);
    if (written === 0) throw new Error('The system wrote nothing');
    at += written;
  }
}
