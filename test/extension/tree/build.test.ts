import assert from 'node:assert/strict';
import test from 'node:test';
import { MOST_SIBLINGS } from '../../../src/extension/tree/groups.ts';
import type { NodeSpec } from '../../../src/extension/tree/nodes.ts';
import {
  findingView,
  processView,
  resourceView,
  sessionSpec,
  siteAt,
  snapshotOf,
  threadView,
  waitView,
} from '../../views.ts';

const LOCK = resourceView('B', {
  holders: [{ process: '2-b', thread: '2-b.0', task: 0, ticket: 1, since: 1, site: siteAt(9), dead: false }],
});

/** The tree as indented lines: label, description, context. */
function lines(spec: NodeSpec, depth = 0): string[] {
  const { label, description, context } = spec.style;
  return [
    `${'  '.repeat(depth)}${label} | ${description} | ${context}`,
    ...spec.children.flatMap((child) => lines(child, depth + 1)),
  ];
}

function blocked(id: string, lock: string) {
  const waits = [waitView(id, { resource: lock, site: siteAt(25) })];
  return processView(id, {
    parent: '9-m',
    name: id.slice(2),
    state: 'blocked',
    cpu: 0.2,
    memory: 48 * 1024 * 1024,
    threads: [threadView(id, { state: 'blocked', waits })],
  });
}

test('a tree that is too deep breaks off, and says what is below', () => {
  const count = 20_000;
  const processes = Array.from({ length: count }, (_, i) =>
    processView(`${i}`, {
      parent: i === 0 ? null : `${i - 1}`,
      name: `p${i}`,
      children: i + 1 < count ? [`${i + 1}`] : [],
    }),
  );
  const shown = lines(sessionSpec(snapshotOf(processes)));
  assert.equal(shown.length, 65);
  assert.match(shown.at(-1) ?? '', /p63 \| 19936 processes below, too deep to be shown/);
});

test('a deadlock: the tree names who waits for what, and marks it', () => {
  const main = processView('9-m', { name: 'main', children: ['1-a', '2-b'], cpu: 12.4 });
  const chain = [
    {
      process: '1-a',
      thread: '1-a.0',
      task: 0,
      waitKind: 'waitAcquire',
      source: null,
      resource: 'B',
      since: 1e9,
      site: siteAt(25),
      blockedBy: [],
      text: 'a waits for lock B (held by b)',
    },
  ] as const;
  const spec = sessionSpec(
    snapshotOf([main, blocked('1-a', 'B'), blocked('2-b', 'A')], {
      resources: [LOCK],
      findings: [findingView({ chain })],
    }),
  );
  assert.deepEqual(lines(spec), [
    'deadlock.ts | deadlocked · 3 processes | session.live',
    '  a and b wait for each other | certain | finding',
    '    a waits for lock B (held by b) | deadlock.ts:25 | link',
    '  main | running · 12% CPU · pid 9 | process.live',
    '    a | waits for lock B, held by b · 0% CPU · 48 MB · pid 1 | process.live.site',
    '    b | waits for something unknown · 0% CPU · 48 MB · pid 2 | process.live.site',
  ]);
  const a = spec.children[1]!.children[0]!;
  assert.equal(a.style.mark, 'alarm');
  assert.deepEqual(a.style.icon, { id: 'error', color: 'list.errorForeground' });
  assert.equal(a.style.site?.line, 25);
  assert.match(a.style.accessible, /^a, Deadlocked, waits for lock B, held by b, .*process id 1$/);
});

test('ends: exit codes, signals, lifetimes', () => {
  const spec = sessionSpec(
    snapshotOf(
      [
        processView('1-r', { name: 'root', end: 2e9, exitCode: 3, state: 'exited', children: ['2-s'] }),
        processView('2-s', {
          parent: '1-r',
          name: 'child',
          end: 1.5e9,
          signal: 'SIGTERM',
          state: 'exited',
        }),
      ],
      { live: false },
    ),
  );
  assert.deepEqual(lines(spec), [
    'deadlock.ts | exit code 3 · 5.0 s | session.ended',
    '  root | exit code 3 · 2.0 s · pid 1 | process.ended',
    '    child | killed by SIGTERM · 1.5 s · pid 2 | process.ended',
  ]);
});

test('a child that is not Node is greyed, with the reason', () => {
  const spec = sessionSpec(
    snapshotOf([processView('1-r', { name: 'sleep', instrumented: false, reason: 'not a Node program' })]),
  );
  const [row] = spec.children;
  assert.equal(row?.style.description, 'not traced: not a Node program · pid 1');
  assert.equal(row?.style.mark, 'faded');
});

test('threads stand below their process where there is more than one', () => {
  const threads = [
    threadView('1-r'),
    threadView('1-r', {
      id: '1-r.1',
      threadId: 1,
      name: 'resizer',
      waits: [waitView('1-r', { kind: 'waitAtomics' })],
      state: 'blocked',
    }),
  ];
  const spec = sessionSpec(snapshotOf([processView('1-r', { threads })]));
  assert.deepEqual(lines(spec).slice(2), [
    '    main thread | running | thread',
    '    resizer | waits in Atomics.wait | thread',
  ]);
});

test(`more than ${MOST_SIBLINGS} siblings are grouped by state, the urgent ones first`, () => {
  const children = Array.from({ length: MOST_SIBLINGS + 1 }, (_, i) =>
    processView(`${i + 10}-c`, { parent: '1-r', state: i % 2 ? 'running' : 'idle' }),
  );
  const root = processView('1-r', { children: children.map((c) => c.id) });
  const [top] = sessionSpec(snapshotOf([root, ...children]), { group: false }).children;
  assert.deepEqual(
    top!.children.map((c) => `${c.style.label} ${c.style.description} ${c.style.expand}`),
    ['Running 25 collapsed', 'Idle 26 collapsed'],
  );
  const few = children.slice(0, MOST_SIBLINGS);
  const flat = sessionSpec(snapshotOf([processView('1-r', { children: few.map((c) => c.id) }), ...few]), {
    group: false,
  });
  assert.equal(flat.children[0]!.children.length, MOST_SIBLINGS);
});

test('a process whose parent is not known stands at the top', () => {
  const spec = sessionSpec(snapshotOf([processView('2-x', { parent: '1-gone' })]));
  assert.equal(spec.children.length, 1);
});

test('a process that rests tells what keeps it alive', () => {
  const idle = { name: 'server', state: 'idle', keptAlive: '1 TCP server, 2 timers' } as const;
  const [row] = sessionSpec(snapshotOf([processView('1-r', idle)])).children;
  assert.equal(row?.style.description, 'idle, kept alive by 1 TCP server, 2 timers · pid 1');
});
