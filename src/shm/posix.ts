import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { crypto } from '../base/builtins.ts';
import type { Bytes, Ms } from '../base/quantities.ts';
import { type Koffi, loadKoffi, type NativeFunction } from './koffi.ts';
import type { Address } from './layout.ts';
import { type Mapping, type MemoryFile, type Platform, SharedMemoryError } from './platform.ts';

const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;

/** `mmap` and `pipe` as Linux and macOS share them. */
export class Posix {
  readonly koffi: Koffi = loadKoffi();
  readonly libc = this.koffi.load(null);
  readonly #mmap = this.libc.func('mmap', 'void*', ['void*', 'size_t', 'int', 'int', 'int', 'int64_t']);
  readonly #munmap = this.libc.func('munmap', 'int', ['void*', 'size_t']);
  readonly #unused = new FinalizationRegistry<[address: bigint, length: Bytes]>(([address, length]) => {
    this.#munmap(address, length);
  });

  map(file: MemoryFile, offset: Bytes, length: Bytes): Mapping {
    const pointer = this.#mmap(null, length, PROT_READ_WRITE, MAP_SHARED, file.fd, offset);
    if (typeof pointer !== 'bigint' || BigInt.asIntN(64, pointer) === -1n) {
      throw new SharedMemoryError(
        `shared memory could not be mapped (${length} bytes, errno ${this.koffi.errno()})`,
      );
    }
    const buffer = this.koffi.view(pointer, length);
    // A mapping must outlive every view on it, so only the collector may end it.
    this.#unused.register(buffer, [pointer, length]);
    return { buffer, address: Number(pointer) };
  }
}

/** Linux: a sparse memfd, futexes, and pipes that others reach through /proc. Nothing to clean up, even after SIGKILL. */
export class LinuxPlatform implements Platform {
  readonly preallocate = false;
  readonly #posix = new Posix();
  readonly #syscall: NativeFunction;
  readonly #memfd: NativeFunction;
  readonly #fallocate: NativeFunction;
  readonly #pipe2: NativeFunction;
  readonly #gettid: NativeFunction;
  readonly #futex: number;
  readonly #timespec: BigInt64Array | Int32Array;
  readonly #setTimespec: (milliseconds: Ms) => void;

