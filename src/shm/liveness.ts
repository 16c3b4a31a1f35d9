import { readFileSync } from 'node:fs';
import { childProcess } from '../base/builtins.ts';

/** A process as the system knows it. `start` tells two processes with one pid apart; 0: unknown. */
export interface ProcessState {
  readonly alive: boolean;
  readonly start: number;
}

const DEAD: ProcessState = { alive: false, start: 0 };

/**
 * State and start time of a process. A zombie counts as dead, though `kill(pid, 0)` still finds it.
 * Linux reads /proc (~20 µs); elsewhere `ps` says it, since libuv reaps only in its own loop.
 */
export function processState(pid: number): ProcessState {
  if (process.platform === 'linux') return linuxState(pid);
  if (!signalable(pid)) return DEAD;
  if (process.platform === 'win32') return { alive: true, start: 0 };
  const { stdout } = childProcess().spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    encoding: 'utf8',
  });
  const line = stdout?.trim() ?? '';
  if (line === '' || line.startsWith('Z')) return DEAD;
  const start = Date.parse(line.slice(line.indexOf(' ')).trim());
  return { alive: true, start: Number.isNaN(start) ? 0 : start };
}

function linuxState(pid: number): ProcessState {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return DEAD;
  }
  // The command, in parentheses, may hold anything; the state is the first field after the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  if (state === 'Z' || state === 'X') return DEAD;
  const STARTTIME = 19; // field 22 of the line, counted from the state
  return { alive: true, start: Number(fields[STARTTIME]) };
}

function signalable(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
