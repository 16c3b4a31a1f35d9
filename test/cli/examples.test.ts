import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { scratch, start } from '../session/support.ts';
import { cleanEnvironment, EXAMPLES, lineOf, readReport, run } from './support.ts';

const NODE_FLAGS = Number(process.versions.node.split('.')[0]) >= 24 ? [] : ['--import', 'tsx'];

test('a deadlock is announced, ends the program, and is in the JSON with all four lines', async (t) => {
  const dir = scratch(t);
  const json = path.join(dir, 'out.json');
  const file = path.join(EXAMPLES, 'deadlock.ts');
  const ran = run(t, ['--json', json, '--on-deadlock', 'kill', file]);
  assert.equal((await ran.ended).code, 3, ran.err());
  const report = readReport(json);
  const finding = report.findings.find(({ kind }) => kind === 'lock-cycle');
  assert.equal(finding?.certainty, 'certain');
  const lines = (role: string): number[] =>
    finding?.sites.filter((s) => s.role === role).map((s) => s.line) ?? [];
  const waits = lineOf(file, 'to.acquire()');
  const acquired = lineOf(file, 'from.acquire()');
  assert.deepEqual(lines('waits'), [waits, waits]);
  assert.deepEqual(lines('acquired'), [acquired, acquired]);
  assert.deepEqual([...new Set(finding?.sites.map((site) => site.file))], [file]);
  assert.equal(finding?.processes.length, 2);
  assert.match(ran.err(), /lock-cycle \(certain\)/);
  assert.match(ran.err(), /the program is ended/);
  // The TypeScript loader may have threads with resources of its own.
  const locks = report.resources.filter(({ kind }) => kind === 'lock');
  const holders = locks.map(({ name, holders, waiters }) => [name, holders.length, waiters.length]);
  assert.deepEqual(
    holders.sort(),
    [
      ['alice', 1, 1],
      ['bob', 1, 1],
    ],
    'as of the kill',
  );
});

test('without --on-deadlock kill the program goes on, and what ends it decides the exit code', async (t) => {
  const ran = run(t, ['--no-report', path.join(EXAMPLES, 'deadlock.ts')]);
  await new Promise<void>((resolve) => {
    ran.child.stderr?.on('data', () => ran.err().includes('Now:') && resolve());
  });
  const pid = Number(/`kill (\d+)`/.exec(ran.err().replace(/\s+/g, ' '))?.[1]);
  process.kill(pid, 'SIGTERM');
  assert.equal((await ran.ended).code, 143);
});

test('a queue example prints the same as without Forkscope, and every item is counted once in and once out', async (t) => {
  const dir = scratch(t);
  const json = path.join(dir, 'out.json');
  const file = path.join(EXAMPLES, 'queue.ts');
  const traced = run(t, ['--json', json, file]);
  const plain = start(t, process.execPath, [...NODE_FLAGS, file], {
    cwd: EXAMPLES,
    env: cleanEnvironment(dir),
  });
  assert.equal((await traced.ended).code, 0, traced.err());
  assert.equal((await plain.ended).code, 0, plain.err());
  assert.deepEqual(sortedLines(traced.out()), sortedLines(plain.out()));
  const report = readReport(json);
  const name = new Map(report.processes.map((process) => [process.id, process.name]));
  const urls = report.channels.find((channel) => channel.name === 'urls');
  // The reader is terminated as soon as main has seen its last item, if need be in the middle of its next record.
  const isTorn = report.problems.some(({ code }) => code === 'trace-torn');
  assert.deepEqual([urls?.sent, urls?.received, urls?.exact], [6, 6, !isTorn]);
  assert.deepEqual(urls?.from.map((id) => name.get(id)).sort(), ['writer-1', 'writer-2']);
  assert.deepEqual(
    urls?.to.map((id) => name.get(id)),
    ['reader'],
  );
  // tsx's own helper is a child too, where tsx runs the example and its cache is empty.
  const own = report.processes.filter((process) => process.instrumented);
  assert.deepEqual(own.map((process) => [process.name, process.parent && name.get(process.parent)]).sort(), [
    ['queue.ts', null],
    ['reader', 'queue.ts'],
    ['writer-1', 'queue.ts'],
    ['writer-2', 'queue.ts'],
  ]);
  assert.equal(
    own.every((process) => process.end !== null),
    true,
  );
});

function sortedLines(text: string): string[] {
  return text
    .replace(/\b\d{3,7}\b/g, 'PID')
    .split('\n')
    .sort();
}
