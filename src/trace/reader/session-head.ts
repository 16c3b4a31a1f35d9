import type { SessionDefinition } from '../format/definitions.ts';
import { LIMIT } from '../format/limits.ts';
import { decodeLine, type Line } from '../format/lines.ts';
import { SESSION_FILE } from '../format/segment.ts';
import type { TraceFiles } from './files.ts';
import { readObservation } from './schema.ts';

/** Bytes that are read for a first line: most are short; the longest hold a whole command line. */
const FIRST_LINES = [2048, 256 * 1024, LIMIT.line];
/** Bytes that are read for a last line, which says the end and is short. */
const LAST_LINE = 1024;
const NEWLINE = 10;

/** The begin of a session; `undefined` where the file is missing, or its first line damaged. */
export function readSessionHead(files: TraceFiles): SessionDefinition | undefined {
  const read = readObservation(firstLine(files, SESSION_FILE)?.value, { count: 0 });
  return typeof read === 'object' && read.type === 'session' ? read : undefined;
}

/** Does the session file say that the session is over? */
export function hasSessionEnded(files: TraceFiles): boolean {
  const size = files.size(SESSION_FILE);
  const tail = new Uint8Array(Math.min(size, LAST_LINE));
  const got = files.read(SESSION_FILE, size - tail.length, tail);
  const lines = tail.subarray(0, tail.subarray(0, got).lastIndexOf(NEWLINE));
  const last = decodeLine(lines.subarray(lines.lastIndexOf(NEWLINE) + 1));
  const read = readObservation(last?.value, { count: 0 });
  return typeof read === 'object' && read.type === 'end';
}

/** The version that the first line of a file of lines names, whatever else it says. */
export function versionOf(files: TraceFiles, name: string): number | undefined {
  const value = firstLine(files, name)?.value;
  if (typeof value !== 'object' || value === null || !('version' in value)) return undefined;
  return typeof value.version === 'number' && Number.isSafeInteger(value.version) ? value.version : undefined;
}

function firstLine(files: TraceFiles, name: string): Line | undefined {
  for (const size of FIRST_LINES) {
    const bytes = new Uint8Array(size);
    const got = files.read(name, 0, bytes);
    const end = bytes.subarray(0, got).indexOf(NEWLINE);
    if (end >= 0) return decodeLine(bytes.subarray(0, end));
    if (got < size) return undefined;
  }
  return undefined;
}
