import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { ENV_SESSION } from '../../base/environment.ts';
import { processTable } from './index.ts';
import { LinuxProcessTable } from './linux.ts';
import type { OsProcess } from './process-table.ts';

/** What tells whether a process belongs to a session. None of it says which processes do: these show it themselves. */
export interface Belonging {
  /** Folder of the trace, as it was opened. */
  readonly dir: string;
  /** Id of the session. */
  readonly session: string;
  /** The launcher's pid, where the asker has started it itself: never what a folder says of it. */
  readonly launcher?: number | undefined;
}

/**
 * The living processes that belong to a session, parents first, without its launcher: those whose environment has its folder and
 * id, which only its launcher has put there, those that the launcher has started, and all below them. The trace is not asked:
 * whoever made it could name any process. Where the system does not show environments, only those below the launcher.
 */
export async function processesOf(belonging: Belonging): Promise<OsProcess[]> {
  const table = processTable();
  const below = belonging.launcher === undefined ? [] : await table.descendants([belonging.launcher]);
  const started = below.filter(({ ppid }) => ppid === belonging.launcher).map(({ pid }) => pid);
  const roots = new Set([...started, ...(LinuxProcessTable.isUsable() ? markedBy(belonging) : [])]);
  roots.delete(process.pid);
  const all = await table.descendants(roots);
  const tops = all.filter(({ pid, ppid }) => roots.has(pid) && !roots.has(ppid));
  return table.descendants(tops.map(({ pid }) => pid));
}

function markedBy({ dir, session }: Belonging): number[] {
  const place = realPath(dir);
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    const mark = markOf(pid);
    return mark?.session === session && realPath(mark.dir) === place;
  });
}

/** What the environment that a process was started with says of its session. */
function markOf(pid: number): { readonly dir: string; readonly session: string } | undefined {
  const begin = `${ENV_SESSION}=`;
  try {
    const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    const mark: unknown = JSON.parse(entries.find((e) => e.startsWith(begin))?.slice(begin.length) ?? 'null');
    if (typeof mark !== 'object' || mark === null || !('dir' in mark) || !('session' in mark))
      return undefined;
    const { dir, session } = mark;
    return typeof dir === 'string' && typeof session === 'string' ? { dir, session } : undefined;
  } catch {
    // It has ended, is another user's, or has something else there.
    return undefined;
  }
}

function realPath(dir: string): string {
  try {
    return realpathSync(dir);
  } catch {
    return dir;
  }
}
