/** Views of one buffer: they arrive as views of one buffer. */

import { type AnyView, BUFFER_VIEW, TAG } from './tags.ts';
import type { Writer } from './writer.ts';

/** Bytes between two views that travel with them, so that they have one buffer; more of it than of them would be waste. */
const MOST_BETWEEN = 4096;

/** The buffer of views in the message, and where the first of them lies in it. */
interface Group {
  readonly buffer: ArrayBufferLike;
  /** The first object's number, and its kind; undefined: it is the ArrayBuffer itself. */
  readonly number: number;
  readonly kind: number | undefined;
  /** Positions of the first object's tag, and behind it, in the message. */
  start: number;
  end: number;
  /** The first view in its buffer, in bytes. */
  readonly offset: number;
  readonly length: number;
  /** What of the buffer is in the message. */
  low: number;
  high: number;
  /** Of the buffer's views, the largest element, in bytes. */
  align: number;
  /** Parts of it are Node's own memory for small Buffers, which is not to travel. */
  pooled: boolean;
  wide: boolean;
}

export interface ViewInfo {
  readonly value: AnyView;
  readonly kind: number;
  /** Bytes of an element. */
  readonly size: number;
}

/** The buffers of one message. A view is written whole; when a second one of its buffer comes, the first is written anew. */
export class SharedViews {
  readonly #out: Writer;
  readonly #groups = new Map<ArrayBufferLike, Group>();

  constructor(out: Writer) {
    this.#out = out;
  }

  /** What has been written from `start` on is the first view of its buffer, or the buffer itself. */
  first(start: number, number: number, what: ViewInfo | ArrayBuffer): void {
    const isBuffer = what instanceof ArrayBuffer;
    const view = isBuffer ? new Uint8Array(what) : what.value;
    const { buffer, byteOffset: offset, byteLength: length } = view;
    if (this.#groups.has(buffer)) return;
    this.#groups.set(buffer, {
      buffer,
      number,
      kind: isBuffer ? undefined : what.kind,
      start,
      end: this.#out.position,
      offset,
      length,
      low: offset,
      high: offset + length,
      align: isBuffer ? 8 : what.size,
      pooled: !isBuffer && isPooled(what),
      wide: isBuffer,
    });
  }

  /** Writes a view by its buffer, which is in the message; false: it is not. */
  view(what: ViewInfo): boolean {
    const { value, kind, size } = what;
    const group = this.#groups.get(value.buffer);
    if (group === undefined || !this.#cover(group, value.byteOffset, value.byteLength, size, isPooled(what)))
      return false;
    const out = this.#out;
    out.byte(TAG.viewOf);
    out.byte(kind);
    for (const number of [group.number, value.byteOffset, value.byteLength]) out.length(number);
    return true;
  }

  /** Writes an ArrayBuffer of which a view is in the message; false: none is. */
  buffer(value: ArrayBuffer): boolean {
    const group = this.#groups.get(value);
    if (group === undefined || !this.#cover(group, 0, value.byteLength, 8, false)) return false;
    this.#out.byte(TAG.bufferOf);
    this.#out.length(group.number);
    return true;
  }

  /** Whether the group has, or can get, these bytes of its buffer. */
  #cover(group: Group, offset: number, length: number, size: number, pooled: boolean): boolean {
    const low = Math.min(group.low, offset);
    const high = Math.max(group.high, offset + length);
    const between = high - low - (group.high - group.low) - length;
    if (between > 0 && (pooled || group.pooled || between > MOST_BETWEEN + high - low - between))
      return false;
    const align = Math.max(group.align, size);
    const aligned = low - (low % align);
    if (group.wide && aligned === group.low && high === group.high) return true;
    Object.assign(group, { low: aligned, high, align, pooled: pooled || group.pooled, wide: true });
    this.#rewrite(group);
    return true;
  }

  #rewrite(group: Group): void {
    const { buffer, kind = BUFFER_VIEW, offset, length, low, high } = group;
    const out = this.#out;
    const numbers = [offset, length, low, high - low];
    const head = 2 + numbers.reduce((sum, number) => sum + lengthOf(number), 0);
    const before = group.end - group.start;
    out.splice(group.start, before, head + high - low);
    const end = out.position;
    out.position = group.start;
    out.byte(TAG.wideView);
    out.byte(kind);
    for (const number of numbers) out.length(number);
    out.raw(new Uint8Array(buffer, low, high - low));
    group.end = out.position;
    const more = group.end - group.start - before;
    out.position = end;
    for (const other of this.#groups.values()) {
      if (other === group || other.start < group.start) continue;
      other.start += more;
      other.end += more;
    }
  }
}

function isPooled({ value, kind }: ViewInfo): boolean {
  return kind === BUFFER_VIEW && value.byteLength < value.buffer.byteLength;
}

/** Bytes of a number as the writer's `length` writes it. */
function lengthOf(number: number): number {
  return number < 128 ? 1 : 1 + lengthOf(Math.floor(number / 128));
}
