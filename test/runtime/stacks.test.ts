import assert from 'node:assert/strict';
import { test } from 'node:test';
import { facts } from './facts.ts';

const SOURCE_MAPS: readonly (readonly string[])[] = [[], ['--enable-source-maps']];
for (const flags of SOURCE_MAPS)
  test(`errors lead to who awaits them, and in tasks to who threw, not into the runtime ${flags}`, async () => {
    // Name, has the awaiting function, has the task, frames of the runtime, the cause has the task.
    assert.deepEqual(await facts('stacks.ts', [], flags), {
      atEndOfPipe: ['EOFError', true, false, 0, false],
      atDict: ['KeyError', true, false, 0, false],
      atApply: ['SyntaxError', true, true, 0, true],
      atImap: ['SyntaxError', true, true, 0, true],
      atFuture: ['SyntaxError', true, true, 0, true],
      atLock: ['OwnerDiedError', true, false, 0, false],
      atBarrier: ['BrokenBarrierError', true, false, 0, false],
    });
  });
