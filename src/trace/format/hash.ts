import type { Slot } from '../../base/quantities.ts';
import { RECORD_SIZE } from './records.ts';

/** 32-bit words in a record. */
export const RECORD_WORDS = RECORD_SIZE / 4;
const PRIME_A = 0x9e3779b1 | 0;
const PRIME_B = 0x85ebca77 | 0;
const PRIME_C = 0xc2b2ae3d | 0;

/**
 * The check of the record whose words start at `words[at]`, stored in slot `slot` of its stream.
 * Two lanes, so that the processor can compute them side by side; every step is a bijection of its lane, so that
 * a change of any one word always changes the result. Never 0: that is a slot that nobody has written.
 */
export function recordCheck(words: Int32Array, at: number, slot: Slot): number {
  let a = Math.imul((slot | 0) ^ words[at]!, PRIME_A);
  let b = Math.imul(words[at + 1]! ^ PRIME_C, PRIME_B);
  a = Math.imul((a ^ (a >>> 15)) + words[at + 2]!, PRIME_A);
  b = Math.imul((b ^ (b >>> 13)) + words[at + 3]!, PRIME_B);
  a = Math.imul((a ^ (a >>> 15)) + words[at + 4]!, PRIME_A);
  b = Math.imul((b ^ (b >>> 13)) + words[at + 5]!, PRIME_B);
  a = Math.imul((a ^ (a >>> 15)) + words[at + 6]!, PRIME_A);
  const h = (a ^ (a >>> 16)) + Math.imul(b ^ (b >>> 16), PRIME_C);
  return (h ^ (h >>> 15)) | 0 || 1;
}

/** FNV-1a of a string's UTF-16 units; identifies a stream in its segments. */
export function hashText(text: string): number {
  let h = 0x811c9dc5 | 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** Hash of `count` words from `words[at]`, for headers. Never 0. */
export function wordsCheck(words: Int32Array, at: number, count: number): number {
  let h = PRIME_C;
  for (let i = at; i < at + count; i++) h = Math.imul((h ^ (h >>> 15)) + words[i]!, PRIME_A);
  return (h ^ (h >>> 16)) | 0 || 1;
}

/** CRC-32 of each half byte: small, since every traced process builds it. */
const CRC_TABLE = new Int32Array(16);
for (let n = 0; n < 16; n++) {
  let c = n;
  for (let k = 0; k < 4; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  CRC_TABLE[n] = c;
}

/** CRC-32 (IEEE 802.3) of bytes: the check of a definition line, computable with any tool. */
export function crc32(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let c = -1;
  for (let i = from; i < to; i++) {
    c ^= bytes[i]!;
    c = CRC_TABLE[c & 15]! ^ (c >>> 4);
    c = CRC_TABLE[c & 15]! ^ (c >>> 4);
  }
  return ~c >>> 0;
}
