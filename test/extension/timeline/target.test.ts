import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keptDir, timelineTarget } from '../../../src/extension/timeline/target.ts';

describe('what the command is given', () => {
  it('may be a target, a tree item, or anything', () => {
    assert.deepEqual(timelineTarget({ dir: '/t', processId: '7', time: 5 }), {
      dir: '/t',
      processId: '7',
      time: 5,
    });
    const item = { id: 'x', dir: '/t', target: { kind: 'thread', processId: '7', threadId: '7.1', pid: 7 } };
    assert.deepEqual(timelineTarget(item), { dir: '/t', processId: '7', threadId: '7.1' });
    for (const odd of [undefined, null, 3, 'x', {}, { dir: 1, time: Number.NaN, target: null }, []]) {
      assert.deepEqual(timelineTarget(odd), {});
    }
  });

  it('is the kept directory after a reload', () => {
    assert.deepEqual(
      [keptDir({ dir: '/t' }), keptDir({ dir: 4 }), keptDir(undefined)],
      ['/t', undefined, undefined],
    );
  });
});
