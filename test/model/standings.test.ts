import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model, makeReport, parallelStacks, stackGroupLines } from '../../src/model/index.ts';
import { redactor } from '../../src/session/export/core/redact.ts';
import { TraceBuilder } from './builder.ts';

test('a thousand workers at one line, each with a queue of its own, read as a handful of rows', () => {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10, file: '/app/main.ts' });
  for (let i = 0; i < 1000; i++) {
    const queue = t.queue(`inbox-${i}`);
    const worker = main.start(`worker-${i}`, { pid: 20 + i });
    worker.create(queue).wait('waitReceive', queue, { sync: true, site: '/app/worker.ts:7' });
  }
  const lines = stackGroupLines(parallelStacks(t.feed(new Model()).standings()));
  assert.ok(lines.length < 10, lines.join('\n'));
  assert.equal(lines[0], '1000 ×');
  assert.match(lines[1] ?? '', /\/app\/worker\.ts:7$/);
  assert.equal(
    lines[2],
    '  1000 × waits for an item from one queue each: worker-0, worker-1, worker-2 and 997 more',
  );
});

test('equal waits of one thread are one with their number; who runs says so', () => {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10, file: '/app/main.ts' });
  main.start('busy', { pid: 11 });
  const queue = t.queue('jobs');
  main.create(queue);
  for (let i = 0; i < 5; i++) main.wait('waitReceive', queue, { site: '/app/main.ts:3', task: i + 1 });
  const told = t
    .feed(new Model())
    .standings()
    .map(({ who, doing, count }) => `${count} ${who} ${doing}`);
  assert.deepEqual(told, ['5 main.ts waits for an item from queue jobs', '1 busy running']);
});

test('what is redacted names no folder and no argument, also inside of sentences and with spaces', () => {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10, file: '/home/ann lee/app/main.ts' });
  main.start('child.ts --token=x', { pid: 11 });
  const report = makeReport(t.feed(new Model()));
  const told = redactor(report);
  const [, child] = report.processes;
  assert.equal(told(`${child?.name} waits at /srv/secret/place/a.ts:3`), 'child.ts (11) waits at a.ts:3');
  assert.equal(
    told('asks https://example.org/a/b and file:///srv/x/y.js'),
    'asks https://example.org/a/b and y.js',
  );
  assert.equal(told({ file: '/srv/a b/c.ts', argv: ['x'] }).file, 'c.ts');
  assert.doesNotMatch(JSON.stringify(told(report)), /ann lee|token/);
});