  constructor() {
    const { libc, koffi } = this.#posix;
    const signature = ['long', 'uintptr_t', 'int', 'int', 'void*', 'void*', 'int'];
    this.#syscall = libc.func('syscall', 'long', signature);
    this.#memfd = libc.func('memfd_create', 'int', ['str', 'uint']);
    this.#fallocate = libc.func('fallocate', 'int', ['int', 'int', 'int64_t', 'int64_t']);
    this.#pipe2 = libc.func('pipe2', 'int', ['void*', 'int']);
    this.#gettid = libc.func('gettid', 'int', []);
    this.#futex = futexNumber();
    if (koffi.sizeof('long') === 8) {
      const timespec = new BigInt64Array(2);
      this.#timespec = timespec;
      this.#setTimespec = (ms) => {
        timespec[0] = BigInt(Math.floor(ms / 1000));
        timespec[1] = BigInt(Math.floor((ms % 1000) * 1e6));
      };
    } else {
      const timespec = new Int32Array(2);
      this.#timespec = timespec;
      this.#setTimespec = (ms) => {
        timespec[0] = Math.floor(ms / 1000);
        timespec[1] = Math.floor((ms % 1000) * 1e6);
      };
    }
  }

  createMemory(name: string, bytes: Bytes): MemoryFile {
    const MFD_CLOEXEC = 1;
    const fd = Number(this.#memfd(name, MFD_CLOEXEC));
    if (fd < 0)
      throw new SharedMemoryError(
        `no shared memory: memfd_create failed (errno ${this.#posix.koffi.errno()})`,
      );
    fs.ftruncateSync(fd, bytes);
    return { fd, path: `/proc/${process.pid}/fd/${fd}` };
  }

  map(file: MemoryFile, offset: Bytes, length: Bytes): Mapping {
    return this.#posix.map(file, offset, length);
  }

  wait(address: Address, expected: number, milliseconds: Ms): void {
    this.#setTimespec(milliseconds);
    // No FUTEX_PRIVATE_FLAG: the sleepers are in several processes.
    const FUTEX_WAIT = 0;
    this.#syscall(this.#futex, address, FUTEX_WAIT, expected, this.#timespec, null, 0);
  }

  wake(address: Address, count: number): void {
    const FUTEX_WAKE = 1;
    this.#syscall(this.#futex, address, FUTEX_WAKE, count, null, null, 0);
  }

  threadId(): number {
    return Number(this.#gettid());
  }

  pipe(): { read: number; write: number } {
    const fds = new Int32Array(2);
    const flags = fs.constants.O_NONBLOCK | 0o2000000; // O_CLOEXEC, which node:fs does not name
    if (this.#pipe2(fds, flags) !== 0)
      throw new SharedMemoryError(`pipe failed (errno ${this.#posix.koffi.errno()})`);
    return { read: fds[0] ?? -1, write: fds[1] ?? -1 };
  }

  openPeer(pid: number, fd: number): number {
    return fs.openSync(`/proc/${pid}/fd/${fd}`, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK);
  }

  discard(file: MemoryFile, offset: Bytes, length: Bytes): void {
    const KEEP_SIZE_PUNCH_HOLE = 3;
    this.#fallocate(file.fd, KEEP_SIZE_PUNCH_HOLE, offset, length);
  }
}

function futexNumber(): number {
  if (process.arch === 'x64') return 202;
  return process.arch === 'ia32' || process.arch === 'arm' ? 240 : 98;
}

/** macOS: a named file in the temporary folder, `__ulock_*` as libc++ uses them, and FIFOs beside the file. */
export class DarwinPlatform implements Platform {
  readonly preallocate = true;
  readonly #posix = new Posix();
  readonly #wait = this.#posix.libc.func('__ulock_wait', 'int', [
    'uint32_t',
    'uintptr_t',
    'uint64_t',
    'uint32_t',
  ]);
  readonly #wake = this.#posix.libc.func('__ulock_wake', 'int', ['uint32_t', 'uintptr_t', 'uint64_t']);
  readonly #mkfifo = this.#posix.libc.func('mkfifo', 'int', ['str', 'uint16_t']);

  createMemory(name: string, bytes: Bytes): MemoryFile {
    return createNamedMemory(name, bytes);
  }
  map(file: MemoryFile, offset: Bytes, length: Bytes): Mapping {
    return this.#posix.map(file, offset, length);
  }
  wait(address: Address, expected: number, milliseconds: Ms): void {
    const UL_COMPARE_AND_WAIT_SHARED = 3;
    this.#wait(UL_COMPARE_AND_WAIT_SHARED, address, expected, Math.max(1, Math.round(milliseconds * 1000)));
  }
  wake(address: Address, count: number): void {
    const UL_COMPARE_AND_WAIT_SHARED = 3;
    const ULF_WAKE_ALL = 0x100;
    this.#wake(UL_COMPARE_AND_WAIT_SHARED | (count > 1 ? ULF_WAKE_ALL : 0), address, 0);
  }
  threadId(): number {
    return 0;
  }
  pipe(): { read: number; write: number } {
    // The descriptor's number is all that a peer knows, so a FIFO of that name is made after the read end has one.
    const temporary = path.join(os.tmpdir(), `forkscope-bell-${crypto().randomBytes(8).toString('hex')}`);
    if (this.#mkfifo(temporary, 0o600) !== 0) throw new SharedMemoryError('mkfifo failed');
    const read = fs.openSync(temporary, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    const write = fs.openSync(temporary, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK);
    const named = bellPath(process.pid, write);
    fs.renameSync(temporary, named);
    process.once('exit', () => fs.rmSync(named, { force: true }));
    return { read, write };
  }
  openPeer(pid: number, fd: number): number {
    return fs.openSync(bellPath(pid, fd), fs.constants.O_WRONLY | fs.constants.O_NONBLOCK);
  }
  discard(): void {
    // The file stays allocated: preallocation is what keeps a full disk from killing the process.
  }
}

function bellPath(pid: number, fd: number): string {
  return path.join(os.tmpdir(), `forkscope-bell-${pid}-${fd}`);
}

/** A preallocated file `forkscope-<pid>-….mem`, whose name lets a later start sweep it. */
export function createNamedMemory(name: string, bytes: Bytes): MemoryFile {
  const file = path.join(os.tmpdir(), `forkscope-${process.pid}-${name}.mem`);
  const fd = fs.openSync(file, 'wx+', 0o600);
  try {
    writeZeros(fd, 0, bytes);
  } catch (error) {
    fs.closeSync(fd);
    fs.rmSync(file, { force: true });
    throw error;
  }
  process.once('exit', () => fs.rmSync(file, { force: true }));
  return { fd, path: file };
}

/** Allocates a range by writing it, so that a full disk is an error here and not a crash later. */
export function writeZeros(fd: number, offset: Bytes, length: Bytes): void {
  const zeros = new Uint8Array(Math.min(length, 1 << 20));
  try {
    // A file system that is nearly full takes less than it is given, and refuses only the next write.
    for (let done = 0; done < length; ) {
      done += fs.writeSync(fd, zeros, 0, Math.min(zeros.length, length - done), offset + done);
    }
  } catch (cause) {
    throw new SharedMemoryError(`shared memory exhausted: ${length} more bytes could not be written`, {
      cause,
      code: 'ERR_SHARED_MEMORY_EXHAUSTED',
    });
  }
}
