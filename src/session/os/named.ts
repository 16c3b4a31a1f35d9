import { readdirSync, readFileSync } from 'node:fs';

/**
 * Does a process of this user name a path, in its environment or on its command line? Where the system does not tell, nothing is
 * named. One look at all processes.
 */
export function namedByProcesses(): (path: string) => boolean {
  const texts = listProcesses().flatMap((pid) => [
    read(`/proc/${pid}/environ`),
    read(`/proc/${pid}/cmdline`),
  ]);
  return (path) => {
    const bytes = Buffer.from(path).toString('latin1');
    return texts.some((text) => text.includes(bytes));
  };
}

function listProcesses(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
