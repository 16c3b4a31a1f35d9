import { english, listText } from '../words/index.ts';
import type { StackGroup } from './parallel-stacks.ts';

const MOST_NAMES = 4;

/** What is said where there is no stack. */
export const NO_THREADS = 'No thread of the program is there any more.';

/** Merged stacks as lines of text: equal ones are one row with a count. Nothing in them is safe for a terminal yet. */
export function stackGroupLines(groups: readonly StackGroup[]): string[] {
  return groups.length === 0 ? [NO_THREADS] : groups.flatMap((group) => groupLines(group, 0));
}

function groupLines({ frames, count, here, below }: StackGroup, depth: number): string[] {
  const indent = '  '.repeat(depth);
  const lines = [`${indent}${count} ×${frames.length === 0 ? ' without a line of the program' : ''}`];
  for (const { fn, file, line } of frames) lines.push(`${indent}  ${fn || '<anonymous>'} ${file}:${line}`);
  for (const { doing, count: doers, who } of here)
    lines.push(
      `${indent}  ${doers === 1 ? '' : `${doers} × `}${doing}: ${listText(english, who, MOST_NAMES)}`,
    );
  return [...lines, ...below.flatMap((group) => groupLines(group, depth + 1))];
}
