import fs from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { parseStat } from '../../base/proc.ts';
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
    // All of them: of some only the difference to the last look tells.
    return readdirSync(TASKS).filter((id) => !these.has(Number(id)) && works(id)).length > 0;
  } catch {
    // No `/proc`, or Node's permission model.
    return undefined;
  }
}

/** It runs, wants to, or waits for the disk. One that has nothing to do sleeps. */
const AT_WORK = ['R', 'D'];

/**
 * V8's own threads compile and collect garbage for moments whenever they like, which wakes nobody; but WebAssembly that the program
 * has asked for is compiled there as well. That takes processor time, as moments do not. They are there before the program
 * is; Node 24 also gives them a name, by which workers know them too.
 */
const platform: ReadonlySet<string> = new Set(isLinux ? threadsNow() : []);
const PLATFORM_NAME = 'V8Worker';
/** Processor time of those threads at the last look, in the system's ticks. */
const ticksBefore = new Map<string, number>();

function threadsNow(): readonly string[] {
  try {
    return isMainThread ? readdirSync(TASKS) : [];
  } catch {
    return [];
  }
}

function works(id: string): boolean {
  let stat: string;
  try {
    stat = readFileSync(`${TASKS}/${id}/stat`, 'latin1');
  } catch (error) {
    if (Reflect.get(Object(error), 'code') !== 'ERR_ACCESS_DENIED') return false;
    throw error;
  }
  const { name, state, used } = parseStat(stat);
  const isAtWork = AT_WORK.includes(state);
  if (name !== PLATFORM_NAME && !platform.has(id)) return isAtWork;
  const before = ticksBefore.get(id);
  ticksBefore.set(id, used);
  // Nothing is concluded from a first look.
  return isAtWork && before !== undefined && used > before;
}
