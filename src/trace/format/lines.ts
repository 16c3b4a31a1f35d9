import type { Ns, Slot } from '../../base/quantities.ts';
import { crc32 } from './hash.ts';

/**
 * Lines of definition and session files: `crc seq time slot json\n` in UTF-8.
 * `crc`: 8 hex digits, CRC-32 of everything after the blank that follows it. `seq`: number of the line in its file from 0,
 * so that a missing line shows. `time`: ns since the session's origin when it was written. `slot`: how many records its
 * stream had then, which gives it its place among them; 0 in the session file.
 */
export interface Line {
  readonly seq: number;
  readonly time: Ns;
  readonly slot: Slot;
  readonly value: unknown;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NEWLINE = 10;
/** A longer line is damage: it would make a reader collect without end. */
const MAX_LINE = 16 * 1024 * 1024;

export function encodeLine(line: Line): Uint8Array {
  const body = encoder.encode(`${line.seq} ${line.time} ${line.slot} ${JSON.stringify(line.value)}`);
  const crc = crc32(body).toString(16).padStart(8, '0');
  const bytes = new Uint8Array(body.length + 10);
  encoder.encodeInto(`${crc} `, bytes);
  bytes.set(body, 9);
  bytes[bytes.length - 1] = NEWLINE;
  return bytes;
}

/** One line without its newline, or `undefined` where it is damaged. */
export function decodeLine(bytes: Uint8Array): Line | undefined {
  if (bytes.length < 10 || bytes[8] !== 32) return undefined;
  const crc = decoder.decode(bytes.subarray(0, 8));
  if (!/^[0-9a-f]{8}$/.test(crc) || Number.parseInt(crc, 16) !== crc32(bytes, 9)) return undefined;
  const match = /^(\d+) (\S+) (\d+) (.*)$/s.exec(decoder.decode(bytes.subarray(9)));
  if (!match) return undefined;
  try {
    const value: unknown = JSON.parse(match[4]!);
    return { seq: Number(match[1]), time: Number(match[2]), slot: Number(match[3]), value };
  } catch {
    return undefined;
  }
}

export interface ParsedLines {
  readonly lines: readonly Line[];
  /** Lines that are missing or damaged in what was parsed now. */
  readonly lost: number;
}

/** Cuts a growing file into lines; keeps the unfinished rest for the next time. */
export class LineParser {
  #rest: Uint8Array = new Uint8Array(0);
  #nextSeq = 0;

  /** Lines that have been there so far, damaged and missing ones included. */
  get count(): number {
    return this.#nextSeq;
  }

  /** `final`: nothing will follow, an unfinished line is damaged. */
  push(bytes: Uint8Array, final = false): ParsedLines {
    const all = this.#rest.length === 0 ? bytes : concat(this.#rest, bytes);
    const lines: Line[] = [];
    let lost = 0;
    let from = 0;
    for (let end = all.indexOf(NEWLINE); end >= 0; end = all.indexOf(NEWLINE, from)) {
      if (end > from) lost += this.#take(all.subarray(from, end), lines);
      from = end + 1;
    }
    this.#rest = all.slice(from);
    if (this.#rest.length > MAX_LINE || (final && this.#rest.length > 0)) {
      lost += this.#take(this.#rest, lines);
      this.#rest = new Uint8Array(0);
    }
    return { lines, lost };
  }

  /** Appends the line to `lines`; the number of lines that it proves lost (its own damage shows at the next line). */
  #take(bytes: Uint8Array, lines: Line[]): number {
    const line = decodeLine(bytes);
    if (!line) {
      this.#nextSeq++;
      return 1;
    }
    // A damaged line counts as one; when it hid several, the next number shows the others.
    const missing = Math.max(0, line.seq - this.#nextSeq);
    this.#nextSeq = line.seq + 1;
    lines.push(line);
    return missing;
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
