import {
  createReadStream,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import * as tar from 'tar';
import { notATrace, unreadableDirectory } from '../../trace/reader/errors.ts';
import { notPacked, packedTooLarge } from '../core/errors.ts';
import { UserError } from '../core/user-error.ts';
import { OutputFile } from '../files/output-file.ts';
import { SOURCES_FILE, type Sources, sourcesText } from './sources.ts';

/** Files of a trace, which lie in one folder. Nothing else is packed or unpacked. */
const OF_TRACE = /^[\w-][\w.-]*\.(def|fks)$/;
/** Bytes that a packed trace may have unpacked: whoever made it could fill the disk. */
const MOST_BYTES = 32 * 2 ** 30;
/** Files that it may have. */
const MOST_FILES = 200_000;

/**
 * Writes a trace as one file; of a living one what is there now. The file appears whole or not at all.
 * @param sources texts of the program's sources that go with it
 * @throws TraceError when the folder holds no trace
 * @throws UserError when the file can't be written
 */
export async function packTrace(
  dir: string,
  target: string,
  { signal, sources }: { readonly signal?: AbortSignal; readonly sources?: Sources } = {},
): Promise<void> {
  const files = filesOf(dir);
  if (files.length === 0) throw notATrace(dir, []);
  const file = new OutputFile(target);
  const beside = sources === undefined ? undefined : writeBeside(sources);
  const named =
    beside === undefined ? files : [...files, path.relative(dir, path.join(beside, SOURCES_FILE))];
  const onWriteEntry = (entry: tar.WriteEntry): void => {
    if (path.basename(entry.path) === SOURCES_FILE) entry.path = SOURCES_FILE;
  };
  try {
    for await (const piece of tar.create({ cwd: dir, gzip: true, portable: true, onWriteEntry }, named)) {
      signal?.throwIfAborted();
      file.write(piece);
    }
  } catch (error) {
    file.discard();
    throw error;
  } finally {
    if (beside !== undefined) rmSync(beside, { recursive: true, force: true });
  }
  file.commit();
}

/** The trace's own folder is not written to. @returns the folder that holds them */
function writeBeside(sources: Sources): string {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'forkscope-sources-')));
  writeFileSync(path.join(folder, SOURCES_FILE), sourcesText(sources));
  return folder;
}

function filesOf(dir: string): string[] {
  try {
    return readdirSync(dir).filter((name) => OF_TRACE.test(name) && lstatSync(path.join(dir, name)).isFile());
  } catch (cause) {
    throw unreadableDirectory(dir, cause);
  }
}

/**
 * Unpacks a packed trace into a new folder, of which nothing is left where that fails. Only files with the names of a trace come
 * out, into that folder itself, whatever else the file holds.
 * @throws UserError when the file is none, or holds too much
 */
export async function unpackTrace(file: string, into: string, signal?: AbortSignal): Promise<void> {
  mkdirSync(into, { recursive: true, mode: 0o700 });
  try {
    await extract(file, into, signal);
    if (filesOf(into).length === 0) throw new Error('it holds no trace');
  } catch (cause) {
    rmSync(into, { recursive: true, force: true });
    signal?.throwIfAborted();
    throw cause instanceof UserError ? cause : notPacked(file, cause);
  }
}

async function extract(file: string, into: string, signal: AbortSignal | undefined): Promise<void> {
  let files = 0;
  const isOfTrace = (name: string, entry: unknown): boolean =>
    (OF_TRACE.test(name) || name === SOURCES_FILE) &&
    entry instanceof tar.ReadEntry &&
    entry.type === 'File' &&
    ++files <= MOST_FILES;
  await pipeline(
    createReadStream(file),
    createGunzip(),
    atMost(MOST_BYTES, () => packedTooLarge(file)),
    tar.extract({ cwd: into, strict: true, preserveOwner: false, filter: isOfTrace }),
    ...(signal === undefined ? [] : [{ signal }]),
  );
  if (files > MOST_FILES) throw packedTooLarge(file);
}

/** Lets so many bytes through. */
function atMost(bytes: number, tooMany: () => Error): Transform {
  let left = bytes;
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      left -= piece.length;
      if (left < 0) done(tooMany());
      else done(null, piece);
    },
  });
}
