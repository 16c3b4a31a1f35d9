import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { reasonOf, UserError } from '../errors.ts';

const CHUNK = 1024 * 1024;

/** A file that appears whole or not at all, written in pieces. */
export class OutputFile {
  readonly #target: string;
  readonly #half: string;
  readonly #fd: number;
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  /** @throws UserError when it can't be written there */
  constructor(target: string) {
    this.#target = target;
    const name = `.${path.basename(target)}.${process.pid}.${Math.random().toString(36).slice(2)}`;
    this.#half = path.join(path.dirname(path.resolve(target)), name);
    this.#fd = this.#attempt(() => openSync(this.#half, 'wx', 0o600));
  }

  write(piece: string | Uint8Array): void {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
    this.#chunks.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes >= CHUNK) this.#flush();
  }

  /** Puts the file in its place. */
  commit(): void {
    this.#flush();
    closeSync(this.#fd);
    this.#attempt(() => renameSync(this.#half, this.#target));
  }

  /** Leaves nothing behind. */
  discard(): void {
    closeSync(this.#fd);
    rmSync(this.#half, { force: true });
  }

  #flush(): void {
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#bytes = 0;
    for (let at = 0; at < all.length; ) at += this.#attempt(() => writeSync(this.#fd, all, at));
  }

  #attempt<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      throw new UserError(`can't write ${this.#target}: ${reasonOf(error)}`, 1);
    }
  }
}

/** Calls `fill` with a file that is put in its place when that succeeds. */
export function writeWhole(target: string, fill: (file: OutputFile) => void): void {
  const file = new OutputFile(target);
  try {
    fill(file);
  } catch (error) {
    file.discard();
    throw error;
  }
  file.commit();
}
