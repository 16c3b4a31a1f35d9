import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Model } from '../../src/model/index.ts';
import type { Structure } from '../../src/protocol/timeline.ts';
import { ROW_HEIGHT, rowAt, rowsOf, visibleRows } from '../../src/webview/core/rows.ts';
import { TraceBuilder } from '../model/builder.ts';

/** main ── a ── a1, and main ── b; b waits for the lock that a1 holds. */
function structure(): Structure {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10, file: '/app/main.ts' });
  const a = main.start('alpha', { pid: 11 });
  const a1 = a.start('inner', { pid: 12 });
  const b = main.start('beta', { pid: 13 });
  const lock = t.lock('ledger');
  a1.acquire(lock, 1);
  b.wait('waitAcquire', lock, { sync: true });
  const model = t.feed(new Model());
  return {
    tracks: model.tracks(),
    processes: model.processes(),
    resources: model.resources(),
    channels: model.channels(),
  };
}
const names = (collapsed: string[], text: string): string[] => {
  const s = structure();
  const ids = s.tracks.filter((t) => collapsed.some((name) => t.label.startsWith(name))).map((t) => t.thread);
  return rowsOf(s, new Set(ids), { text }).map((row) => `${row.process?.name}${row.faint ? ' (faint)' : ''}`);
};

describe('rows', () => {
  it('stand in the order of the process tree, with the number of tracks below', () => {
    assert.deepEqual(names([], ''), ['main.ts', 'alpha', 'inner', 'beta']);
    assert.deepEqual(
      rowsOf(structure(), new Set(), { text: '' }).map((r) => r.children),
      [3, 1, 0, 0],
    );
  });

  it('hide what is below a collapsed one, and nothing else', () => {
    assert.deepEqual(names(['alpha'], ''), ['main.ts', 'alpha', 'beta']);
    assert.deepEqual(names(['main.ts'], ''), ['main.ts']);
  });

  it('are found by name and pid with their ancestors, collapsed or not', () => {
    assert.deepEqual(names([], 'inner'), ['main.ts (faint)', 'alpha (faint)', 'inner']);
    assert.deepEqual(names(['alpha'], '13'), ['main.ts (faint)', 'beta']);
    assert.deepEqual(names([], 'nobody'), []);
  });

  it('are found by what they use', () => {
    assert.deepEqual(names([], 'ledger'), ['main.ts (faint)', 'alpha (faint)', 'inner', 'beta']);
  });

  it('are hit where they are drawn', () => {
    const rows = rowsOf(structure(), new Set(), { text: '' });
    assert.equal(rowAt(rows, ROW_HEIGHT * 2 + 1), 2);
    assert.equal(rowAt(rows, ROW_HEIGHT * 4), -1);
    assert.equal(rowAt(rows, -1), -1);
    assert.deepEqual(visibleRows(100, ROW_HEIGHT * 10.5, ROW_HEIGHT * 3), [10, 14]);
    assert.deepEqual(visibleRows(2, 0, 1000), [0, 2]);
  });
});
