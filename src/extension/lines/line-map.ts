/** Longest stretch of changed lines that is compared line by line; what is longer counts as rewritten. */
const MOST_COMPARED = 2000;

/**
 * Where the lines of a text are after it was edited: index of a line before → index of the same line now. A line that was itself
 * changed is nowhere. Lines count from 0.
 */
export function lineMap(before: readonly string[], now: readonly string[]): ReadonlyMap<number, number> {
  const map = new Map<number, number>();
  const head = commonLength(before, now, (lines, i) => lines[i]);
  for (let i = 0; i < head; i++) map.set(i, i);
  const [left, right] = [before.slice(head), now.slice(head)];
  const tail = commonLength(left, right, (lines, i) => lines[lines.length - 1 - i]);
  for (let i = 1; i <= tail; i++) map.set(before.length - i, now.length - i);
  const [changed, instead] = [left.slice(0, left.length - tail), right.slice(0, right.length - tail)];
  for (const [from, to] of commonLines(changed, instead)) map.set(head + from, head + to);
  return map;
}

function commonLength(
  a: readonly string[],
  b: readonly string[],
  at: (lines: readonly string[], i: number) => string | undefined,
): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && at(a, length) === at(b, length)) length++;
  return length;
}

/**
 * Lines that stand once in each text, as far as they are in the same order: others could be mistaken for each other, and a line
 * that was not found shows nothing, where one that was mistaken would show what is wrong.
 */
function commonLines(a: readonly string[], b: readonly string[]): [number, number][] {
  if (a.length > MOST_COMPARED || b.length > MOST_COMPARED) return [];
  const [inA, inB] = [onlyOnes(a), onlyOnes(b)];
  const pairs = [...inA].flatMap(([line, from]): [number, number][] => {
    const to = inB.get(line);
    return to === undefined || line.trim() === '' ? [] : [[from, to]];
  });
  return longestRising(pairs);
}

function onlyOnes(lines: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  const more = new Set<string>();
  for (const [i, line] of lines.entries()) {
    if (found.has(line)) more.add(line);
    else found.set(line, i);
  }
  for (const line of more) found.delete(line);
  return found;
}

/** The most pairs whose second numbers rise like their first ones. */
function longestRising(pairs: readonly [number, number][]): [number, number][] {
  /** Index of the last pair of the best row of each length, and of the pair before each. */
  const ends: number[] = [];
  const previous: number[] = [];
  for (const [i, [, to]] of pairs.entries()) {
    let length = ends.length;
    while (length > 0 && (pairs[ends[length - 1] as number] as [number, number])[1] > to) length--;
    previous[i] = length === 0 ? -1 : (ends[length - 1] as number);
    ends[length] = i;
  }
  const row: [number, number][] = [];
  for (let at = ends.at(-1) ?? -1; at >= 0; at = previous[at] as number)
    row.push(pairs[at] as [number, number]);
  return row.reverse();
}
