import { childProcess } from '../base/builtins.ts';
import { isSignallable, procStat } from '../base/proc.ts';

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
  if (!isSignallable(pid)) return DEAD;
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
  const stat = procStat(pid);
  return stat === undefined || stat.dead ? DEAD : { alive: true, start: stat.start };
}
