import type { NodeTestLine } from '../../reporter/node-test.ts';
import type { TestResult } from './result.ts';

/** Makes results of the lines that `node:test` tells by our reporter, as they come. */
export class NodeResults {
  /** Names of what was begun last, by nesting. */
  private readonly around: string[] = [];
  /** Paths of what has begun, by name and place. */
  private readonly begun = new Map<string, readonly string[]>();

  /** @returns `undefined`: nothing of its own is told */
  take(line: string): TestResult | undefined {
    const told: NodeTestLine = JSON.parse(line);
    const { type, name, nesting, duration, failure } = told;
    const key = JSON.stringify([told.file, told.line, told.column, nesting, name]);
    if (type === 'running') {
      this.around.length = nesting;
      this.around[nesting] = name;
      this.begun.set(
        key,
        Array.from(this.around, (text) => text ?? ''),
      );
    }
    if (failure?.ofOthers) return undefined;
    return {
      path: this.begun.get(key) ?? [name],
      place: placeOf(told),
      state: type,
      duration,
      failure: failure && { ...failure, stack: failure.stack ?? '' },
    };
  }
}

function placeOf({ file, line, column }: NodeTestLine): TestResult['place'] {
  if (file === undefined || line === undefined) return undefined;
  return { file, line, column: column ?? 1 };
}
