import {
  accessSync,
  closeSync,
  constants,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { outputIsFolder, unwritableOutput } from '../core/errors.ts';
import { EXIT, UserError } from '../core/user-error.ts';

/** Bytes that are collected before they are written. */
const CHUNK = 1024 * 1024;

/** Names of what is open already: a file behind it may be in the middle of being written. */
const DESCRIPTOR = /^\/(?:dev\/(?:fd\/|std)|proc\/)/;

interface Place {
  /** The path behind symbolic links: the file is replaced, the link stays. */
  readonly file: string;
  /** A device or a pipe takes what is written as it comes, and must never be replaced by a file. */
  readonly isStream: boolean;
}

/** @throws the system's error */
function placeOf(target: string): Place {
  const stat = statSync(target, { throwIfNoEntry: false });
  if (stat === undefined) return { file: path.resolve(target), isStream: false };
  if (stat.isFile() && !DESCRIPTOR.test(target)) return { file: realpathSync(target), isStream: false };
  return { file: target, isStream: true };
}

/**
 * Finds before the work what would keep {@link OutputFile} from being written after it.
 * @throws UserError
 */
export function checkWritable(target: string): void {
  try {
    if (statSync(target, { throwIfNoEntry: false })?.isDirectory()) {
      throw outputIsFolder(target);
    }
    const { file, isStream } = placeOf(target);
    accessSync(isStream ? file : path.dirname(file), constants.W_OK);
  } catch (error) {
    throw error instanceof UserError ? error : unwritableOutput(target, error, EXIT.usage);
  }
}

/** A file that appears whole or not at all, written in pieces. */
export class OutputFile {
  readonly #target: string;
  readonly #place: Place;
  /** Path that is written: a temporary file beside the wanted one, or the stream itself. */
  readonly #half: string;
  readonly #fd: number;
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  /** @throws UserError when it can't be written there */
  constructor(target: string) {
    this.#target = target;
    this.#place = this.#attempt(() => placeOf(target));
    const { file, isStream } = this.#place;
    const name = `.${path.basename(file)}.${process.pid}.${Math.random().toString(36).slice(2)}`;
    this.#half = isStream ? file : path.join(path.dirname(file), name);
    this.#fd = this.#attempt(() => openSync(this.#half, isStream ? 'a' : 'wx', 0o600));
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
    const { file, isStream } = this.#place;
    if (!isStream) this.#attempt(() => renameSync(this.#half, file));
  }

  /** Leaves nothing behind. */
  discard(): void {
    closeSync(this.#fd);
    if (!this.#place.isStream) rmSync(this.#half, { force: true });
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
      throw unwritableOutput(this.#target, error, EXIT.unwritten);
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
