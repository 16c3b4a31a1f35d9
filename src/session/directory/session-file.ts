import type { SessionDefinition } from '../../trace/format/definitions.ts';
import { hasSessionEnded, NodeTraceFiles, readSessionHead as readHead } from '../../trace/index.ts';
import { isAlive } from '../os/liveness.ts';
import { machineId } from './machine.ts';

/** The file that every trace begins with, in its folder. */
export { SESSION_FILE } from '../../trace/format/segment.ts';

/** The begin of a session, `undefined` when the folder does not hold one that can be read. */
export function readSessionHead(dir: string): SessionDefinition | undefined {
  const files = new NodeTraceFiles(dir);
  try {
    return readHead(files);
  } finally {
    files.close();
  }
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
  const files = new NodeTraceFiles(dir);
  try {
    return hasSessionEnded(files);
  } finally {
    files.close();
  }
}
