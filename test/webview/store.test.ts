import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SessionUpdate } from '../../src/protocol/session.ts';
import type { TimelineState } from '../../src/protocol/timeline.ts';
import { type Change, Store } from '../../src/webview/core/store.ts';
import { spanOf, xAt } from '../../src/webview/core/viewport.ts';
import { parseState } from '../../src/webview/dom/host.ts';
import { sessionUpdate } from '../views.ts';

const SESSION = { dir: '/traces/a', name: 'a.ts' };
let revision = 0;
function update(lastTime: number, live: boolean): SessionUpdate {
  revision += 1;
  return sessionUpdate({ revision, live, lastTime });
}
function open(restored: TimelineState | null = null): { store: Store; changes: Change[] } {
  const changes: Change[] = [];
  const store = new Store(restored, (change) => changes.push(change));
  store.width = 1000;
  store.setSession(SESSION);
  return { store, changes };
}

describe('what is shown', () => {
  it('is all of an ended session', () => {
    const { store } = open();
    store.setUpdate(update(8e9, false));
    assert.ok(store.view.start === 0 && store.view.end >= 8e9 && store.view.end < 8.5e9);
  });

  it('is the whole of a young live session, in steps, and then its newest part', () => {
    const { store } = open();
    const spans = [0.2e9, 0.5e9, 1.5e9, 25e9, 40e9, 100e9].map((last) => {
      store.setUpdate(update(last, true));
      assert.ok(xAt(store.view, 1000, last) <= 1000, 'the newest moment is in view');
      return spanOf(store.view) / 1e9;
    });
    assert.deepEqual(spans.map(Math.round), [1, 1, 2, 30, 30, 30]);
    assert.ok(store.view.start > 60e9);
  });

  it('stays where the user pans to, and follows again when asked', () => {
    const { store } = open();
    store.setUpdate(update(100e9, true));
    store.pan(-200);
    assert.equal(store.follow, false);
    const { view } = store;
    store.setUpdate(update(120e9, true));
    assert.deepEqual(store.view, view);
    store.toggleFollow();
    assert.ok(store.view.end > 120e9 && spanOf(store.view) === spanOf(view));
    store.setUpdate(update(130e9, true));
    assert.ok(store.view.end > 130e9);
  });

  it('goes on following while the user zooms, anchored at the newest moment', () => {
    const { store } = open();
    store.setUpdate(update(100e9, true));
    store.zoom(0.5, 10);
    assert.equal(store.follow, true);
    store.setUpdate(update(101e9, true));
    assert.ok(spanOf(store.view) < 16e9);
    assert.ok(xAt(store.view, 1000, 101e9) > 900);
  });

  it('is another session’s own when the session changes', () => {
    const { store } = open();
    store.setUpdate(update(8e9, false));
    store.zoom(0.1);
    store.setSearch('x');
    store.setSession({ dir: '/traces/b', name: 'b.ts' });
    store.setUpdate(update(3e9, false));
    assert.ok(store.view.start === 0 && store.view.end < 3.2e9);
    assert.deepEqual([store.selection, store.status.type], [null, 'loading']);
  });
});

describe('after a reload', () => {
  const kept: TimelineState = {
    version: 1,
    dir: '/traces/a',
    view: { start: 1e9, end: 2e9 },
    follow: false,
    collapsed: ['t1'],
    selection: { thread: 't2', time: 1.5e9 },
    search: 'worker',
    states: ['lock'],
    scrollTop: 60,
  };

  it('viewport, filter, folding and selection are back', () => {
    const { store } = open(kept);
    store.setUpdate(update(8e9, false));
    assert.deepEqual(store.view, kept.view);
    assert.deepEqual(store.pendingSelection, kept.selection);
    assert.deepEqual(store.saved(), kept);
  });

  it('nothing of it is used for another trace', () => {
    const { store } = open({ ...kept, dir: '/traces/other' });
    store.setUpdate(update(8e9, false));
    assert.deepEqual([store.search, store.pendingSelection, store.view.start], ['', null, 0]);
  });

  it('what another version kept is left out', () => {
    assert.equal(parseState(undefined), null);
    assert.equal(parseState({ version: 2, dir: '/traces/a' }), null);
    const odd = {
      version: 1,
      dir: 7,
      view: { start: 5, end: 1 },
      states: ['lock', 'dancing'],
      selection: {},
    };
    const parsed = parseState(odd);
    assert.deepEqual(
      [parsed?.dir, parsed?.view, parsed?.states, parsed?.selection],
      [null, null, ['lock'], null],
    );
    assert.deepEqual(parseState(JSON.parse(JSON.stringify(kept))), kept);
  });
});
