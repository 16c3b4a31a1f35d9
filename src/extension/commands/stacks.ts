import * as vscode from 'vscode';
import { isInspectRequest } from '../inspect/remembered.ts';
import type { InspectRequest } from '../inspect/request.ts';
import type { InspectRunning } from '../running/inspect-running.ts';
import type { StacksView } from '../stacks/stacks-view.ts';
import type { ProcessTreeView } from '../tree/tree-view.ts';
import { rowsOf } from './hold.ts';

interface StackParts {
  readonly stacks: StacksView;
  readonly view: ProcessTreeView;
  readonly running: InspectRunning;
}

/** What a command was given for. */
interface Meaning {
  request(given: unknown): InspectRequest | undefined;
  /** Acts on the session that is meant, or chosen. */
  session(given: unknown, act: (dir: string) => unknown): Promise<void>;
}

/** What the commands of the stacks do. */
export function stackHandlers({ stacks, view, running }: StackParts, meant: Meaning) {
  return {
    'forkscope.showStacks': async (given: unknown) => {
      const [row] = rowsOf(given, undefined);
      const isFinding = row?.target.kind === 'finding' || isInspectRequest(given);
      const request = isFinding ? meant.request(given) : undefined;
      if (request) await stacks.show(request.dir, request.finding);
      else await meant.session(given, (dir) => stacks.show(dir));
    },
    'forkscope.inspectRunning': (given: unknown) => running.inspect(given),
    'forkscope.refreshStacks': () => stacks.again(),
    'forkscope.copyStacks': () => vscode.env.clipboard.writeText(stacks.text),
    'forkscope.showProcess': (given: unknown) => {
      const [row] = rowsOf(given, undefined);
      return row?.target.kind === 'standing' ? view.revealProcess(row.dir, row.target.processId) : undefined;
    },
  };
}
