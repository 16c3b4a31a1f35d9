import { OWN_HANDLE } from '../base/environment.ts';
import type { Bytes, Ms } from '../base/quantities.ts';
import { loadKoffi, type NativeFunction } from './koffi.ts';
import type { Address } from './layout.ts';
import { type Mapping, type MemoryFile, type Platform, SharedMemoryError } from './platform.ts';
import { createNamedMemory } from './posix.ts';

const GENERIC_READ_WRITE = 0xc0000000;
const SHARE_ALL = 7;
const OPEN_EXISTING = 3;
const PAGE_READWRITE = 4;
const FILE_MAP_WRITE_READ = 6;
const GRANULARITY = 65536;

/**
 * Windows: a file mapping. `WaitOnAddress` does not cross processes, so a wait polls every millisecond;
 * a thread's doorbell has no peer-visible descriptor either, so async waiters rely on their retry timer.
 */
export class WindowsPlatform implements Platform {
  readonly preallocate = true;
  readonly #koffi = loadKoffi();
  readonly #createFile: NativeFunction;
  readonly #createMapping: NativeFunction;
  readonly #mapView: NativeFunction;
  readonly #sleeper = Object.assign(new Int32Array(new SharedArrayBuffer(4)), {
    [Symbol.for(OWN_HANDLE)]: true,
  });

  constructor() {
    const kernel = this.#koffi.load('kernel32.dll');
    const pointer = 'void*';
    const create = ['str16', 'uint32_t', 'uint32_t', pointer, 'uint32_t', 'uint32_t', pointer];
    this.#createFile = kernel.func('CreateFileW', pointer, create);
    const mapping = [pointer, pointer, 'uint32_t', 'uint32_t', 'uint32_t', pointer];
    this.#createMapping = kernel.func('CreateFileMappingW', pointer, mapping);
    this.#mapView = kernel.func('MapViewOfFile', pointer, [
      pointer,
      'uint32_t',
      'uint32_t',
      'uint32_t',
      'size_t',
    ]);
  }

  createMemory(name: string, bytes: Bytes): MemoryFile {
    return createNamedMemory(name, bytes);
  }

  map(file: MemoryFile, offset: Bytes, length: Bytes): Mapping {
    // Descriptors of node:fs belong to Node's own C library, so the file is opened again by its path.
    const handle = this.#createFile(file.path, GENERIC_READ_WRITE, SHARE_ALL, null, OPEN_EXISTING, 0, null);
    const mapping = this.#createMapping(handle, null, PAGE_READWRITE, 0, 0, null);
    const start = Math.floor(offset / GRANULARITY) * GRANULARITY;
    const extra = offset - start;
    const high = Math.floor(start / 2 ** 32);
    const base = this.#mapView(mapping, FILE_MAP_WRITE_READ, high, start >>> 0, length + extra);
    if (typeof base !== 'bigint' || base === 0n) throw new SharedMemoryError('MapViewOfFile failed');
    const pointer = base + BigInt(extra);
    return { buffer: this.#koffi.view(pointer, length), address: Number(pointer) };
  }

  wait(_address: Address, _expected: number, milliseconds: Ms): void {
    Atomics.wait(this.#sleeper, 0, 0, Math.min(1, milliseconds));
  }
  wake(): void {}
  threadId(): number {
    return 0;
  }
  pipe(): { read: number; write: number } {
    return { read: -1, write: -1 };
  }
  openPeer(): number {
    throw new SharedMemoryError('doorbells of other processes are not reachable on Windows');
  }
  discard(): void {}
}
