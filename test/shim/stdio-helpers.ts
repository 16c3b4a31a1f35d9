import { Model } from '../../src/model/index.ts';
import { openTrace } from '../../src/trace/reader/open.ts';
import type { Damage } from '../../src/trace/reader/sink.ts';
import type { temporaryDirectory } from './helpers.ts';

export type Context = Parameters<typeof temporaryDirectory>[0];

/** Of programs whose children are other parts of the same file, told by `role`. */
export const PRELUDE = `const cp = require('node:child_process'); const fs = require('node:fs'); const stream = require('node:stream');
const role = process.argv[2];
const node = (name, options) => cp.spawn(process.execPath, [__filename, name], options);
`;

/** A test has no launcher, and so no session file with an end: all else that is missing counts. */
export class TestModel extends Model {
  override damage(damage: Damage): void {
    if (damage.stream !== undefined || damage.kind !== 'unended') super.damage(damage);
  }
}

export function modelOf(dir: string): Model {
  const model = new TestModel();
  const reader = openTrace(dir);
  reader.drain(model);
  reader.close();
  return model;
}
