/** A frame of a stack, from whatever source. Lines count from 1. */
export interface StackFrame {
  readonly fn: string;
  readonly file: string;
  readonly line: number;
}

/** Which thread stands somewhere; of a process that no thread is known of, only which process. */
export interface StandingIds {
  readonly process: string;
  readonly thread: string | null;
}

/** One thing that stands somewhere: a thread, a suspended function, an open wait. */
export interface Standing {
  /** Who: a process or thread in words. */
  readonly who: string;
  readonly ids: StandingIds;
  /** What it does at the innermost frame, in words: `waits for lock A`, `runs`. */
  readonly doing: string;
  /** The same without what tells it from others that do alike: what many do at one place. Default: `doing`. */
  readonly alike?: string;
  /** Innermost first; empty where no code of the user is on the stack. */
  readonly frames: readonly StackFrame[];
  /** How many equal ones this stands for. */
  readonly count: number;
}

/** A stretch of frames that a group shares, and how it divides further in. */
export interface StackGroup {
  /** Outermost first. Empty in groups without frames. */
  readonly frames: readonly StackFrame[];
  /** How many stand in it or below. */
  readonly count: number;
  /** Those that stand at its innermost frame, by what they do. */
  readonly here: readonly StackMembers[];
  readonly below: readonly StackGroup[];
}
export interface StackMembers {
  readonly doing: string;
  readonly count: number;
  readonly who: readonly string[];
  /** The ids of `who`, in its order. */
  readonly ids: readonly StandingIds[];
}

/** More different ones that do alike at one place are one row: each of a thousand workers may have a queue of its own. */
const MOST_ALIKE = 3;

interface Node {
  readonly frame: StackFrame | null;
  count: number;
  readonly here: Map<string, { alike: string; count: number; who: string[]; ids: StandingIds[] }>;
  readonly below: Map<string, Node>;
}

/**
 * Merges stacks into a tree of equal frames with counts, outermost frame first, so that a thousand workers at the same place
 * are one row. Groups come largest first.
 */
export function parallelStacks(standings: readonly Standing[]): StackGroup[] {
  const root = nodeOf(null);
  for (const standing of standings) {
    let at = root;
    for (const frame of standing.frames.toReversed()) {
      const key = `${frame.file}:${frame.line}:${frame.fn}`;
      const next = at.below.get(key) ?? nodeOf(frame);
      at.below.set(key, next);
      next.count += standing.count;
      at = next;
    }
    const members = at.here.get(standing.doing) ?? {
      alike: standing.alike ?? standing.doing,
      count: 0,
      who: [],
      ids: [],
    };
    at.here.set(standing.doing, members);
    members.count += standing.count;
    members.who.push(standing.who);
    members.ids.push(standing.ids);
  }
  const frameless: StackGroup[] =
    root.here.size === 0 ? [] : [{ frames: [], count: total(root), here: membersOf(root), below: [] }];
  return [...groupsBelow(root), ...frameless];
}

function nodeOf(frame: StackFrame | null): Node {
  return { frame, count: 0, here: new Map(), below: new Map() };
}

function total(node: Node): number {
  return [...node.here.values()].reduce((sum, { count }) => sum + count, 0);
}

function groupsBelow(node: Node): StackGroup[] {
  return [...node.below.values()].sort((a, b) => b.count - a.count).map(groupOf);
}

/** A row goes on as long as everybody goes on to the same frame. */
function groupOf(first: Node): StackGroup {
  const frames: StackFrame[] = [];
  let at = first;
  for (;;) {
    if (at.frame !== null) frames.push(at.frame);
    const [only] = at.below.values();
    if (only === undefined || at.below.size > 1 || at.here.size > 0) break;
    at = only;
  }
  return { frames, count: first.count, here: membersOf(at), below: groupsBelow(at) };
}

function membersOf(node: Node): StackMembers[] {
  const kinds = new Map<string, StackMembers[]>();
  for (const [doing, { alike, count, who, ids }] of node.here)
    kinds
      .set(alike, kinds.get(alike) ?? [])
      .get(alike)
      ?.push({ doing, count, who, ids });
  return [...kinds]
    .flatMap(([alike, members]) => (members.length > MOST_ALIKE ? [merged(alike, members)] : members))
    .sort((a, b) => b.count - a.count);
}

function merged(doing: string, members: readonly StackMembers[]): StackMembers {
  const count = members.reduce((sum, member) => sum + member.count, 0);
  const who = members.flatMap((member) => member.who);
  return { doing, count, who, ids: members.flatMap(({ ids }) => ids) };
}
