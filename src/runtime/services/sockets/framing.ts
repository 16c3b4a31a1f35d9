/** Messages on a byte stream: length (4 bytes, big-endian), form (1 byte), content. */
import { OSError, ValueError } from '../../core/errors/errors.ts';
import { FORM } from '../../core/messages/ring.ts';

const HEAD = 5;
/** What the length can say. */
export const MOST_BYTES = 0x7fffffff - HEAD;
/** Most bytes of a message unless its receiver allows more or less. */
export const USUAL_BYTES = 256 * 1024 * 1024;
/** A message that does not come in one piece begins with so much memory, which grows as its bytes come. */
const FIRST_BYTES = 64 * 1024;
const NO_BYTES = Buffer.alloc(0);

export interface Frame {
  readonly form: number;
  readonly bytes: Buffer;
}

export function frame(form: number, bytes: Uint8Array): Buffer {
  if (bytes.length > MOST_BYTES)
    throw new ValueError(
      `a message of ${bytes.length} bytes is too long for a socket: at most ${MOST_BYTES}`,
    );
  const out = Buffer.allocUnsafe(HEAD + bytes.length);
  out.writeUInt32BE(bytes.length, 0);
  out.writeUInt8(form, 4);
  out.set(bytes, HEAD);
  return out;
}

/** A message of which only a part is there. */
interface Partial {
  readonly form: number;
  readonly length: number;
  bytes: Buffer;
  filled: number;
}

/** Cuts what comes from a stream into frames. It holds no more than twice what has come, whatever a head promises. */
export class Deframer {
  /** Most bytes of one message. */
  limit: number;
  /** What has come behind the frames that were taken, and the frame that is longer than that. */
  #rest: Buffer = NO_BYTES;
  #partial: Partial | undefined;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Bytes that have come and belong to no frame that was taken. */
  get waiting(): number {
    return this.#rest.length + (this.#partial?.filled ?? 0);
  }

  push(chunk: Buffer): void {
    const left = this.#partial === undefined ? chunk : this.#fill(this.#partial, chunk);
    if (left.length > 0) this.#rest = this.#rest.length === 0 ? left : Buffer.concat([this.#rest, left]);
  }

  /** The next complete frame. @throws OSError when the stream holds something else, or a longer frame than is allowed */
  next(): Frame | undefined {
    if (this.#partial !== undefined) return this.#finish(this.#partial);
    if (this.#rest.length < HEAD) return undefined;
    const length = this.#rest.readUInt32BE(0);
    const form = this.#rest.readUInt8(4);
    if (form !== FORM.value && form !== FORM.bytes)
      throw new OSError('bad message on the connection: not of this protocol');
    if (length > this.limit)
      throw new OSError(`bad message on the connection: ${length} bytes, at most ${this.limit} are taken`);
    const content = this.#rest.subarray(HEAD);
    if (content.length >= length) {
      this.#rest = content.subarray(length);
      return { form, bytes: content.subarray(0, length) };
    }
    const bytes = Buffer.allocUnsafeSlow(Math.min(length, Math.max(FIRST_BYTES, content.length)));
    this.#partial = { form, length, bytes, filled: content.copy(bytes) };
    this.#rest = NO_BYTES;
    return undefined;
  }

  /** What is left of the chunk. */
  #fill(partial: Partial, chunk: Buffer): Buffer {
    const part = chunk.subarray(0, partial.length - partial.filled);
    const needed = partial.filled + part.length;
    if (needed > partial.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(
        Math.min(partial.length, Math.max(needed, 2 * partial.bytes.length)),
      );
      partial.bytes.copy(larger, 0, 0, partial.filled);
      partial.bytes = larger;
    }
    partial.filled += part.copy(partial.bytes, partial.filled);
    return chunk.subarray(part.length);
  }

  #finish({ form, length, bytes, filled }: Partial): Frame | undefined {
    if (filled < length) return undefined;
    this.#partial = undefined;
    return { form, bytes };
  }
}
