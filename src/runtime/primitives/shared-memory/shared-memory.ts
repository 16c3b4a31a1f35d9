import * as fs from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { crypto } from '../../../base/builtins.ts';
import { type Mapping, SharedMemoryError } from '../../../shm/platform.ts';
import { writeZeros } from '../../../shm/posix.ts';
import { openPlatform } from '../../../shm/session.ts';
import { atMost, Internal } from '../../core/arguments/internal.ts';
import { optionsOf } from '../../core/arguments/options.ts';
import { FileExistsError, FileNotFoundError, ValueError } from '../../core/errors/errors.ts';
import { memory, whenOpened } from '../../core/handles/instance.ts';
import { registerHandle } from '../../core/handles/transfer.ts';
import { claim, disclaim, removeOwn, segmentPath, sweepLeaked } from './owners.ts';

export interface SharedMemoryOptions {
  /** Without one, a new segment gets a free name. */
  readonly name?: string | undefined;
  /** true: make the segment; otherwise it must exist. */
  readonly create?: boolean;
  /** Bytes of a new segment. */
  readonly size?: number;
}

/** In the place of options: they, and the manager that the segment belongs to. */
export const managed = new Internal<{ readonly options: SharedMemoryOptions; readonly manager: string }>();

const TRIES = 100;

/**
 * A named piece of memory that any process on the machine can attach to. It lasts until `unlink()`; what a program has not
 * unlinked at its end is removed with a warning, also, at the next start, where the program was killed.
 */
export class SharedMemory implements Disposable {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  #mapping: Mapping | undefined;
  #buf: Buffer | null;

  /**
   * @throws ValueError for a wrong size or name, FileExistsError for a new segment of a name that exists, FileNotFoundError,
   *   SharedMemoryError when there is no room
   */
  constructor(options?: SharedMemoryOptions);
  constructor(...given: [options?: SharedMemoryOptions]) {
    const [first = {}] = atMost(1, given, 'new SharedMemory({ name, create, size })');
    const { options, manager } = managed.received(first) ?? { options: first, manager: '' };
    // Opens the session, whose first process owns the segment.
    memory();
    const { name, create = false, size = 0 } = optionsOf(options);
    if (!Number.isInteger(size) || size < 0)
      throw new ValueError(`'size' must be a positive integer, not ${String(size)}`);
    if (create && size === 0) throw new ValueError("'size' must be a positive number different from zero");
    if (!create && name === undefined) throw new ValueError("'name' can only be left out with create: true");
    if (name !== undefined) checkName(name);
    const made = create ? make(name, size, manager) : { name: name ?? '', fd: openExisting(name ?? '') };
    this.name = made.name;
    try {
      this.size = fs.fstatSync(made.fd).size;
      this.#mapping = openPlatform().map({ fd: made.fd, path: segmentPath(made.name) }, 0, this.size);
      this.#buf = Buffer.from(this.#mapping.buffer);
    } finally {
      fs.closeSync(made.fd);
    }
  }

  /** The memory; null after `close`. */
  get buf(): Buffer | null {
    return this.#buf;
  }

  /** Lets go of the memory in this process. Views that were made of `buf` keep it mapped until they are collected. */
  close(): void {
    this.#buf = null;
    this.#mapping = undefined;
  }

  /** Removes the segment: nobody can attach any more, who has it keeps it. @throws FileNotFoundError when it is gone */
  unlink(): void {
    try {
      fs.unlinkSync(segmentPath(this.name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new FileNotFoundError(`no shared memory segment "${this.name}"`, {
        code: 'ENOENT',
        cause: error,
      });
    } finally {
      disclaim(this.name);
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [inspect.custom](): string {
    return `SharedMemory('${this.name}', size=${this.size})`;
  }
}

function checkName(name: unknown): void {
  if (typeof name !== 'string' || !/^[^/\\\0]{1,200}$/.test(name) || name === '.' || name === '..') {
    throw new ValueError(`a segment's name has 1 to 200 characters and no slash, not ${inspect(name)}`);
  }
}

/** Where free names come from; tests make them collide. */
export const names = { next: (): string => `psm_${crypto().randomBytes(6).toString('hex')}` };

function make(name: string | undefined, size: number, manager: string): { name: string; fd: number } {
  for (let tries = 1; ; tries++) {
    const wanted = name ?? names.next();
    try {
      return { name: wanted, fd: makeNamed(wanted, size, manager) };
    } catch (error) {
      if (name !== undefined || tries === TRIES || !(error instanceof FileExistsError)) throw error;
    }
  }
}

function makeNamed(name: string, size: number, manager: string): number {
  const takeBack = claim(name, manager);
  let fd: number | undefined;
  try {
    fd = fs.openSync(segmentPath(name), 'wx+', 0o600);
    checkRoom(name, size);
    // Written, not only made longer: on a full file system a sparse map would kill the process at its first store.
    writeZeros(fd, 0, size);
    fs.ftruncateSync(fd, size);
    return fd;
  } catch (error) {
    if (fd !== undefined) {
      fs.closeSync(fd);
      fs.rmSync(segmentPath(name), { force: true });
    }
    takeBack();
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new FileExistsError(`the shared memory segment "${name}" exists already`, {
      code: 'EEXIST',
      cause: error,
    });
  }
}

/** What cannot fit is not even begun: until it failed, nobody else would have room. */
function checkRoom(name: string, size: number): void {
  const folder = path.dirname(segmentPath(name));
  const { blocks, bavail, bsize } = fs.statfsSync(folder);
  // Some file systems don't say how large they are.
  if (blocks > 0 && size > bavail * bsize)
    throw new SharedMemoryError(
      `shared memory exhausted: ${size} bytes have no room in ${folder}, where ${bavail * bsize} are free`,
      { code: 'ERR_SHARED_MEMORY_EXHAUSTED' },
    );
}

function openExisting(name: string): number {
  try {
    return fs.openSync(segmentPath(name), 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new FileNotFoundError(`no shared memory segment "${name}"`, { code: 'ENOENT', cause: error });
  }
}

// Every start of a program that uses shared memory clears up after those that were killed.
whenOpened(() => {
  if (!isMainThread) return;
  sweepLeaked();
  process.once('exit', removeOwn);
});

function openSegment([name]: readonly unknown[]): SharedMemory {
  return new SharedMemory({ name: name as string });
}

registerHandle<SharedMemory>(SharedMemory.prototype, {
  id: 'sharedMemory',
  toWire: (segment) => ({ fields: [segment.name], blocks: [] }),
  fromWire: openSegment,
  fromPeer: openSegment,
});
