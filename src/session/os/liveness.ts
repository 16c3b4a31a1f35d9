import { isSignallable } from '../../base/proc.ts';
import { LinuxProcessTable, linuxStartTime } from './linux.ts';

/** Clocks of the kernel and of the wall drift apart and are set: the same process may look this much younger, ms. */
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
