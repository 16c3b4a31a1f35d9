import assert from 'node:assert/strict';
import test from 'node:test';
import type { TreeNode } from '../../../src/extension/tree/nodes.ts';
import type { Changes } from '../../../src/extension/tree/store.ts';
import { TreeStore } from '../../../src/extension/tree/store.ts';
import type { ProcessView } from '../../../src/model/types/index.ts';
import { processView, sessionSpec, snapshotOf } from '../../views.ts';

const spec = (processes: readonly ProcessView[], dir = '/t/s1') =>
  sessionSpec(snapshotOf(processes, { dir }), { group: false });
const ids = (changes: Changes) => (changes === 'all' ? changes : changes.map((node) => node.id));

function family(states: readonly ProcessView['state'][]): ProcessView[] {
  const children = states.map((state, i) => processView(`${i + 10}-c`, { parent: '1-r', state }));
  return [processView('1-r', { children: children.map((c) => c.id) }), ...children];
}

test('only what changed is refreshed', () => {
  const store = new TreeStore();
  assert.equal(store.update([spec(family(['running', 'running']))]), 'all');
  assert.deepEqual(store.update([spec(family(['running', 'running']))]), []);
  assert.deepEqual(ids(store.update([spec(family(['running', 'idle']))])), ['/t/s1|11-c']);
});

test("a new child refreshes its parent, and not the parent's other children on top", () => {
  const store = new TreeStore();
  store.update([spec(family(['running']))]);
  assert.deepEqual(ids(store.update([spec(family(['idle', 'running']))])), ['/t/s1']);
});

test('nodes keep their objects, so that a pressed button still means the same process', () => {
  const store = new TreeStore();
  store.update([spec(family(['running', 'running']))]);
  const node = store.get('/t/s1|11-c')!;
  store.update([spec(family(['running', 'blocked', 'running']))]);
  assert.equal(store.get('/t/s1|11-c'), node);
  assert.deepEqual(node.target, { kind: 'process', processId: '11-c', pid: 11, start: 0 });
  assert.equal(node.parent?.id, '/t/s1|1-r');
});

test('a process that moves between groups refreshes what both groups share', () => {
  const store = new TreeStore();
  const states: ProcessView['state'][] = Array.from({ length: 60 }, (_, i) => (i < 30 ? 'running' : 'idle'));
  store.update([spec(family(states))]);
  const group = store.get('/t/s1|10-c')!.parent!;
  assert.equal(group.id, '/t/s1|1-r|group|running');
  states[0] = 'idle';
  assert.deepEqual(ids(store.update([spec(family(states))])), ['/t/s1|1-r']);
  assert.equal(store.get('/t/s1|10-c')!.parent!.id, '/t/s1|1-r|group|idle');
});

test('1,000 live nodes: after random changes, parents and children agree and nothing that changed is left out', () => {
  const store = new TreeStore();
  const conditions: ProcessView['state'][] = ['running', 'idle', 'blocked', 'waiting'];
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  const states = Array.from({ length: 1000 }, () => conditions[random(4)]!);
  store.update([spec(family(states))]);
  for (let round = 0; round < 20; round++) {
    const before = new Map(states.map((s, i) => [i, s]));
    for (let i = 0; i < 15; i++) states[random(1000)] = conditions[random(4)]!;
    const changes = store.update([spec(family(states))]);
    const refreshed = new Set<TreeNode>();
    const visit = (node: TreeNode) => {
      refreshed.add(node);
      for (const child of node.children) {
        assert.equal(child.parent, node);
        visit(child);
      }
    };
    for (const node of changes === 'all' ? store.roots : changes) visit(node);
    for (const [i, state] of states.entries()) {
      if (before.get(i) !== state) assert.ok(refreshed.has(store.get(`/t/s1|${i + 10}-c`)!));
    }
  }
});

test('sessions that are closed leave nothing behind', () => {
  const store = new TreeStore();
  store.update([spec(family(['running'])), spec(family(['running']), '/t/s2')]);
  assert.equal(store.update([spec(family(['running']), '/t/s2')]), 'all');
  assert.equal(store.get('/t/s1|10-c'), undefined);
  assert.ok(store.get('/t/s2|10-c'));
});
