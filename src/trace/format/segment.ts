import type { Ns, Slot } from '../../base/quantities.ts';
import { wordsCheck } from './hash.ts';
import { RECORD_SIZE } from './records.ts';

/**
 * A segment file: a header, eight hot slots, then records. All numbers are little-endian.
 *
 * | offset | type | field       | meaning                                                               |
 * |-------:|------|-------------|-----------------------------------------------------------------------|
 * |      0 | u32  | magic       | the bytes `FKSR`                                                      |
 * |      4 | u32  | version     | trace version                                                         |
 * |      8 | u32  | stream      | hash of the stream's name                                             |
 * |     12 | u32  | segment     | number of the segment in its stream, from 0                           |
 * |     16 | f64  | first       | slot index of its first record in the stream                          |
 * |     24 | f64  | dropped     | records of the stream that its writer had given up when it began this |
 * |     32 | u32  | capacity    | records that it can hold                                              |
 * |     36 | u32  | sink        | 0: written, 1: mapped (preallocated with zeros)                       |
 * |     40 | u32  | check       | hash of the bytes 0–39                                                |
 * |     44 | u32  | lines       | sealed: lines that the stream's definition file had                   |
 * |     48 | f64  | watermark   | sealed: the stream is complete up to this time; +Infinity: it ends    |
 * |     56 | u32  | sealed      | records in it + 1; 0: still open, or its writer was killed; 2³²−1: still |
 * |        |      |             | open, and each record is written at once                              |
 * |     60 | u32  | sealCheck   | hash of the bytes 44–59                                               |
 * |     64 | 8×32 | hot         | records overwritten in place, see `docs/trace-format.md`              |
 */
export const HOT_SLOTS = 8;
/** The hot slot of the lock that is held just now; the others count pairs, one resource each. */
export const HELD_SLOT = 0;
export const HOT_OFFSET = 64;
export const HEADER_SIZE = HOT_OFFSET + HOT_SLOTS * RECORD_SIZE;
/** Slot index with which the first hot slot is checked; the others follow. Far above what a u32 counter reaches. */
export const HOT_SLOT_BASE = -HOT_SLOTS;

const MAGIC = 0x52534b46;
const WORD = {
  magic: 0,
  version: 1,
  stream: 2,
  segment: 3,
  capacity: 8,
  sink: 9,
  check: 10,
  lines: 11,
  sealed: 14,
  sealCheck: 15,
};
const DOUBLE = { first: 2, dropped: 3, watermark: 6 };
const SEAL_FROM = 11;
const SEAL_WORDS = 4;
/** The part of the header that is written when a segment is sealed. */
export const SEAL_OFFSET = 44;
export const SEAL_SIZE = 20;

/** `sealed` of a segment whose writer holds nothing back any more: when it ends there, nothing is missing. */
const WRITTEN_THROUGH = -1;

export const SINK = { written: 0, mapped: 1 } as const;
export type SinkKind = (typeof SINK)[keyof typeof SINK];

export interface SegmentHeader {
  readonly version: number;
  readonly stream: number;
  readonly segment: number;
  /** Slot index of its first record. */
  readonly first: Slot;
  readonly dropped: number;
  readonly capacity: number;
  readonly sink: SinkKind;
}
export interface Seal {
  readonly watermark: Ns;
  readonly records: number;
  readonly lines: number;
}
/** Two views on the same bytes of a segment; index 0 is the begin of the file. */
export interface SegmentViews {
  readonly words: Int32Array;
  readonly doubles: Float64Array;
}

export function segmentBytes(capacity: number): number {
  return HEADER_SIZE + capacity * RECORD_SIZE;
}
export function viewsOf(buffer: ArrayBufferLike, offset: number, bytes: number): SegmentViews {
  return {
    words: new Int32Array(buffer, offset, bytes >> 2),
    doubles: new Float64Array(buffer, offset, bytes >> 3),
  };
}

export function writeHeader(to: SegmentViews, header: SegmentHeader): void {
  const { words, doubles } = to;
  words.fill(0, 0, HEADER_SIZE >> 2);
  words[WORD.magic] = MAGIC;
  words[WORD.version] = header.version;
  words[WORD.stream] = header.stream | 0;
  words[WORD.segment] = header.segment;
  doubles[DOUBLE.first] = header.first;
  doubles[DOUBLE.dropped] = header.dropped;
  words[WORD.capacity] = header.capacity;
  words[WORD.sink] = header.sink;
  words[WORD.check] = wordsCheck(words, 0, WORD.check);
}

