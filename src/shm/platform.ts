/** What the runtime needs from the operating system, and nothing more: a native addon or `node:ffi` could take over. */

import type { Bytes, Ms } from '../base/quantities.ts';
import type { Address } from './layout.ts';
export interface Platform {
  /** The file must be written before it is mapped: a sparse map on a full file system is a SIGBUS. */
  readonly preallocate: boolean;
  /** Makes the session's memory, `bytes` long. Throws when the system refuses. */
  createMemory(name: string, bytes: Bytes): MemoryFile;
  /** Maps `[offset, offset + length)`, shared and writable; unmapped when its buffer is collected. */
  map(file: MemoryFile, offset: Bytes, length: Bytes): Mapping;
  /** Sleeps while the int32 at `address` equals `expected`, at most `milliseconds`. Wakes early at will. */
  wait(address: Address, expected: number, milliseconds: Ms): void;
  /** Wakes up to `count` sleepers at `address`, in any process. */
  wake(address: Address, count: number): void;
  /** The system's number of the calling thread, 0 where it does not tell. */
  threadId(): number;
  /** A pipe whose ends do not block and are not inherited. */
  pipe(): { readonly read: number; readonly write: number };
  /** Opens the write end `fd` of another process's pipe, not blocking. Throws when that process is gone. */
  openPeer(pid: number, fd: number): number;
  /** Gives pages back to the system; their content becomes zero or stays. */
  discard(file: MemoryFile, offset: Bytes, length: Bytes): void;
}

/** The session's memory as a file. `path` is for processes that do not inherit `fd`. */
export interface MemoryFile {
  readonly fd: number;
  readonly path: string;
}

export interface Mapping {
  readonly buffer: ArrayBuffer;
  /** Where the mapping begins in this process; exact, since user addresses have at most 48 bits. */
  readonly address: Address;
}

/** Why shared memory fails: it cannot be had at all, there is no more of it, or it was used from within itself. */
export type SharedMemoryCode =
  | 'ERR_SHARED_MEMORY_UNAVAILABLE'
  | 'ERR_SHARED_MEMORY_EXHAUSTED'
  | 'ERR_SHARED_MEMORY_REENTERED';

/** Thrown where shared memory cannot be had at all (no native library) or no more of it. */
export class SharedMemoryError extends Error {
  readonly code: SharedMemoryCode;

  constructor(message?: string, options: ErrorOptions & { readonly code?: SharedMemoryCode } = {}) {
    super(message, options);
    this.code = options.code ?? 'ERR_SHARED_MEMORY_UNAVAILABLE';
    Object.defineProperty(this, 'name', { value: 'SharedMemoryError', configurable: true, writable: true });
  }
}
