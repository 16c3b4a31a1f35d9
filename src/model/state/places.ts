import type { CallSite, StackFrame } from '../types/index.ts';

/**
 * The same call sites, in the same order, each with the place that tells it from the others: where several have one line, as
 * in a helper that takes all locks, the nearest of their callers that is not the same for all of them.
 */
export function tellApart(sites: readonly CallSite[]): CallSite[] {
  const stacks = sites.map(ownFrames);
  /** How many callers up the place of each is. */
  const depths = sites.map(() => 0);
  const split = (members: readonly number[], depth: number): void => {
    for (const same of groupsAt(stacks, members, depth)) {
      if (same.length < 2 || same.every((i) => stacks[i]?.[depth] === undefined)) continue;
      const differ = groupsAt(stacks, same, depth + 1).length > 1;
      if (differ) for (const i of same) if (stacks[i]?.[depth + 1] !== undefined) depths[i] = depth + 1;
      split(same, depth + 1);
    }
  };
  split([...sites.keys()], 0);
  return sites.map((site, i) => placedAt(site, stacks[i]?.[depths[i] ?? 0]));
}

/** Do all of them show the same line? */
export function sameLine(sites: readonly CallSite[]): boolean {
  return new Set(sites.map(lineOf)).size <= 1;
}

function ownFrames({ frames }: CallSite): StackFrame[] {
  return frames.filter((frame) => frame.package === '');
}

/** Members whose frame at a depth (0: the nearest) is on the same line, together. */
function groupsAt(
  stacks: readonly (readonly StackFrame[])[],
  members: readonly number[],
  depth: number,
): number[][] {
  const groups = new Map<string, number[]>();
  for (const i of members) {
    const frame = stacks[i]?.[depth];
    const key = frame === undefined ? '' : lineOf(frame);
    groups.set(key, [...(groups.get(key) ?? []), i]);
  }
  return [...groups.values()];
}

function lineOf({ file, line }: { readonly file: string; readonly line: number }): string {
  return `${file}:${line}`;
}

function placedAt(site: CallSite, frame: StackFrame | undefined): CallSite {
  if (frame === undefined) return site;
  const { file, line, column, fn } = frame;
  return { ...site, file, line, column, fn };
}
