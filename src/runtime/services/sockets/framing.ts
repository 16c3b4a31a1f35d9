/** Messages on a byte stream: length (4 bytes, big-endian), form (1 byte), content. */
import { OSError } from '../../core/errors/errors.ts';

const HEAD = 5;
/** A longer message cannot be meant: what came is not of this protocol. */
const MOST = 0x7fffffff - HEAD;

export interface Frame {
  readonly form: number;
  readonly bytes: Buffer;
}

export function frame(form: number, bytes: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(HEAD + bytes.length);
  out.writeUInt32BE(bytes.length, 0);
  out.writeUInt8(form, 4);
  out.set(bytes, HEAD);
  return out;
}

/** Cuts what comes from a stream into frames. */
export class Deframer {
  #chunks: Buffer[] = [];
  #length = 0;
  /** Most bytes of one message; small until the peer has shown that it knows the key. */
  limit = MOST;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** The next complete frame. @throws OSError when the stream holds something else */
  next(): Frame | undefined {
    if (this.#length < HEAD) return undefined;
    const head = this.#peek(HEAD);
    const length = head.readUInt32BE(0);
    const form = head.readUInt8(4);
    if (length > this.limit || form > 1)
      throw new OSError('bad message on the connection: not of this protocol');
    if (this.#length < HEAD + length) return undefined;
    this.#take(HEAD);
    return { form, bytes: this.#take(length) };
  }

  #peek(count: number): Buffer {
    if ((this.#chunks[0]?.length ?? 0) < count) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] as Buffer;
  }

  #take(count: number): Buffer {
    if (count === 0) return Buffer.alloc(0);
    const first = this.#peek(count);
    this.#length -= count;
    if (first.length === count) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(count);
    return first.subarray(0, count);
  }
}
