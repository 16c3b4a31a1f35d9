/** The buffer into which messages are copied out of shared memory, and how bytes are copied. */

/** Size of the receive buffer, and of a new ring, in bytes. */
export const FIRST_BYTES = 64 * 1024;
/** A receive buffer that has become larger than this is given up after the message it was for. */
const MOST_KEPT_BYTES = 4 * 1024 * 1024;
export const NO_BYTES: Buffer = Buffer.alloc(0);

/** One for the thread, reused for every message: fresh memory for each large one costs more than copying it. */
let receiveBuffer: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);

/** Bytes up to which a loop is faster than `set` with `subarray`. */
const SHORT = 48;

/** Copies `length` bytes of `from`, from `at` on, to `position` of `to`. */
export function copy(from: Uint8Array, at: number, to: Uint8Array, position: number, length: number): void {
  if (length <= SHORT) for (let i = 0; i < length; i++) to[position + i] = from[at + i] as number;
  else to.set(from.subarray(at, at + length), position);
}

/** The receive buffer, at least `length` bytes long. What lies in it is overwritten by the next message of the thread. */
export function reserveReceiveBuffer(length: number): Buffer {
  if (length <= receiveBuffer.length && receiveBuffer.length <= MOST_KEPT_BYTES) return receiveBuffer;
  if (length <= FIRST_BYTES || length > receiveBuffer.length) {
    receiveBuffer = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(Math.max(length, FIRST_BYTES))));
  }
  return receiveBuffer;
}
