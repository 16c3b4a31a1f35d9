import assert from 'node:assert/strict';
import { test } from 'node:test';
import { facts } from './facts.ts';

/** Their classes as the error calls them. CPython's pickle refuses the same: a Process because of its authentication string. */
const NAMES = [
  ['Process', 'Process'],
  ['Worker', 'Process'],
  ['ParentProcess', 'ParentProcess'],
  ['Pool', 'Pool'],
  ['AsyncResult', 'AsyncResult'],
  ['ResultIterator', 'ResultIterator'],
  ['ProcessPoolExecutor', 'ProcessPoolExecutor'],
  ['Future', 'Future'],
  ['BaseManager', 'BaseManager'],
  ['Listener', 'Listener'],
  ['SocketConnection', 'SocketConnection'],
  ['LockGuard', 'LockGuard'],
] as const;

test('[row 42] objects that belong to their process are refused by name, wherever they are put', async () => {
  const seen = await facts('stays.ts');
  for (const [made, told] of NAMES) {
    const errors = seen[made] as string[];
    assert.equal(errors.length, 4);
    for (const error of errors)
      assert.match(
        error,
        new RegExp(`^SerializationError: ([^ ]+: )?an? ${told} cannot be sent to another process: `),
      );
  }
  assert.match(String(seen.field), /^SerializationError: ([^ ]+: )?a Process cannot be sent/);
  assert.deepEqual([seen.left, seen.after, seen.alive], [0, 'fine', false]);
});
