import path from 'node:path';

const two = (n: number) => String(n).padStart(2, '0');

/** A folder name that tells a program and the (local) time, and sorts by time for one program. */
export function timedName(program: string, now: Date): string {
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  return `${fileName(program)}.${day}-${time}`;
}

/** Most characters of a program's name in a folder's: file systems allow 255 bytes. */
const LONGEST = 60;

/** A name without what file systems do not take. */
function fileName(name: string): string {
  return name.replace(/[\\/:*?"<>|\p{Cc}]/gu, '-').slice(0, LONGEST);
}

/**
 * The folder of a new trace among others: its name ends with the process that keeps it, so that no two are the same, and whoever
 * has started that process finds it.
 */
export function traceFolderIn(folder: string, program: string, pid: number, now: Date): string {
  return path.join(folder, `${timedName(program, now)}-${pid}`);
}
