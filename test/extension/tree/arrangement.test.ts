import assert from 'node:assert/strict';
import test from 'node:test';
import {
  type Arrangement,
  filterText,
  isFiltered,
  PLAIN,
  restoreArrangement,
} from '../../../src/extension/tree/arrangement.ts';
import { Arranging } from '../../../src/extension/tree/arranging.ts';
import { sessionTree } from '../../../src/extension/tree/build.ts';
import { LEAST_EQUAL } from '../../../src/extension/tree/groups.ts';
import { conditionCounts, failuresText, messageOf } from '../../../src/extension/tree/header.ts';
import type { NodeSpec } from '../../../src/extension/tree/nodes.ts';
import { TreeIndex } from '../../../src/extension/tree/tree-index.ts';
import type { ProcessView } from '../../../src/model/types/index.ts';
import { findingView, processView, sessionSpec, snapshotOf, threadView } from '../../views.ts';

/** `main` with children: one that runs, one that rests, one that has failed and one that has ended, which has a living child. */
const FAMILY = family([
  processView('2-run', { name: 'runner', cpu: 12.3, memory: 5e7, children: [] }),
  processView('3-idle', { name: 'rester', cpu: 90, memory: 1e7, state: 'idle' }),
  processView('4-fail', { name: 'faller', end: 2e9, exitCode: 3, state: 'exited' }),
  processView('5-end', { name: 'ender', end: 2e9, exitCode: 0, state: 'exited', children: ['6-left'] }),
]).concat(
  processView('6-left', { name: 'left-behind', parent: '5-end', argv: ['node', 'x.js', '--port=80'] }),
);

function family(children: readonly ProcessView[]): ProcessView[] {
  const root = processView('1-main', { name: 'main', children: children.map(({ id }) => id) });
  return [root, ...children.map((child) => ({ ...child, parent: '1-main' }))];
}

/** Labels, indented. */
function labels(spec: NodeSpec, depth = 0): string[] {
  return [`${' '.repeat(depth)}${spec.style.label}`, ...spec.children.flatMap((c) => labels(c, depth + 1))];
}
const shown = (processes: readonly ProcessView[], arrangement: Partial<Arrangement>) =>
  labels(sessionSpec(snapshotOf(processes), arrangement)).slice(1);

test('text is looked for in names, states, process ids and command lines, and what is above stays', () => {
  assert.deepEqual(shown(FAMILY, { text: 'REST' }), [' main', '  rester']);
  assert.deepEqual(shown(FAMILY, { text: 'exit code 3' }), [' main', '  faller']);
  assert.deepEqual(shown(FAMILY, { text: '--port=80' }), [' main', '  ender', '   left-behind']);
  const byPid = processView('4711-x', { name: 'other' });
  assert.deepEqual(shown([byPid, processView('8-y', { name: 'no' })], { text: '4711' }), [' other']);
});

test('only the living, only the bad, only some states', () => {
  assert.deepEqual(shown(FAMILY, { only: ['living'] }), [
    ' main',
    '  runner',
    '  rester',
    '  ender',
    '   left-behind',
  ]);
  assert.deepEqual(shown(FAMILY, { only: ['bad'] }), [' main', '  faller']);
  assert.deepEqual(shown(FAMILY, { states: ['idle', 'failed'] }), [' main', '  rester', '  faller']);
  const { spec } = sessionTree(snapshotOf(FAMILY), { ...PLAIN, only: ['living', 'bad'] });
  assert.equal(spec, undefined, 'no living one is bad');
});

test('bad is also whoever a finding names, and other findings are left out', () => {
  const findings = [
    findingView({ id: 'one', processes: ['2-run'], blocking: false }),
    findingView({ id: 'two', processes: ['3-idle'], title: 'about the rester', blocking: false }),
  ];
  const spec = (arrangement: Partial<Arrangement>) =>
    labels(sessionSpec(snapshotOf(FAMILY, { findings }), arrangement)).slice(1);
  assert.deepEqual(spec({ only: ['bad'], text: 'runner' }), [
    ' a and b wait for each other',
    ' main',
    '  runner',
  ]);
});

test('a thread that fits is shown with its process', () => {
  const threads = ['main', 'resizer', 'mailer'].map((name, i) =>
    threadView('1-p', { id: `1-p.${i}`, threadId: i, name }),
  );
  const program = processView('1-p', { name: 'program', threads });
  assert.deepEqual(shown([program], { text: 'resizer' }), [' program', '  resizer']);
  assert.equal(shown([program], { text: 'program' }).length, 4, 'a process that fits has all of its threads');
});

test('the ended are hidden while the session runs, counted, and never those with somebody living below', () => {
  const living = sessionSpec(snapshotOf(FAMILY), { hideEnded: true });
  assert.deepEqual(labels(living).slice(1), [' main', '  runner', '  rester', '  ender', '   left-behind']);
  assert.match(living.style.description, /1 ended hidden$/);
  const over = sessionSpec(snapshotOf(FAMILY, { live: false }), { hideEnded: true });
  assert.equal(labels(over).length, 7);
});

