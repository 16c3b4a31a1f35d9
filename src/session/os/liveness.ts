import { isSignallable } from '../../base/proc.ts';
import { LinuxProcessTable, linuxStartTime } from './linux.ts';

/** Milliseconds by which a process may seem to have started later than it did: the wall clock is set and drifts. */
const CLOCK_SLACK = 60_000;

/**
 * Does the process that was there at `since` (ms since the epoch) still run? Where the system tells start times, a later
 * process with the same pid is not taken for it. A zombie is dead, though it can be signalled.
 */
export function isAlive(pid: number, since: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  if (LinuxProcessTable.isUsable()) {
    const start = linuxStartTime(pid);
    return start !== undefined && start < since + CLOCK_SLACK;
  }
  return isSignallable(pid);
}
