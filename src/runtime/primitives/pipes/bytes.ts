/** The bytes that a caller gives: to send a part of, or to receive into. */
import { inspect, types } from 'node:util';
import { TypeMismatch, ValueError } from '../../core/errors/errors.ts';

/** @throws TypeMismatch for what are no bytes */
function asBytes(bytes: ArrayBufferView | ArrayBuffer): Uint8Array {
  if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (types.isAnyArrayBuffer(bytes)) return new Uint8Array(bytes);
  throw new TypeMismatch(`bytes are a Buffer, a typed array or an ArrayBuffer, not ${inspect(bytes)}`);
}

/** @throws ValueError for what is no whole number from 0 */
export function checkPlace(what: string, value: unknown): void {
  if (typeof value === 'number' && value < 0) throw new ValueError(`${what} is negative`);
  if (!Number.isSafeInteger(value)) throw new ValueError(`${what} is a whole number, not ${inspect(value)}`);
}

/** `size` of the bytes from `offset`. @throws ValueError where they have no such part */
export function partOf(bytes: ArrayBufferView | ArrayBuffer, offset = 0, size?: number): Uint8Array {
  const all = asBytes(bytes);
  checkPlace('offset', offset);
  if (offset > all.length) throw new ValueError('buffer length < offset');
  const length = size ?? all.length - offset;
  checkPlace('size', length);
  if (offset + length > all.length) throw new ValueError('buffer length < offset + size');
  return all.subarray(offset, offset + length);
}

/** The room from `offset` on. @throws ValueError where there is none */
export function checkRoom(into: ArrayBufferView, offset: number): Uint8Array {
  const all = asBytes(into);
  checkPlace('offset', offset);
  if (offset > all.length) throw new ValueError('offset too large');
  return all.subarray(offset);
}
