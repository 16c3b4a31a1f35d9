import fs from 'node:fs';
import type { SystemThreadId } from '../../base/quantities.ts';

const { readdirSync, readFileSync, readlinkSync } = fs;
const TASKS = '/proc/self/task';
const isLinux = process.platform === 'linux';

/** The system's id of this thread; 0: it does not tell. */
export function ownThread(): SystemThreadId {
  return isLinux ? idIn('/proc/thread-self') : 0;
}
/** That of the main thread, in the numbers of this `/proc`. */
export function mainThread(): SystemThreadId {
  return isLinux ? idIn('/proc/self') : 0;
}

function idIn(link: string): SystemThreadId {
  try {
    const target = readlinkSync(link);
    return Number(target.slice(target.lastIndexOf('/') + 1)) || 0;
  } catch {
    return 0;
  }
}

/** Whether some other thread of this process than `these` is at work; `undefined`: the system does not tell. */
export function othersWork(these: ReadonlySet<SystemThreadId>): boolean | undefined {
  if (!isLinux) return undefined;
  try {
    return readdirSync(TASKS).some((id) => !these.has(Number(id)) && works(id));
  } catch {
    // No `/proc`, or Node's permission model.
    return undefined;
  }
}

/** It runs, wants to, or waits for the disk. One that has nothing to do sleeps. */
function works(id: string): boolean {
  let stat: string;
  try {
    stat = readFileSync(`${TASKS}/${id}/stat`, 'latin1');
  } catch (error) {
    if (Reflect.get(Object(error), 'code') !== 'ERR_ACCESS_DENIED') return false;
    throw error;
  }
  // `7 (name, which may have blanks and brackets) S …`
  const state = stat[stat.lastIndexOf(')') + 2];
  return state === 'R' || state === 'D';
}
