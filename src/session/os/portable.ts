import os from 'node:os';
import type { ProcessDescriptor } from 'ps-list';
import type { ThreadSample } from '../../trace/format/definitions.ts';
import { type OsProcess, type OsProcessTable, pickTree } from './process-table.ts';

/** Asks the system's own tools: `ps` on macOS and other Unixes, Windows' process list (no CPU and memory there). */
export class PortableProcessTable implements OsProcessTable {
  async descendants(roots: Iterable<number>): Promise<OsProcess[]> {
    const { default: psList } = await import('ps-list');
    const all = await psList({ all: true });
    const living = all.filter(({ cmd }) => !cmd?.includes('<defunct>'));
    return pickTree(living, roots).map(describe);
  }
  threads(): ThreadSample[] {
    return [];
  }
}

function describe(entry: ProcessDescriptor): OsProcess {
  const { pid, ppid, name, cmd, cpu, memory, startTime } = entry;
  return {
    pid,
    ppid,
    name,
    command: cmd ?? '',
    cpu: cpu ?? null,
    // ps gives a percentage of the machine's memory with one decimal.
    memory: memory === undefined ? null : Math.round((memory / 100) * os.totalmem()),
    start: startTime === undefined ? '' : String(startTime.getTime()),
  };
}

/** Pids of a process and of all its descendants, parents first; none when it has ended. */
export async function portableTree(pid: number): Promise<number[]> {
  try {
    const { default: pidtree } = await import('pidtree');
    return await pidtree(pid, { root: true });
  } catch {
    return [];
  }
}
