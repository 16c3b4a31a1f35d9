import type { Ns, Slot } from '../../base/quantities.ts';
import { crc32 } from './hash.ts';
import { isTime, LIMIT } from './limits.ts';

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
const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const NOTHING = new Uint8Array(0);
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
  if (bytes.length < 10 || bytes.length > LIMIT.line || bytes[8] !== 32) return undefined;
  const crc = decoder.decode(bytes.subarray(0, 8));
  if (!/^[0-9a-f]{8}$/.test(crc) || Number.parseInt(crc, 16) !== crc32(bytes, 9)) return undefined;
  const match = /^(\d+) (\S+) (\d+) (.*)$/s.exec(decoder.decode(bytes.subarray(9)));
  if (!match || isNestedTooDeep(bytes)) return undefined;
  const [seq, time, slot] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (seq > LIMIT.lines || !Number.isSafeInteger(slot) || !isTime(time)) return undefined;
  try {
    const value: unknown = JSON.parse(match[4]!);
    return { seq, time, slot, value };
  } catch {
    return undefined;
  }
}

/** Counts brackets outside of texts: the parser would make an object for each. */
function isNestedTooDeep(bytes: Uint8Array): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) inText = !inText;
    else if (byte === BACKSLASH) at++;
    else if (inText) continue;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth++;
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--;
    if (depth > LIMIT.nesting) return true;
  }
  return false;
}

export interface ParsedLines {
  readonly lines: readonly Line[];
  /** Lines that are missing or damaged in what was parsed now. */
  readonly lost: number;
}

/** Cuts a growing file into lines; keeps the unfinished rest for the next time. */
export class LineParser {
  /** Pieces of the line that has no end yet. */
  #rest: Uint8Array[] = [];
  #restBytes = 0;
  #nextSeq = 0;
  #damaged = 0;

  /** Lines that have been there so far, damaged and missing ones included. */
  get count(): number {
    return this.#nextSeq;
  }
  /** So much of the file is damaged that it is something else: what follows is not worth a look. */
  get isHopeless(): boolean {
    return this.#damaged > LIMIT.damagedLines || this.#restBytes > LIMIT.hopelessLine;
  }

  /** `final`: nothing will follow, an unfinished line is damaged. */
  push(bytes: Uint8Array, final = false): ParsedLines {
    const lines: Line[] = [];
    let lost = 0;
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0 && !this.isHopeless; end = bytes.indexOf(NEWLINE, from)) {
      if (end > from || this.#restBytes > 0)
        lost += this.#take(this.#withRest(bytes.subarray(from, end)), lines);
      from = end + 1;
      while (bytes[from] === NEWLINE) from++;
    }
    if (from < bytes.length) this.#keep(bytes.slice(from));
    if (final && this.#restBytes > 0) lost += this.#take(this.#withRest(NOTHING), lines);
    return { lines, lost };
  }

  /** What is longer than a line can be is not kept, but still counted as one. */
  #keep(piece: Uint8Array): void {
    this.#restBytes += piece.length;
    if (this.#restBytes > LIMIT.line) this.#rest = [];
    else this.#rest.push(piece);
  }

  /** The whole line that ends with this piece; `undefined`: it is too long. */
  #withRest(piece: Uint8Array): Uint8Array | undefined {
    const bytes = this.#restBytes + piece.length;
    const whole = this.#rest.length === 0 ? piece : joined([...this.#rest, piece], bytes);
    this.#rest = [];
    this.#restBytes = 0;
    return bytes > LIMIT.line ? undefined : whole;
  }

  /** Appends the line to `lines`; the number of lines that it proves lost (its own damage shows at the next line). */
  #take(bytes: Uint8Array | undefined, lines: Line[]): number {
    const line = bytes && decodeLine(bytes);
    if (!line) {
      this.#nextSeq++;
      this.#damaged++;
      return 1;
    }
    // A damaged line counts as one; when it hid several, the next number shows the others.
    const missing = Math.max(0, line.seq - this.#nextSeq);
    this.#nextSeq = line.seq + 1;
    lines.push(line);
    return missing;
  }
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
