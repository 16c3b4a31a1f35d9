import { parallelStacks, type StackGroup } from '../../model/views/parallel-stacks.ts';
import { shortName } from '../program/names.ts';
import type { Program } from '../program/program.ts';
import type { RunningProgram } from '../program/running.ts';
import { standings } from './standing.ts';
import { type ProgramSections, programSections } from './text.ts';

/** What was found in a program that was looked into, for the editor. */
export interface Found {
  readonly pid: number;
  readonly name: string;
  /** Processes that were found; of these so many could not be looked into. */
  readonly processes: number;
  readonly refused: number;
  readonly groups: readonly StackGroup[];
  readonly sections: ProgramSections;
}

/** What `forkscope look` says to the editor, a line of JSON each. */
export type LookWord =
  | { readonly type: 'programs'; readonly programs: readonly RunningProgram[] }
  /** It waits for a word of consent. `listens`: a source of the program that names SIGUSR1. */
  | {
      readonly type: 'consent';
      readonly pid: number;
      /** Tells it from a later process with the same pid. */
      readonly start: string;
      readonly name: string;
      readonly listens: string | null;
    }
  | { readonly type: 'looking'; readonly pid: number; readonly index: number; readonly count: number }
  | { readonly type: 'found'; readonly found: Found }
  | { readonly type: 'problem'; readonly problem: string };

export function foundIn(program: Program): Found {
  const { root, processes } = program;
  const top = processes.find(({ pid }) => pid === root);
  return {
    pid: root,
    name: shortName(top ?? { argv: [], pid: root }),
    processes: processes.length,
    refused: processes.filter(({ inside, isNode }) => isNode && inside === null).length,
    groups: parallelStacks(standings(program)),
    sections: programSections(program),
  };
}
