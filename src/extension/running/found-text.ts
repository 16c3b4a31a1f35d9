import { stackGroupLines } from '../../model/index.ts';
import type { Found } from '../../untraced/index.ts';
import { sectionLines } from '../../untraced/index.ts';

/** What was found as a text to be read from its begin: what follows first, then what it follows from. */
export function foundText({ name, groups, sections }: Found, time: string): string {
  const { verdict, processes, between } = sections;
  const stacks = { title: 'Stacks', lines: stackGroupLines(groups).map((line) => `  ${line}`) };
  return [`${name}. ${time}`, '', ...sectionLines([verdict, processes, between, stacks]), ''].join('\n');
}
