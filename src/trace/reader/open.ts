import fs from 'node:fs';
import type { Ns } from '../../base/quantities.ts';
import { TRACE_VERSION } from '../format/definitions.ts';
import { decodeLine } from '../format/lines.ts';
import { HEADER_SIZE, parseFileName, readHeader, SESSION_FILE, viewsOf } from '../format/segment.ts';
import { isTyped } from './definition-reader.ts';
import { TraceError } from './errors.ts';
import type { TraceFiles } from './files.ts';
import { NodeTraceFiles } from './node-files.ts';
import { TraceReader } from './reader.ts';

/** What the first line of the session file says. */
export interface SessionHead {
  readonly version: number;
  readonly session: string;
  /** `process.hrtime` of the origin, ns. */
  readonly origin: bigint;
}

/** Most first lines are short; the longest hold a whole command line. */
const FIRST_LINES = [2048, 256 * 1024];

/**
 * Opens a trace directory, live or saved; `lag`: see `ReaderOptions`. Throws `TraceError` when there is none, when it cannot be read, or when another
 * version of Forkscope wrote it; damage inside is reported while reading.
 */
export function openTrace(dir: string, lag?: Ns): TraceReader {
  const names = listOrThrow(dir);
  const files = new NodeTraceFiles(dir);
  try {
    const head = readSessionHead(files);
    if (!head && !names.some((n) => parseFileName(n))) {
      throw new TraceError(
        'notATrace',
        `${dir} holds no Forkscope trace. Give the directory of a traced run.`,
      );
    }
    checkVersions(files, names, dir, head);
    const origin = head?.origin;
    const now = () =>
      origin === undefined ? Number.POSITIVE_INFINITY : Number(process.hrtime.bigint() - origin);
    return new TraceReader(files, { session: head?.session ?? '', now, ...(lag !== undefined && { lag }) });
  } catch (error) {
    files.close();
    throw error;
  }
}

function listOrThrow(dir: string): readonly string[] {
  try {
    return fs.readdirSync(dir);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new TraceError('notFound', `There is no trace directory ${dir}.`, { cause });
    if (code === 'ENOTDIR') {
      throw new TraceError('notADirectory', `${dir} is a file. A trace is a directory: give that.`, {
        cause,
      });
    }
    throw new TraceError('denied', `${dir} cannot be read (${code}). Check its permissions.`, { cause });
  }
}

/** The session's description, or `undefined` where the file is missing or its first line damaged. */
export function readSessionHead(files: TraceFiles): SessionHead | undefined {
  const value = firstLine(files, SESSION_FILE);
  if (!isTyped(value) || value.type !== 'session') return undefined;
  const head = value as { type: string; version?: unknown; session?: unknown; origin?: unknown };
  const origin = typeof head.origin === 'string' && /^-?\d+$/.test(head.origin) ? BigInt(head.origin) : 0n;
  return { version: Number(head.version), session: String(head.session ?? ''), origin };
}

function firstLine(files: TraceFiles, name: string): unknown {
  for (const size of FIRST_LINES) {
    const bytes = new Uint8Array(size);
    const got = files.read(name, 0, bytes);
    const end = bytes.subarray(0, got).indexOf(10);
    if (end >= 0) return decodeLine(bytes.subarray(0, end))?.value;
    if (got < size) return undefined;
  }
  return undefined;
}

function checkVersions(
  files: TraceFiles,
  names: readonly string[],
  dir: string,
  head: SessionHead | undefined,
): void {
  if (head) refuseOther(head.version, dir);
  for (const name of names) {
    const parsed = parseFileName(name);
    if (!parsed) continue;
    const version = parsed.segment === undefined ? streamVersion(files, name) : segmentVersion(files, name);
    if (version !== undefined) refuseOther(version, dir);
  }
}

function streamVersion(files: TraceFiles, name: string): number | undefined {
  const value = firstLine(files, name);
  return isTyped(value) && 'version' in value ? Number(value.version) : undefined;
}

function segmentVersion(files: TraceFiles, name: string): number | undefined {
  const bytes = new Uint8Array(HEADER_SIZE);
  if (files.read(name, 0, bytes) < HEADER_SIZE) return undefined;
  return readHeader(viewsOf(bytes.buffer, 0, HEADER_SIZE))?.version;
}

function refuseOther(version: number, dir: string): void {
  if (version === TRACE_VERSION) return;
  const age = version > TRACE_VERSION ? 'a newer' : 'an older';
  const advice =
    version > TRACE_VERSION
      ? 'Update Forkscope to open it.'
      : 'Open it with the Forkscope that recorded it, or record again.';
  throw new TraceError(
    'version',
    `${dir} was recorded by ${age} Forkscope (trace version ${version}; this one reads ${TRACE_VERSION}). ${advice}`,
  );
}
