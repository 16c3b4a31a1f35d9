import type { ProcessView } from '../types/index.ts';

/** Levels of a tree that are shown: every line has the branches of all levels above it. Real programs have ten. */
export const DEEPEST_TREE = 64;

export interface TreeRow {
  /** Branches before the name. */
  readonly prefix: string;
  readonly process: ProcessView;
  /** Branches before a line about the process below its own. */
  readonly below: string;
  /** Processes below it that have no rows, since they are too deep. */
  readonly deeper: number;
}

/** How many processes are below one. */
export function countBelow(id: string, childrenOf: (id: string) => readonly string[]): number {
  const found = [...childrenOf(id)];
  // It grows meanwhile.
  for (const next of found) for (const child of childrenOf(next)) found.push(child);
  return found.length;
}

/** Processes in tree order with branches; one whose parent is unknown is a root. */
export function treeRows(processes: readonly ProcessView[]): TreeRow[] {
  const known = new Set(processes.map((process) => process.id));
  const children = new Map<string | null, ProcessView[]>();
  for (const process of processes) {
    const parent = process.parent !== null && known.has(process.parent) ? process.parent : null;
    const list = children.get(parent);
    if (list === undefined) children.set(parent, [process]);
    else list.push(process);
  }
  const rows: TreeRow[] = [];
  const todo: { process: ProcessView; prefix: string; below: string; level: number }[] = [];
  const idsBelow = (id: string): string[] => (children.get(id) ?? []).map((process) => process.id);
  const push = (list: readonly ProcessView[], above: string, level: number): void => {
    const root = level === 1;
    for (let i = list.length - 1; i >= 0; i--) {
      const last = i === list.length - 1;
      const prefix = root ? '' : above + (last ? '└─ ' : '├─ ');
      todo.push({
        process: list[i] as ProcessView,
        prefix,
        below: root ? '' : above + (last ? '   ' : '│  '),
        level,
      });
    }
  };
  push(children.get(null) ?? [], '', 1);
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { prefix, process, level } = next;
    const nested = level < DEEPEST_TREE ? (children.get(process.id) ?? []) : [];
    const deeper = level < DEEPEST_TREE ? 0 : countBelow(process.id, idsBelow);
    rows.push({ prefix, process, below: `${next.below}${nested.length > 0 ? '│  ' : '   '}`, deeper });
    push(nested, next.below, level + 1);
  }
  return rows;
}
