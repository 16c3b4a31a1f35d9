/** What the runtime needs from the operating system, and nothing more: a native addon or `node:ffi` could take over. */
export interface Platform {
  /** The file must be written before it is mapped: a sparse map on a full file system is a SIGBUS. */
  readonly preallocate: boolean;
  /** Makes the session's memory, `bytes` long. Throws when the system refuses. */
  createMemory(name: string, bytes: number): MemoryFile;
  /** Maps `[offset, offset + length)`, shared and writable; unmapped when its buffer is collected. */
  map(file: MemoryFile, offset: number, length: number): Mapping;
  /** Sleeps while the int32 at `address` equals `expected`, at most `milliseconds`. Wakes early at will. */
  wait(address: number, expected: number, milliseconds: number): void;
  /** Wakes up to `count` sleepers at `address`, in any process. */
  wake(address: number, count: number): void;
  /** The system's number of the calling thread, 0 where it does not tell. */
  threadId(): number;
  /** A pipe whose ends do not block and are not inherited. */
  pipe(): { readonly read: number; readonly write: number };
  /** Opens the write end `fd` of another process's pipe, not blocking. Throws when that process is gone. */
  openPeer(pid: number, fd: number): number;
  /** Gives pages back to the system; their content becomes zero or stays. */
  discard(file: MemoryFile, offset: number, length: number): void;
}

/** The session's memory as a file. `path` is for processes that do not inherit `fd`. */
export interface MemoryFile {
  readonly fd: number;
  readonly path: string;
}

export interface Mapping {
  readonly buffer: ArrayBuffer;
  /** Where the mapping begins in this process; exact, since user addresses have at most 48 bits. */
  readonly address: number;
}

/** Thrown where shared memory cannot be had at all (no native library) or no more of it. */
export class SharedMemoryError extends Error {
  constructor(message?: string, options?: ErrorOptions) {
    super(message, options);
    Object.defineProperty(this, 'name', { value: 'SharedMemoryError', configurable: true, writable: true });
  }
}
