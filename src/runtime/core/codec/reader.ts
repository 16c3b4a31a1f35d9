import { SerializationError } from '../errors/errors.ts';
import { type FastBuffer, TAG } from './tags.ts';

/** Most bytes of an unsigned LEB128 number: 8 hold more than any length that memory has. */
const LONGEST_NUMBER = 8;

/**
 * Reads what {@link Writer} wrote, between two positions of a buffer. Whoever wrote it may be a stranger: nothing outside
 * of the two positions is ever read, and every length is checked against what is left before memory is made for it.
 * @throws SerializationError where the bytes end too early or say what cannot be
 */
export class Reader {
  bytes = Buffer.alloc(0) as FastBuffer;
  position = 0;
  /** Position behind the last byte. */
  end = 0;

  reset(bytes: Buffer, from: number, end: number): void {
    this.bytes = bytes as FastBuffer;
    this.position = from;
    this.end = Math.min(end, bytes.length);
  }

  /** Bytes that are left. */
  get left(): number {
    return this.end - this.position;
  }

  byte(): number {
    if (this.position >= this.end) throw damaged('it ends too early');
    return this.bytes[this.position++] as number;
  }

  /** A non-negative integer. */
  number(): number {
    const byte = this.byte();
    return byte < 128 ? byte : this.#longNumber(byte);
  }

  #longNumber(first: number): number {
    let value = first & 127;
    for (let count = 1, scale = 128, byte = first; byte > 127; count++, scale *= 128) {
      if (count === LONGEST_NUMBER) throw damaged('a number is too long');
      byte = this.byte();
      value += (byte & 127) * scale;
    }
    return value;
  }

  /** A whole number, zigzag. */
  integer(): number {
    const zigzag = this.number();
    if (zigzag < 0x80000000) return (zigzag >>> 1) ^ -(zigzag & 1);
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  }

  /** How many items follow, each of at least `bytes` bytes. */
  count(bytes: number): number {
    const count = this.number();
    if (count * bytes > this.end - this.position) throw damaged(`${count} items cannot follow`);
    return count;
  }

  /** Steps over `length` bytes; where they begin. */
  skip(length: number): number {
    if (length > this.end - this.position) throw damaged(`${length} bytes cannot follow`);
    const start = this.position;
    this.position += length;
    return start;
  }

  double(): number {
    return this.bytes.readDoubleLE(this.skip(8));
  }

  /** A string with its tag. */
  string(): string {
    return this.text(this.byte());
  }

  /** A string whose tag was read. */
  text(tag: number): string {
    if (tag !== TAG.latin1 && tag !== TAG.utf16) throw damaged(`tag ${tag} is no string`);
    const width = tag === TAG.latin1 ? 1 : 2;
    const length = this.number() * width;
    const start = this.skip(length);
    return width === 1
      ? this.bytes.latin1Slice(start, start + length)
      : this.bytes.ucs2Slice(start, start + length);
  }

  /** The next `length` bytes, in memory of their own. */
  copy(length: number): ArrayBuffer {
    const start = this.skip(length);
    // Zeroing fresh memory would cost as much as filling it; `skip` has seen that all of it will be filled.
    const copy = Buffer.allocUnsafeSlow(length);
    copy.set(this.bytes.subarray(start, start + length));
    return copy.buffer as ArrayBuffer;
  }
}

/** `why`: what is wrong with the bytes. */
export function damaged(why: string, cause?: unknown): SerializationError {
  return new SerializationError(`a message cannot be read: ${why}`, cause === undefined ? {} : { cause });
}