export function writeSeal(to: SegmentViews, seal: Seal): void {
  const { words, doubles } = to;
  words[WORD.lines] = seal.lines;
  doubles[DOUBLE.watermark] = seal.watermark;
  words[WORD.sealed] = seal.records + 1;
  words[WORD.sealCheck] = wordsCheck(words, SEAL_FROM, SEAL_WORDS);
}

/** Marks an open segment whose records are written at once from now on. */
export function writeThrough({ words, doubles }: SegmentViews): void {
  words[WORD.lines] = 0;
  doubles[DOUBLE.watermark] = 0;
  words[WORD.sealed] = WRITTEN_THROUGH;
  words[WORD.sealCheck] = wordsCheck(words, SEAL_FROM, SEAL_WORDS);
}

export function isWrittenThrough({ words }: SegmentViews): boolean {
  return words[WORD.sealed] === WRITTEN_THROUGH && hasSealCheck(words);
}

/** The header, or `undefined` where the bytes are not one. Its version is not judged here. */
export function readHeader(from: SegmentViews): SegmentHeader | undefined {
  const { words, doubles } = from;
  if (words.length < HEADER_SIZE >> 2 || words[WORD.magic] !== MAGIC) return undefined;
  if (words[WORD.check] !== wordsCheck(words, 0, WORD.check)) return undefined;
  return {
    version: words[WORD.version]!,
    stream: words[WORD.stream]! >>> 0,
    segment: words[WORD.segment]! >>> 0,
    first: doubles[DOUBLE.first]!,
    dropped: doubles[DOUBLE.dropped]!,
    capacity: words[WORD.capacity]! >>> 0,
    sink: words[WORD.sink] === SINK.mapped ? SINK.mapped : SINK.written,
  };
}

/** The seal, or `undefined` while the segment is open (or where the seal is damaged: then it counts as open). */
export function readSeal(from: SegmentViews): Seal | undefined {
  const { words, doubles } = from;
  const sealed = words[WORD.sealed];
  if (sealed === 0 || sealed === WRITTEN_THROUGH || !hasSealCheck(words)) return undefined;
  return {
    watermark: doubles[DOUBLE.watermark]!,
    records: (words[WORD.sealed]! >>> 0) - 1,
    lines: words[WORD.lines]! >>> 0,
  };
}

function hasSealCheck(words: Int32Array): boolean {
  return words[WORD.sealCheck] === wordsCheck(words, SEAL_FROM, SEAL_WORDS);
}

const SEGMENT_NAME = /^(\d+-[0-9a-z]+\.\d+)\.(\d+)\.fks$/;
const DEFINITIONS_NAME = /^(\d+-[0-9a-z]+\.\d+)\.def$/;
/** The file of what the session saw from outside. */
export const SESSION_FILE = 'session.def';

/** Files of what others than the launcher saw: an editor that debugs the program. Each writer has one of its own. */
const WITNESS_NAME = /^witness\.(\d+)-[0-9a-z]+\.def$/;

/** @param writer a pid, `-`, and what tells the writer from others with that pid (base 36) */
export function witnessName(writer: string): string {
  return `witness.${writer}.def`;
}
export function isWitnessName(name: string): boolean {
  return WITNESS_NAME.test(name);
}
/** Pid of the writer; 0: the name is none of a witness. */
export function witnessPid(name: string): number {
  return Number(WITNESS_NAME.exec(name)?.[1] ?? 0);
}

export function segmentName(stream: string, segment: number): string {
  return `${stream}.${segment}.fks`;
}
export function definitionsName(stream: string): string {
  return `${stream}.def`;
}
/** Which stream a file belongs to; `segment` is `undefined` for its definitions. `undefined`: neither. */
export function parseFileName(name: string): { stream: string; segment: number | undefined } | undefined {
  const segment = SEGMENT_NAME.exec(name);
  if (segment) return { stream: segment[1]!, segment: Number(segment[2]) };
  const definitions = DEFINITIONS_NAME.exec(name);
  return definitions ? { stream: definitions[1]!, segment: undefined } : undefined;
}
