// `forkscope verify` confirms what is proven and refuses what is not: the proof stays the same, and the trace is made to say
// otherwise in one thing each.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Report } from '../../src/model/types/index.ts';
import { verifyReport } from '../../src/verify/index.ts';
import {
  begins,
  ENDING,
  knows,
  reportOf,
  rests,
  type Step,
  SYNC,
  starts,
  TIMEOUT,
  writeTrace,
} from './made.ts';

const [P, B, C] = ['100-a.0', '200-b.0', '300-c.0'];

/** Two children that hold a lock each and wait synchronously for the other's; their parent joins them. */
const LOCKS: readonly Step[] = [
  ...begins(P, 0, ''),
  ...starts(P, 1, 1, 'rt-b', 200),
  ...starts(P, 2, 2, 'rt-c', 300),
  ...[B, C].flatMap((stream, i) => [
    ...begins(stream, 10 + i, i === 0 ? 'rt-b' : 'rt-c'),
    ...knows(stream, 12 + i, 1, 'A'),
    ...knows(stream, 12 + i, 2, 'B'),
    { at: 14 + i, stream, kind: 'targetStart' } as const,
  ]),
  { at: 20, stream: B, kind: 'acquire', resource: 1, n: 1 },
  { at: 21, stream: C, kind: 'acquire', resource: 2, n: 1 },
  { at: 30, stream: B, kind: 'waitAcquire', resource: 2, n: 1, flags: SYNC },
  { at: 31, stream: C, kind: 'waitAcquire', resource: 1, n: 1, flags: SYNC },
  { at: 40, stream: P, kind: 'waitJoin', resource: 1, n: 1 },
  ...rests(P, 150, 10),
  ...ENDING,
];

/** Two children that rest, and wait for an item of a queue that nobody else can put into. */
const QUEUE: readonly Step[] = [
  ...begins(P, 0, ''),
  ...starts(P, 1, 1, 'rt-b', 200),
  ...starts(P, 2, 2, 'rt-c', 300),
  ...[B, C].flatMap((stream, i) => [
    ...begins(stream, 10 + i, i === 0 ? 'rt-b' : 'rt-c'),
    ...knows(stream, 12 + i, 1, 'Q', 'queue'),
    { at: 14 + i, stream, kind: 'targetStart' } as const,
    { at: 30 + i, stream, kind: 'waitReceive', resource: 1, n: 1 } as const,
    ...rests(stream, 150 + i, 10),
  ]),
  { at: 40, stream: P, kind: 'waitJoin', resource: 1, n: 1 },
  ...rests(P, 160, 10),
  ...ENDING,
];

type Twist = (steps: readonly Step[]) => readonly Step[];
const isOf = (step: Step, stream: string, kind: string, resource?: number): boolean =>
  'kind' in step &&
  step.stream === stream &&
  step.kind === kind &&
  (resource === undefined || step.resource === resource);
const without =
  (stream: string, kind: string, resource?: number): Twist =>
  (steps) =>
    steps.filter((step) => !isOf(step, stream, kind, resource));
const also =
  (...more: readonly Step[]): Twist =>
  (steps) => [...steps, ...more];
const flagged =
  (stream: string, kind: string, flags: number, value = 0): Twist =>
  (steps) =>
    steps.map((step) => (isOf(step, stream, kind) ? { ...step, flags, value } : step));
const restOf =
  (stream: string, complete: boolean, list: Parameters<typeof rests>[4] = []): Twist =>
  (steps) => [
    ...steps.filter(
      (step) =>
        !(
          isOf(step, stream, 'quiescent') ||
          ('define' in step && step.stream === stream && step.define.type === 'sources')
        ),
    ),
    ...rests(stream, 170, 11, complete, list),
  ];
const another = (key: string, kind: 'lock' | 'queue'): readonly Step[] => [
  ...begins('400-d.0', 16, 'rt-d'),
  ...knows('400-d.0', 17, 1, key, kind),
  { at: 18, stream: '400-d.0', kind: 'targetStart' },
];

