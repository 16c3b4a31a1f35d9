/** A pool's functions, written once into shared memory where every worker, also a later one, finds them. */
import type { Memory } from '../../../shm/memory.ts';

/** References of a few hundred functions. */
const BYTES = 64 * 1024;
const USED = 0;
const FIRST = 4;

/**
 * An extent that the parent appends to. At its begin the number of bytes used, then entries: length (uint32), text, up to the
 * next multiple of 4. An entry is known by its position. A task that names it comes after it, through a queue.
 */
export class FunctionTable {
  readonly #memory: Memory;
  readonly #extent: number;
  #bytes: Buffer | undefined;

  /** `extent`: of {@link FunctionTable.allocate}. */
  constructor(memory: Memory, extent: number) {
    this.#memory = memory;
    this.#extent = extent;
  }

  /** Makes an empty table; returns its extent's number. */
  static allocate(memory: Memory): number {
    const { id } = memory.allocator.extent(BYTES);
    new FunctionTable(memory, id).#open().writeUInt32LE(FIRST, USED);
    return id;
  }

  #open(): Buffer {
    this.#bytes ??= Buffer.from(this.#memory.allocator.mapping(this.#extent).buffer);
    return this.#bytes;
  }

  /** Appends a reference; returns its position, 0 when there is no room for it. */
  add(reference: string): number {
    const bytes = this.#open();
    const at = bytes.readUInt32LE(USED);
    const length = Buffer.byteLength(reference);
    const end = (at + 4 + length + 3) & ~3;
    if (end > bytes.length) return 0;
    bytes.writeUInt32LE(length, at);
    bytes.write(reference, at + 4);
    bytes.writeUInt32LE(end, USED);
    return at;
  }

  get(position: number): string {
    const bytes = this.#open();
    return bytes.toString('utf8', position + 4, position + 4 + bytes.readUInt32LE(position));
  }
}
