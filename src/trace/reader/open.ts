import fs from 'node:fs';
import type { Ns } from '../../base/quantities.ts';
import { TRACE_VERSION } from '../format/definitions.ts';
import { HEADER_SIZE, parseFileName, readHeader, SESSION_FILE, viewsOf } from '../format/segment.ts';
import { notATrace, otherVersion, unreadableDirectory } from './errors.ts';
import type { TraceFiles } from './files.ts';
import { NodeTraceFiles } from './node-files.ts';
import { TraceReader } from './reader.ts';
import { readSessionHead, versionOf } from './session-head.ts';

/**
 * Opens a trace directory, live or saved. What is damaged or not to be trusted inside is reported while reading.
 * @param lag see `ReaderOptions`
 * @throws TraceError when there is none, when it can't be read, or when another version of Forkscope wrote it
 */
export function openTrace(dir: string, lag?: Ns): TraceReader {
  const names = listOrThrow(dir);
  const files = new NodeTraceFiles(dir);
  try {
    checkVersions(files, names, dir);
    const head = readSessionHead(files);
    if (!head && !names.some((name) => parseFileName(name))) throw notATrace(dir, files.takeProblems());
    const origin = head && BigInt(head.origin);
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
    throw unreadableDirectory(dir, cause);
  }
}

function checkVersions(files: TraceFiles, names: readonly string[], dir: string): void {
  for (const name of [SESSION_FILE, ...names]) {
    const version = name === SESSION_FILE ? versionOf(files, name) : fileVersion(files, name);
    if (version !== undefined && version !== TRACE_VERSION) throw otherVersion(dir, version);
  }
}

function fileVersion(files: TraceFiles, name: string): number | undefined {
  const parsed = parseFileName(name);
  if (!parsed) return undefined;
  return parsed.segment === undefined ? versionOf(files, name) : segmentVersion(files, name);
}

function segmentVersion(files: TraceFiles, name: string): number | undefined {
  const bytes = new Uint8Array(HEADER_SIZE);
  if (files.read(name, 0, bytes) < HEADER_SIZE) return undefined;
  return readHeader(viewsOf(bytes.buffer, 0, HEADER_SIZE))?.version;
}