const WRONG: readonly (readonly [what: string, base: 'locks' | 'queue', twist: Twist, says: RegExp])[] = [
  [
    'a lock was given back',
    'locks',
    also({ at: 35, stream: B, kind: 'release', resource: 1, n: 1 }),
    /nobody holds it/,
  ],
  ['a lock was never taken', 'locks', without(B, 'acquire', 1), /nobody holds it/],
  [
    'somebody else holds it',
    'locks',
    (steps) => [
      ...without(B, 'acquire', 1)(steps),
      ...another('A', 'lock'),
      { at: 19, stream: '400-d.0', kind: 'acquire', resource: 1, n: 1 },
    ],
    /400-d\.0 could end it/,
  ],
  ['a wait has a timeout', 'locks', flagged(B, 'waitAcquire', SYNC | TIMEOUT, 5000), /it has a timeout/],
  [
    'a wait is not synchronous',
    'locks',
    flagged(C, 'waitAcquire', 0),
    /in no synchronous wait|does not rest/,
  ],
  [
    'a wait has ended',
    'locks',
    also({ at: 36, stream: C, kind: 'waitEnd', resource: 1, n: 1, flags: SYNC }),
    /no synchronous wait|waits for nothing/,
  ],
  [
    'a wait is for the own lock',
    'locks',
    (steps) => [
      ...without(C, 'waitAcquire')(steps),
      { at: 31, stream: C, kind: 'waitJoin', resource: 1, n: 1, flags: SYNC },
    ],
    /300-c\.0: .*(is not among its needs|nothing tells)/,
  ],
  [
    'a member has ended',
    'locks',
    also({ at: 37, stream: B, kind: 'processExit', value: 0 }),
    /200-b\.0 had ended/,
  ],
  [
    'its parent saw a member end',
    'locks',
    also({ at: 50, stream: P, kind: 'childExit', resource: 1, n: 200, value: 0 }),
    /200-b\.0 had ended/,
  ],
  [
    'a member is gone from the process table',
    'locks',
    also({ at: 50, seen: { type: 'osGone', time: 50e6, pid: 200 } }),
    /200-b\.0 had ended/,
  ],
  [
    'a member is another process',
    'locks',
    (steps) => steps.filter((step) => !('stream' in step && step.stream === B)),
    /there is no such thread/,
  ],
  [
    'somebody has released what was not his',
    'locks',
    also(...another('A', 'lock'), { at: 19, stream: '400-d.0', kind: 'release', resource: 1, n: 77 }),
    /400-d\.0 could end it/,
  ],
  [
    'somebody has a handle, and never took the lock',
    'locks',
    also(...another('B', 'lock')),
    /400-d\.0 may end it/,
  ],
  [
    'a child starts that may get the lock',
    'locks',
    also(...starts(B, 18, 5, 'rt-e', 500)),
    /a child that is not traced/,
  ],
  [
    'an item is in the queue',
    'queue',
    also({ at: 29, stream: B, kind: 'send', resource: 1, n: 1, value: 8 }),
    /something is in it/,
  ],
  ['somebody else can put', 'queue', also(...another('Q', 'queue')), /400-d\.0 could end it/],
  ['a member does not rest', 'queue', without(B, 'quiescent'), /does not rest/],
  ['a member has not told all', 'queue', restOf(B, false), /has not told all/],
  [
    'a member has a timer',
    'queue',
    restOf(B, true, [{ kind: 'timer', count: 1, ref: true }]),
    /timer is not among its needs|a timer may fire/,
  ],
  [
    'a member serves others',
    'queue',
    restOf(C, true, [{ kind: 'server', count: 1, ref: true }]),
    /a server may fire/,
  ],
  [
    'a member listens for a signal',
    'queue',
    restOf(C, true, [{ kind: 'signal', count: 1, ref: false, listens: true }]),
    /a signal may fire/,
  ],
  [
    'a member did something since it rested',
    'queue',
    also({ at: 18_000, stream: C, kind: 'resumed' }),
    /does not rest/,
  ],
  [
    'a child starts that may get the queue',
    'queue',
    also(...starts(C, 18, 5, 'rt-e', 500)),
    /a child that is not traced/,
  ],
];

