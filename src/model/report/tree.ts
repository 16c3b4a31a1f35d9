import type { ProcessView } from '../types/index.ts';

export interface TreeRow {
  /** Branches before the name. */
  readonly prefix: string;
  readonly process: ProcessView;
  /** Branches before a line about the process below its own. */
  readonly below: string;
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
  const todo: { process: ProcessView; prefix: string; below: string }[] = [];
  const push = (list: readonly ProcessView[], above: string, root: boolean): void => {
    for (let i = list.length - 1; i >= 0; i--) {
      const last = i === list.length - 1;
      const prefix = root ? '' : above + (last ? '└─ ' : '├─ ');
      todo.push({
        process: list[i] as ProcessView,
        prefix,
        below: root ? '' : above + (last ? '   ' : '│  '),
      });
    }
  };
  push(children.get(null) ?? [], '', true);
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { prefix, process } = next;
    const nested = children.get(process.id) ?? [];
    rows.push({ prefix, process, below: `${next.below}${nested.length > 0 ? '│  ' : '   '}` });
    push(nested, next.below, false);
  }
  return rows;
}
