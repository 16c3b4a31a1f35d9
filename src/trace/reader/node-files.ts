import fs from 'node:fs';
import { join } from 'node:path';
import type { TraceFiles } from './files.ts';

const MAX_OPEN = 256;

/** A trace directory on disk. Keeps descriptors open between polls, the most recently used ones. */
export class NodeTraceFiles implements TraceFiles {
  readonly #dir: string;
  readonly #open = new Map<string, number>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  list(): readonly string[] {
    return fs.readdirSync(this.#dir);
  }

  read(name: string, position: number, into: Uint8Array): number {
    const fd = this.#descriptor(name);
    if (fd === undefined) return 0;
    let total = 0;
    try {
      while (total < into.length) {
        const got = fs.readSync(fd, into, total, into.length - total, position + total);
        if (got === 0) break;
        total += got;
      }
    } catch {
      // A file that can no longer be read ends here; the reader reports what is missing.
    }
    return total;
  }

  size(name: string): number {
    const fd = this.#descriptor(name);
    if (fd === undefined) return 0;
    try {
      return fs.fstatSync(fd).size;
    } catch {
      return 0;
    }
  }

  close(): void {
    for (const fd of this.#open.values()) fs.closeSync(fd);
    this.#open.clear();
  }

  #descriptor(name: string): number | undefined {
    const known = this.#open.get(name);
    if (known !== undefined) {
      this.#open.delete(name);
      this.#open.set(name, known);
      return known;
    }
    try {
      const fd = fs.openSync(join(this.#dir, name), 'r');
      this.#open.set(name, fd);
      this.#evict();
      return fd;
    } catch {
      return undefined;
    }
  }

  #evict(): void {
    if (this.#open.size <= MAX_OPEN) return;
    const [oldest, fd] = this.#open.entries().next().value!;
    this.#open.delete(oldest);
    fs.closeSync(fd);
  }
}