describe('forkscope verify', () => {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-verify-'));
  const reports: Partial<Record<'locks' | 'queue', Report>> = {};
  let made = 0;
  const write = (steps: readonly Step[]): string => {
    const dir = mkdtempSync(path.join(scratch, `trace-${made++}-`));
    writeTrace(dir, steps);
    return dir;
  };
  before(() => {
    for (const [name, steps] of [
      ['locks', LOCKS],
      ['queue', QUEUE],
    ] as const)
      reports[name] = reportOf(write(steps));
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  for (const [name, steps] of [
    ['locks', LOCKS],
    ['queue', QUEUE],
  ] as const) {
    it(`confirms the proof of ${name}`, () => {
      const report = reports[name];
      assert.ok(report);
      const proven = report.findings.filter(({ proof }) => proof !== null);
      assert.equal(
        proven.length,
        1,
        JSON.stringify(report.findings.map(({ kind, certainty }) => [kind, certainty])),
      );
      assert.deepEqual(
        verifyReport(write(steps), report).map(({ doubts }) => doubts),
        [[]],
      );
    });
  }

  it('confirms it where what a member uses of the processors is told while it rests', () => {
    const report = reports.queue;
    assert.ok(report);
    const told = also(
      { at: 5_000, stream: B, kind: 'spent', n: 1 },
      { at: 5_000, stream: B, kind: 'looped', n: 1 },
    );
    assert.deepEqual(
      verifyReport(write(told(QUEUE)), report).map(({ doubts }) => doubts),
      [[]],
    );
  });

  it('confirms it where a wait has a signal that nothing but the code of a member could abort', () => {
    const signalled = flagged(B, 'waitReceive', TIMEOUT)(QUEUE);
    const report = reportOf(write(signalled));
    const [verdict] = verifyReport(write(signalled), report);
    assert.deepEqual(verdict?.doubts, []);
  });

  for (const [what, name, twist, says] of WRONG) {
    it(`refuses it where ${what}`, () => {
      const report = reports[name];
      assert.ok(report);
      const [verdict] = verifyReport(write(twist(name === 'locks' ? LOCKS : QUEUE)), report);
      assert.ok(verdict);
      assert.match(verdict.doubts.join('\n'), says);
    });
  }

  it('refuses it where a member went on by itself later, though nobody had intervened', () => {
    const report = reports.locks;
    assert.ok(report);
    const early = report.findings.map((finding) => ({
      ...finding,
      proof: finding.proof && { ...finding.proof, time: 10e9 },
    }));
    const later = also({ at: 19_000, stream: C, kind: 'waitEnd', resource: 1, n: 1, flags: SYNC });
    const check = (steps: readonly Step[]) =>
      verifyReport(write(steps), { ...report, findings: early })[0]?.doubts.join();
    assert.equal(check(LOCKS), '');
    assert.match(check(later(LOCKS)) ?? '', /300-c\.0 went on by itself, 9000 ms later/);
  });

  it('confirms it where who never took the lock waits for somebody who waits for the members', () => {
    const report = reports.locks;
    assert.ok(report);
    const steps: readonly Step[] = [
      ...LOCKS,
      ...starts('400-d.0', 17, 1, 'rt-e', 500),
      ...another('B', 'lock'),
      { at: 40, stream: '400-d.0', kind: 'waitJoin', resource: 1, n: 1 },
      ...begins('500-e.0', 18, 'rt-e'),
      ...knows('500-e.0', 19, 1, 'A', 'lock'),
      { at: 19, stream: '500-e.0', kind: 'targetStart' },
      { at: 41, stream: '500-e.0', kind: 'waitAcquire', resource: 1, n: 1, flags: SYNC },
    ];
    assert.deepEqual(verifyReport(write(steps), report)[0]?.doubts, []);
  });

  it('refuses a certain hang without a proof', () => {
    const report = reports.locks;
    assert.ok(report);
    const bare = { ...report, findings: report.findings.map((finding) => ({ ...finding, proof: null })) };
    assert.deepEqual(verifyReport(write(LOCKS), bare)[0]?.doubts, ['it has no proof']);
  });
});