test('siblings are sorted by what the rows show, and stay where nobody sees a difference', () => {
  const first = (sort: Arrangement['sort'], processes = FAMILY) =>
    shown(processes, { sort }).filter((label) => /^ {2}\w/.test(label));
  assert.deepEqual(first('start'), ['  runner', '  rester', '  faller', '  ender']);
  assert.deepEqual(first('cpu'), ['  rester', '  runner', '  faller', '  ender']);
  assert.deepEqual(first('memory'), ['  runner', '  rester', '  faller', '  ender']);
  assert.deepEqual(first('state'), ['  runner', '  rester', '  faller', '  ender']);
  const urgency = family([
    processView('2-e', { name: 'e', end: 1e9, exitCode: 0, state: 'exited' }),
    processView('3-i', { name: 'i', state: 'idle' }),
    processView('4-b', { name: 'b', state: 'blocked' }),
  ]);
  assert.deepEqual(first('state', urgency), ['  b', '  i', '  e']);
  const near = family([processView('2-a', { cpu: 10.1 }), processView('3-b', { cpu: 10.4 })]);
  assert.deepEqual(first('cpu', near), ['  2-a', '  3-b']);
});

const WORKERS = Array.from({ length: 28 }, (_, i) =>
  processView(`${i + 2}-w`, { name: `worker.js ${i}`, state: i === 9 ? 'blocked' : 'idle' }),
);

test('equal children are one row with their count, which says how they are', () => {
  const spec = sessionSpec(snapshotOf(family(WORKERS), { findings: [findingView({ processes: ['11-w'] })] }));
  const [group] = spec.children[1]!.children;
  assert.equal(spec.children[1]!.children.length, 1);
  const { label, description, context, expand, accessible, icon, mark } = group!.style;
  assert.equal(label, 'worker.js × 28');
  assert.equal(description, '1 stuck, 27 idle');
  assert.deepEqual([context, expand, icon.id, mark], ['group.live', 'collapsed', 'error', 'alarm']);
  assert.equal(accessible, '28 equal processes worker.js: 1 stuck, 27 idle');
  assert.equal(group!.children.length, 28);
  assert.equal(group!.children[9]!.style.label, 'worker.js 9');
});

test('few equal children, unequal ones, and all where it is not wanted, have rows of their own', () => {
  const few = WORKERS.slice(0, LEAST_EQUAL - 1);
  assert.equal(shown(family(few), {}).length, LEAST_EQUAL);
  const named = WORKERS.map((w, i) => ({ ...w, name: `worker-${String.fromCharCode(97 + i)}` }));
  assert.equal(shown(family(named), {}).length, 29);
  assert.equal(shown(family(WORKERS), { group: false }).length, 29);
});

test('a group of very many is split by state', () => {
  const many = Array.from({ length: 120 }, (_, i) =>
    processView(`${i + 2}-w`, { name: 'worker.js', ...(i < 20 ? { end: 1e9, exitCode: 0 } : {}) }),
  );
  const [group] = sessionSpec(snapshotOf(family(many))).children[0]!.children;
  assert.equal(group!.style.label, 'worker.js × 120');
  assert.deepEqual(
    group!.children.map(({ style }) => `${style.label} ${style.description} ${style.context}`),
    ['Running 100 group.live', 'Ended 20 group.ended'],
  );
});

test('threads are grouped too, and nothing is offered for them that is for processes', () => {
  const threads = Array.from({ length: 8 }, (_, i) =>
    threadView('1-p', { id: `1-p.${i}`, threadId: i, name: i === 0 ? 'main' : `worker ${i}` }),
  );
  const [program] = sessionSpec(snapshotOf([processView('1-p', { threads })])).children;
  const [, group] = program!.children;
  assert.deepEqual([group!.style.label, group!.style.context], ['worker × 7', 'threads']);
});

test('the header counts those that are stuck and those that have failed, whatever the filter', () => {
  const index = new TreeIndex(snapshotOf(FAMILY, { findings: [findingView({ processes: ['3-idle'] })] }));
  assert.equal(failuresText(conditionCounts([index, index])), '2 stuck, 2 failed');
  assert.equal(failuresText(conditionCounts([])), '');
});

test('a filtered tree says by what, and how many it shows', () => {
  const arrangement: Arrangement = { ...PLAIN, text: 'work', only: ['living'], states: ['idle'] };
  assert.equal(filterText(arrangement), '“work”, Only the living and Idle');
  const trees = [sessionTree(snapshotOf(family(WORKERS)), arrangement)];
  const counts = new Map([['failed', 2]] as const);
  assert.match(messageOf(counts, trees, arrangement), /^2 failed · 27 of 29 processes: “work”/);
  assert.equal(messageOf(new Map(), trees, PLAIN), '');
});

test('what is remembered is taken as far as it is valid', () => {
  const wanted: Arrangement = {
    text: 'a',
    only: ['bad'],
    states: ['idle'],
    sort: 'cpu',
    hideEnded: true,
    group: false,
  };
  const stored = new Map<string, unknown>();
  const memory = {
    get: <T>(key: string) => stored.get(key) as T | undefined,
    update: (key: string, value: unknown) => {
      stored.set(key, JSON.parse(JSON.stringify(value)));
      return Promise.resolve();
    },
  };
  const keys = new Map<string, boolean>();
  const make = () => new Arranging(memory, (key, value) => keys.set(key, value));
  let told = 0;
  const first = make();
  first.onDidChange(() => told++);
  first.change(wanted);
  assert.deepEqual(make().arrangement, wanted);
  assert.equal(told, 1);
  assert.deepEqual(
    [...keys],
    [
      ['forkscope.filtered', true],
      ['forkscope.hidesEnded', true],
      ['forkscope.groups', false],
    ],
  );
  assert.deepEqual(restoreArrangement({ text: 7, only: ['bad', 'x'], states: 'idle', sort: 'name' }), {
    ...PLAIN,
    only: ['bad'],
  });
  assert.deepEqual(restoreArrangement(null), PLAIN);
  assert.ok(!isFiltered({ ...PLAIN, hideEnded: true, sort: 'cpu' }));
});
