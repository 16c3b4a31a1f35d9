import { setTimeout as sleep } from 'node:timers/promises';
import { LinuxProcessTable } from './linux.ts';
import { PortableProcessTable, portableTree } from './portable.ts';
import type { OsProcess, OsProcessTable } from './process-table.ts';

/** One step of the escalation: the signal, and how long processes get to end by it. */
export interface KillStep {
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL';
  /** Milliseconds. */
  readonly patience: number;
}

const ESCALATION: readonly KillStep[] = [
  { signal: 'SIGINT', patience: 1500 },
  { signal: 'SIGTERM', patience: 1500 },
  { signal: 'SIGKILL', patience: 2000 },
];
/** Milliseconds between looks at who is left. */
const LOOK_EVERY = 40;
/** Rounds of SIGKILL: processes may start others while the tree is killed. Only a fork bomb outlives so many. */
const MOST_ROUNDS = 20;

/**
 * Ends a process and everything below it: SIGINT to all (what Ctrl-C does), then SIGTERM, then SIGKILL, each only for
 * those that are left. Parents come first, so that they do not replace children that seem to have crashed.
 *
 * @param roots the root process and others known to belong to it: a child whose parent has died is nobody's descendant
 * @param onStep called before each signal, with the pids that get it
 * @returns the pids that are still there (another user's, or in an uninterruptible wait)
 */
export async function killTree(
  roots: readonly number[],
  options: {
    readonly steps?: readonly KillStep[];
    readonly table?: OsProcessTable;
    readonly onStep?: (signal: string, pids: readonly number[]) => void;
  } = {},
): Promise<number[]> {
  const table = options.table ?? killTable();
  const members = new Members(table, roots);
  for (const { signal, patience } of options.steps ?? ESCALATION) {
    for (let round = 0; round < (signal === 'SIGKILL' ? MOST_ROUNDS : 1); round++) {
      const living = await members.living();
      if (living.length === 0) return [];
      options.onStep?.(signal, living);
      // A child first: one that hears of its parent's end by its stdin would go on before it is met, and what it hung on were not told.
      for (const pid of living.toReversed()) send(pid, signal);
      if (await members.gone(signal === 'SIGKILL' ? patience / MOST_ROUNDS : patience)) return [];
    }
  }
  return members.living();
}

/** Everything that was ever seen in the tree: orphans stay members, and a reused pid is not one. */
class Members {
  readonly #table: OsProcessTable;
  readonly #known = new Map<number, string>();
  readonly #roots: readonly number[];
  #first = true;

  constructor(table: OsProcessTable, roots: readonly number[]) {
    this.#table = table;
    this.#roots = roots.filter((pid) => pid > 1 && pid !== process.pid);
  }

  async living(): Promise<number[]> {
    const asked = this.#first ? this.#roots : [...this.#known.keys()];
    this.#first = false;
    const found = (await this.#table.descendants(asked)).filter((entry) => this.#isMember(entry));
    for (const { pid, start } of found) this.#known.set(pid, start);
    return found.map(({ pid }) => pid);
  }

  async gone(patience: number): Promise<boolean> {
    const until = performance.now() + patience;
    do {
      await sleep(LOOK_EVERY);
      if ((await this.living()).length === 0) return true;
    } while (performance.now() < until);
    return false;
  }

  #isMember({ pid, start }: OsProcess): boolean {
    const known = this.#known.get(pid);
    return pid !== process.pid && (known === undefined || known === start);
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile, or belongs to somebody else: the next look tells.
  }
}

function killTable(): OsProcessTable {
  return LinuxProcessTable.isUsable() ? new LinuxProcessTable() : new PidTreeTable();
}

/** Only the pids are needed, and `pidtree` finds them everywhere, Windows without `wmic` included. */
class PidTreeTable extends PortableProcessTable {
  override async descendants(roots: Iterable<number>): Promise<OsProcess[]> {
    const trees = await Promise.all([...roots].map(portableTree));
    return [...new Set(trees.flat())].map((pid) => ({
      pid,
      ppid: 0,
      name: '',
      command: '',
      cpu: null,
      memory: null,
      start: '',
    }));
  }
}
