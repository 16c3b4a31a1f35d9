import { readFileSync } from 'node:fs';

/** What Linux says of a process in /proc/PID/stat, and of a thread in /proc/PID/task/TID/stat. */
export interface ProcStat {
  readonly pid: number;
  readonly parent: number;
  /** Process group. */
  readonly group: number;
  /** Process group in the foreground of its terminal; -1: it has none. */
  readonly foreground: number;
  /** The executable's name, at most 15 bytes. */
  readonly name: string;
  /** `R` it runs or wants to, `D` it waits for the disk, `S` it sleeps, `T` it is stopped … */
  readonly state: string;
  /** It has ended, and waits for its parent to ask how (a zombie): `kill(pid, 0)` still finds it. */
  readonly dead: boolean;
  /** CPU time so far, ticks of 1/100 s. */
  readonly used: number;
  /** When it started, ticks of 1/100 s since boot: tells two processes with one pid apart. */
  readonly start: number;
}

/** `undefined`: there is no such process, or the system has no /proc. */
export function procStat(pid: number | 'self'): ProcStat | undefined {
  let line: string;
  try {
    line = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  return parseStat(line);
}

export function parseStat(line: string): ProcStat {
  // The name stands in parentheses and may hold spaces and parentheses itself: fields count from the last one.
  const close = line.lastIndexOf(')');
  const fields = line.slice(close + 2).split(' ');
  /** @param n as `man proc_pid_stat` counts them */
  const field = (n: number): number => Number(fields[n - 3]);
  return {
    pid: Number.parseInt(line, 10),
    parent: field(4),
    group: field(5),
    foreground: field(8),
    name: line.slice(line.indexOf('(') + 1, close),
    state: fields[0] ?? '',
    dead: fields[0] === 'Z' || fields[0] === 'X',
    used: field(14) + field(15),
    start: field(22),
  };
}

/** Is there a process, or a zombie, with this pid, whoever owns it? */
export function isSignallable(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
