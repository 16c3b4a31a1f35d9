/** Where received messages land, and how bytes get there. */

/** Of a fresh ring, and of the memory for messages. */
export const FIRST_BYTES = 64 * 1024;
const KEEP_SCRATCH = 4 * 1024 * 1024;
export const NO_BYTES: Buffer = Buffer.alloc(0);

/** Received messages land here; reused, since fresh memory for each large message costs more than copying. */
let scratch: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);

const SHORT = 48;

/** Short copies byte by byte: `set` and `subarray` cost more than that. */
export function copy(from: Uint8Array, at: number, to: Uint8Array, position: number, length: number): void {
  if (length <= SHORT) for (let i = 0; i < length; i++) to[position + i] = from[at + i] as number;
  else to.set(from.subarray(at, at + length), position);
}

/** At least `length` bytes, valid until the next call. */
export function reserveScratch(length: number): Buffer {
  if (length <= scratch.length && scratch.length <= KEEP_SCRATCH) return scratch;
  if (length <= FIRST_BYTES || length > scratch.length) {
    scratch = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(Math.max(length, FIRST_BYTES))));
  }
  return scratch;
}
