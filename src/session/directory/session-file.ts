import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import type { SessionDefinition } from '../../trace/format/definitions.ts';
import { decodeLine, LineParser } from '../../trace/format/lines.ts';
import { isAlive } from '../os/liveness.ts';
import { machineId } from './machine.ts';

/** Name of the file in which the launcher writes what it sees from outside. */
export const SESSION_FILE = 'session.def';

/** Bytes of the session file that are read for its first line, which says everything about the begin. */
const HEAD_BYTES = 1024 * 1024;
/** Bytes of the session file that are read for its last line, which says the end and is short. */
const TAIL_BYTES = 1024;

/** The begin of a session, `undefined` when the folder does not hold one that can be read. */
export function readSessionHead(dir: string): SessionDefinition | undefined {
  let fd: number;
  try {
    fd = openSync(path.join(dir, SESSION_FILE), 'r');
  } catch {
    return undefined;
  }
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const size = readSync(fd, head, 0, head.length, 0);
    const first = new LineParser().push(head.subarray(0, size)).lines[0]?.value;
    return isSession(first) ? first : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}

function isSession(value: unknown): value is SessionDefinition {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    value.type === 'session' &&
    'launcherPid' in value &&
    typeof value.launcherPid === 'number' &&
    'wallClock' in value &&
    typeof value.wallClock === 'number'
  );
}

/** Were the pids of this session given by this machine? A trace may come from a colleague or from CI. */
export function isFromHere({ machine }: SessionDefinition): boolean {
  return machine === undefined || machine === machineId();
}

/** Is the launcher of this session still there? Then more may be written. */
export function isLauncherAlive(head: SessionDefinition): boolean {
  return isFromHere(head) && isAlive(head.launcherPid, head.wallClock);
}

/** Is the session over? Its launcher may live on, and wait for a key. */
export function hasEnded(dir: string): boolean {
  try {
    const file = path.join(dir, SESSION_FILE);
    const fd = openSync(file, 'r');
    try {
      const { size } = fstatSync(fd);
      const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
      readSync(fd, tail, 0, tail.length, size - tail.length);
      const lines = tail.subarray(0, tail.lastIndexOf('\n'));
      const value = decodeLine(lines.subarray(lines.lastIndexOf('\n') + 1))?.value;
      return typeof value === 'object' && value !== null && 'type' in value && value.type === 'end';
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}
