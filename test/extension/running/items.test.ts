import assert from 'node:assert/strict';
import test from 'node:test';
import { programGroups } from '../../../src/extension/running/items.ts';
import type { RunningProgram } from '../../../src/untraced/index.ts';

function program(pid: number, change: Partial<RunningProgram>): RunningProgram {
  return {
    pid,
    start: '1',
    name: `app.js (${pid})`,
    command: 'node app.js',
    cwd: '/srv/app',
    processes: 1,
    age: 90_000,
    cpu: 0,
    stands: null,
    idle: null,
    condition: 'runs',
    barrier: null,
    traced: false,
    ...change,
  };
}

test('programs stand under what they may be, with why, since when and where', () => {
  const groups = programGroups(
    [
      program(1, { condition: 'stands', stands: 'memory', idle: 60_000, processes: 3 }),
      program(2, { condition: 'busy', cpu: 99.6 }),
      program(3, { condition: 'idle', idle: 3_600_000 }),
      program(4, { age: null, cpu: null, traced: true }),
      program(5, { condition: 'barred', barrier: 'it belongs to another user' }),
    ],
    [],
  );
  assert.deepEqual(
    groups.map(({ title, items }) => [
      title,
      ...items.map((i) => `${i.label} | ${i.description} | ${i.detail}`),
    ]),
    [
      [
        'May hang',
        'app.js (1) | sleeps in shared memory: a lock or Atomics.wait, no processor time for 60 s | 3 processes · for 90 s · 0% CPU · /srv/app',
        'app.js (2) | computes without a pause | 1 process · for 90 s · 100% CPU · /srv/app',
        'app.js (3) | no processor time for 1 h 0 min | 1 process · for 90 s · 0% CPU · /srv/app',
      ],
      ['Running', 'app.js (4) |  | 1 process · traced · /srv/app'],
      [
        'Can’t be looked into',
        'app.js (5) | it belongs to another user | 1 process · for 90 s · 0% CPU · /srv/app',
      ],
    ],
  );
});

test('where nothing runs there is no title either', () => {
  assert.deepEqual(programGroups([], []), []);
});

test('those of the workspace come first, and those that may hang before the others of it', () => {
  const groups = programGroups(
    [
      program(1, { condition: 'idle', cwd: '/home/me/shop/server' }),
      program(2, { condition: 'stands', stands: 'memory' }),
      program(3, { condition: 'barred', cwd: '/home/me/shop', barrier: 'it belongs to another user' }),
      program(4, { cwd: '/home/me/shop' }),
      program(5, { cwd: '/home/me/shop-of-others' }),
    ],
    ['/home/me/bank', '/home/me/shop'],
  );
  assert.deepEqual(
    groups.map(({ title, items }) => [title, ...items.map((item) => item.program.pid)]),
    [
      ['In this workspace', 1, 4],
      ['May hang', 2],
      ['Running', 5],
      ['Can’t be looked into', 3],
    ],
  );
});
