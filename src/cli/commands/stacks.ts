import { parallelStacks, printable, type StackGroup, stackGroupLines } from '../../model/index.ts';
import { Session } from '../../session/index.ts';
import { standings } from '../../untraced/index.ts';
import type { InspectOptions } from '../arguments/options.ts';
import { show } from './inspect.ts';

/** Where all threads stand, equal stacks merged: of a trace, or of a running program that nobody traced. */
export async function stacks(what: string | number, options: InspectOptions): Promise<number> {
  if (typeof what === 'number')
    return show(what, options, (program) => stackGroupLines(parallelStacks(standings(program))));
  const groups = stacksOfTrace(what);
  const text = options.json ? JSON.stringify({ groups }) : stackGroupLines(groups).map(printable).join('\n');
  process.stdout.write(`${text}\n`);
  return 0;
}

/** The merged stacks of a trace, as of now or of the moment when its program was ended. */
export function stacksOfTrace(dir: string): StackGroup[] {
  return Session.read(dir, { timeline: false }, ({ model }) => parallelStacks(model.standings()));
}
