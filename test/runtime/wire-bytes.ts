/** Bytes as the runtime's codec and sockets have them, made by hand: also such as no encoder makes. */
import { TAG } from '../../src/runtime/core/codec/tags.ts';

/** Unsigned LEB128. */
export function number(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}

/** A tag, a count or length, and what follows. */
export function tagged(tag: number, count: number, ...rest: readonly Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.from([tag]), number(count), ...rest]);
}

export const text = (value: string): Buffer => tagged(TAG.latin1, value.length, Buffer.from(value, 'latin1'));
export const int = (value: number): Buffer => tagged(TAG.int, value * 2);
export const array = (...items: readonly Uint8Array[]): Buffer => tagged(TAG.array, items.length, ...items);
export const object = (key: string, value: Uint8Array): Buffer => tagged(TAG.object, 1, text(key), value);
export const nothing = Buffer.from([TAG.undefined]);

/** `length` is what the head says; that of the bytes unless given. */
export function framed(bytes: Uint8Array, form = 0, length = bytes.length): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(length, 0);
  head[4] = form;
  return Buffer.concat([head, bytes]);
}
