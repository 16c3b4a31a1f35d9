import { channel } from 'node:diagnostics_channel';
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { crypto } from '../base/builtins.ts';
import { SHARED_FILES, SHARED_FILES_READY, type SharedFiles } from '../base/environment.ts';
import { koffiFile, loadKoffi } from './koffi.ts';
import {
  type Address,
  BLOCKS_AT_BYTES,
  HEADER,
  LAYOUT_VERSION,
  MAGIC,
  MAPPED_BYTES,
  PAGE_BYTES,
  SESSION_BYTES,
} from './layout.ts';
import { processState } from './liveness.ts';
import { type Mapping, type MemoryFile, type Platform, SharedMemoryError } from './platform.ts';
import { DarwinPlatform, LinuxPlatform } from './posix.ts';
import { WindowsPlatform } from './windows.ts';

/** What another process or thread needs to join a session. */
export interface SessionAddress {
  readonly id: string;
  readonly fd: number;
  readonly path: string;
  /** The native library's binary, found once by the root. */
  readonly native?: string | undefined;
}

/** The session's memory as this thread sees it. `words` covers header, slots and blocks. */
export interface Session {
  readonly platform: Platform;
  readonly file: MemoryFile;
  readonly address: SessionAddress;
  readonly words: Int32Array;
  /** Address of `words[0]` in this process, for `wait` and `wake`. */
  readonly base: Address;
}

const SPARSE = process.platform === 'linux';

/** Makes the session of a root process. */
export function createSession(): Session {
  const platform = openPlatform();
  sweepStaleFiles();
  const id = crypto().randomBytes(6).toString('hex');
  const file = platform.createMemory(`forkscope-${id}`, SPARSE ? SESSION_BYTES : MAPPED_BYTES);
  const session = attach(platform, file, id);
  const { words } = session;
  const { start } = processState(process.pid);
  words[HEADER.version] = LAYOUT_VERSION;
  words[HEADER.rootPid] = process.pid;
  words[HEADER.rootStartLow] = start | 0;
  words[HEADER.rootStartHigh] = Math.floor(start / 2 ** 32);
  words[HEADER.blockBump] = BLOCKS_AT_BYTES / 64;
  words[HEADER.pageBump] = MAPPED_BYTES / PAGE_BYTES;
  Atomics.store(words, HEADER.magic, MAGIC);
  return session;
}

/** Joins a session: by the inherited descriptor, else by its path. */
export function joinSession(address: SessionAddress, inherited: boolean): Session {
  const fd = inherited ? address.fd : fs.openSync(address.path, 'r+');
  const session = attach(openPlatform(address.native), { fd, path: address.path }, address.id);
  if (session.words[HEADER.magic] !== MAGIC || session.words[HEADER.version] !== LAYOUT_VERSION) {
    throw new SharedMemoryError('the parent process uses another version of forkscope');
  }
  return session;
}

function attach(platform: Platform, file: MemoryFile, id: string): Session {
  const mapping = platform.map(file, 0, MAPPED_BYTES);
  return {
    platform,
    file,
    address: { id, fd: file.fd, path: file.path, native: koffiFile() },
    words: new Int32Array(mapping.buffer),
    base: mapping.address,
  };
}

let platform: Platform | undefined;
/** The platform of this thread. The first call hands the mapping of files to the shim. `native`: see {@link loadKoffi}. */
export function openPlatform(native?: string): Platform {
  if (platform === undefined) {
    loadKoffi(native);
    if (process.platform === 'linux') platform = new LinuxPlatform();
    else if (process.platform === 'win32') platform = new WindowsPlatform();
    else platform = new DarwinPlatform();
    offerSharedFiles(platform);
  }
  return platform;
}

function offerSharedFiles(platform: Platform): void {
  if (process.platform === 'win32') return;
  const files: SharedFiles = {
    map(fd, size) {
      // The holder lets go of the buffer; the mapping itself ends when the collector has seen that nobody uses it.
      let mapping: Mapping | undefined = platform.map({ fd, path: '' }, 0, size);
      const { buffer } = mapping;
      return {
        buffer,
        unmap() {
          mapping = undefined;
        },
      };
    },
  };
  Object.defineProperty(globalThis, Symbol.for(SHARED_FILES), { value: files, configurable: true });
  const ready = channel(SHARED_FILES_READY);
  if (ready.hasSubscribers) ready.publish(undefined);
}

/** Removes the memory files, doorbells and sockets of processes that are gone (`forkscope-<pid>-…`, `forkscope-bell-<pid>-…`). */
export function sweepStaleFiles(dir = os.tmpdir()): void {
  for (const name of fs.readdirSync(dir)) {
    const pid = /^forkscope-(?:bell-)?(\d+)-.*(?:\.mem|\.sock|\d)$/.exec(name)?.[1];
    if (pid === undefined || processState(Number(pid)).alive) continue;
    fs.rmSync(path.join(dir, name), { force: true });
  }
}
