import type { SystemThreadId } from '../../base/quantities.ts';
import type { ThreadSample } from '../../trace/format/definitions.ts';

/** One living process as the operating system shows it. */
export interface OsProcess {
  readonly pid: number;
  readonly ppid: number;
  /** Short name of the executable. */
  readonly name: string;
  /** The command line, '' where it can't be read. It is read when this is asked for: a process that has ended has none. */
  readonly command: string;
  /** The words of the command line; missing: the system does not tell them apart. */
  readonly argv?: readonly string[];
  /** Milliseconds for which it has lived at the look; missing: the system does not tell. */
  readonly age?: number;
  /** Does it run Node, whatever its title says (npm sets one)? `undefined`: the system does not tell. */
  readonly isNode?: boolean;
  /** The descriptor from which it sleeps until there is something to read; missing: none, or the system does not tell. */
  readonly reads?: number | undefined;
  /** It is stopped by a signal (SIGSTOP, Ctrl-Z). `undefined`: the system does not tell. */
  readonly isStopped?: boolean;
  /** Percent of one core since the last look (at the first: since its start); `null`: unknown. */
  readonly cpu: number | null;
  /** Bytes resident; `null`: unknown. */
  readonly memory: number | null;
  /** Tells two processes with the same pid apart; '' where the system does not say. */
  readonly start: string;
}

/** What the operating system knows about processes: one implementation for each way to ask it. */
export interface OsProcessTable {
  /**
   * The processes that are descendants of any of `roots`, and those roots themselves, without the dead (zombies).
   * A child whose parent has died belongs to nobody: name it as a root to keep seeing it.
   */
  descendants(roots: Iterable<number>): Promise<OsProcess[]>;
  /** Threads of a process by their system's ids; those that have ended are left out, and all where the system does not tell of threads. */
  threads(pid: number, ids: readonly SystemThreadId[]): ThreadSample[];
}

/** Picks `roots` and all below them out of a table, parents first. */
export function pickTree<T extends { readonly pid: number; readonly ppid: number }>(
  all: readonly T[],
  roots: Iterable<number>,
): T[] {
  const byPid = new Map(all.map((entry) => [entry.pid, entry]));
  const byParent = new Map<number, T[]>();
  for (const entry of all) {
    const siblings = byParent.get(entry.ppid);
    if (siblings === undefined) byParent.set(entry.ppid, [entry]);
    else siblings.push(entry);
  }
  const picked = new Map<number, T>();
  for (const root of roots) {
    const entry = byPid.get(root);
    if (entry !== undefined) picked.set(root, entry);
    for (const child of byParent.get(root) ?? []) picked.set(child.pid, child);
  }
  for (const pid of picked.keys()) {
    for (const child of byParent.get(pid) ?? []) if (!picked.has(child.pid)) picked.set(child.pid, child);
  }
  return [...picked.values()];
}
