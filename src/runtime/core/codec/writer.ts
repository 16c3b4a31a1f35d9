import type { FastBuffer } from './tags.ts';

const INITIAL = 64 * 1024;
const KEEP = 8 * 1024 * 1024;
const SHORT = 32;

/** A growing byte buffer, reused from message to message. */
export class Writer {
  bytes = Buffer.allocUnsafeSlow(INITIAL) as FastBuffer;
  position = 0;

  /** Begins anew, behind `head` bytes (less than 64 KiB) that are left as they are. */
  reset(head: number): void {
    this.position = head;
    if (this.bytes.length > KEEP) this.bytes = Buffer.allocUnsafeSlow(INITIAL) as FastBuffer;
  }

  /** Makes room for `more` bytes. */
  reserve(more: number): void {
    if (this.position + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(this.position + more + 1)));
    larger.set(this.bytes.subarray(0, this.position));
    this.bytes = larger as FastBuffer;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.position++] = value;
  }

  /** Non-negative integer up to 2^53. */
  length(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest > 127) {
      this.bytes[this.position++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.position++] = rest;
  }

  /** Makes `after` bytes of the `before` ones at `start`; what they hold is to be written then. What follows is moved. */
  splice(start: number, before: number, after: number): void {
    if (after > before) this.reserve(after - before);
    this.bytes.copyWithin(start + after, start + before, this.position);
    this.position += after - before;
  }

  double(value: number): void {
    this.reserve(8);
    this.position = this.bytes.writeDoubleLE(value, this.position);
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.position);
    this.position += bytes.length;
  }

  /** Tag, length and characters: one byte each where that is enough, else two, so that lone surrogates survive. */
  string(text: string, oneByte: number, twoByte: number): void {
    const { length } = text;
    if (length < SHORT) {
      if (this.#short(text, oneByte)) return;
    } else if (isLatin1(text)) {
      this.byte(oneByte);
      this.length(length);
      this.reserve(length);
      this.position += this.bytes.latin1Write(text, this.position, length);
      return;
    }
    this.byte(twoByte);
    this.length(length);
    this.reserve(length * 2);
    this.position += this.bytes.ucs2Write(text, this.position, length * 2);
  }

  #short(text: string, tag: number): boolean {
    this.reserve(SHORT + 2);
    const { bytes, position } = this;
    const { length } = text;
    bytes[position] = tag;
    bytes[position + 1] = length;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 255) return false;
      bytes[position + 2 + i] = code;
    }
    this.position = position + 2 + length;
    return true;
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is all one-byte characters
const NOT_LATIN1 = /[^\u0000-\u00ff]/;
function isLatin1(text: string): boolean {
  return !NOT_LATIN1.test(text);
}
