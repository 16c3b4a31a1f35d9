// A trace folder in memory that can be taken apart, changed and put together again, with all checks right: what is hostile
// must be what it says, not that its checksums are wrong.
import fs from 'node:fs';
import path from 'node:path';
import { crc32, recordCheck, wordsCheck } from '../../src/trace/format/hash.ts';
import { encodeLine, type Line, LineParser } from '../../src/trace/format/lines.ts';
import { RECORD_SIZE } from '../../src/trace/format/records.ts';
import {
  HEADER_SIZE,
  readHeader,
  SESSION_FILE,
  type SegmentViews,
  viewsOf,
} from '../../src/trace/format/segment.ts';

/** Name of a file → its content. */
export type Trace = Record<string, Buffer>;
export type Json = Record<string, unknown>;
export interface JsonLine extends Omit<Line, 'value'> {
  value: Json;
  time: number;
  slot: number;
}

export const isDefinitions = (name: string): boolean => name.endsWith('.def');
export const isSegment = (name: string): boolean => name.endsWith('.fks');

export function load(dir: string): Trace {
  return Object.fromEntries(fs.readdirSync(dir).map((name) => [name, fs.readFileSync(path.join(dir, name))]));
}

export function save(trace: Trace, dir: string): string {
  fs.rmSync(dir, { recursive: true, force: true });
  fs.mkdirSync(dir, { recursive: true });
  for (const [name, bytes] of Object.entries(trace)) fs.writeFileSync(path.join(dir, name), bytes);
  return dir;
}

export function linesOf(bytes: Uint8Array): JsonLine[] {
  return new LineParser().push(bytes, true).lines.map((line) => structuredClone(line) as JsonLine);
}

export function encode(lines: readonly JsonLine[]): Buffer {
  return Buffer.concat(lines.map((line, seq) => encodeLine({ ...line, seq })));
}

/** One line with this text where its JSON stands. */
export function encodeRaw(seq: number, time: number, json: string): Buffer {
  const body = Buffer.from(`${seq} ${time} 0 ${json}`);
  const crc = crc32(body).toString(16).padStart(8, '0');
  return Buffer.concat([Buffer.from(`${crc} `), body, Buffer.from('\n')]);
}

/** Changes the lines of all definition files and of the session file. */
export function eachLine(trace: Trace, change: (line: JsonLine, name: string) => void): Trace {
  for (const name of Object.keys(trace).filter(isDefinitions)) {
    const lines = linesOf(trace[name]!);
    for (const line of lines) change(line, name);
    trace[name] = encode(lines);
  }
  return trace;
}

/** The name of the first stream's definition file. */
export function firstStream(trace: Trace): string {
  return Object.keys(trace).find((name) => isDefinitions(name) && name !== SESSION_FILE)!;
}

export interface Segment {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly views: SegmentViews;
}

/** A copy of a segment that can be written to. */
export function openSegment(content: Uint8Array): Segment {
  const bytes = new Uint8Array(content.length & ~7);
  bytes.set(content.subarray(0, bytes.length));
  return { bytes, views: viewsOf(bytes.buffer, 0, bytes.length) };
}

/** Index of the first word of each record that was written. */
export function recordWords({ views: { words } }: Segment): number[] {
  const found: number[] = [];
  for (let at = HEADER_SIZE >> 2; at + 8 <= words.length; at += RECORD_SIZE >> 2) {
    if (words[at + 7] !== 0) found.push(at);
  }
  return found;
}

/** Makes the checks of the header and of all records right again. */
export function sign(segment: Segment): Buffer {
  const { words } = segment.views;
  words[10] = wordsCheck(words, 0, 10);
  const first = readHeader(segment.views)?.first ?? 0;
  for (const at of recordWords(segment)) {
    words[at + 7] = recordCheck(words, at, first + (at - (HEADER_SIZE >> 2)) / (RECORD_SIZE >> 2));
  }
  return Buffer.from(segment.bytes);
}

/** Changes all segments that have a valid header. */
export function eachSegment(trace: Trace, change: (segment: Segment) => void): Trace {
  for (const name of Object.keys(trace).filter(isSegment)) {
    const segment = openSegment(trace[name]!);
    if (segment.bytes.length < HEADER_SIZE || !readHeader(segment.views)) continue;
    change(segment);
    trace[name] = sign(segment);
  }
  return trace;
}

/** A repeatable source of numbers from 0 to 1. */
export type Random = () => number;
export function randomOf(seed: number): Random {
  let state = seed >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
  for (let i = 0; i < 5; i++) next();
  return next;
}
