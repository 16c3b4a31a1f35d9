import assert from 'node:assert/strict';
import test from 'node:test';
import { conditionOf, describe } from '../../../src/extension/tree/presentation.ts';
import { type Snapshot, TreeIndex } from '../../../src/extension/tree/tree-index.ts';
import { NOT_REPORTED_YET, type ProcessView } from '../../../src/model/types/index.ts';
import { channelView, processView, resourceView, sessionSpec, siteAt, snapshotOf } from '../../views.ts';

/** Condition and text of a process in a session that has lasted `lastTime` ns. */
function shown(change: Partial<ProcessView>, lastTime = 5e9, live = true): string {
  const process = processView('7-p', change);
  const names = new TreeIndex(snapshotOf([process], { lastTime, live }));
  const condition = conditionOf(process, names);
  return `${condition}: ${describe(process, condition, names)}`;
}

test('a process has failed by a code or a signal, not because nobody saw how it ended', () => {
  const end = 1e9;
  assert.equal(shown({ end, exitCode: 0 }), 'ended: exit code 0 · 1.0 s · pid 7');
  assert.equal(shown({ end, exitCode: 3 }), 'failed: exit code 3 · 1.0 s · pid 7');
  assert.equal(shown({ end, signal: 'SIGTERM' }), 'failed: killed by SIGTERM · 1.0 s · pid 7');
  assert.equal(shown({ end }), 'ended: ended · 1.0 s · pid 7');
});

test('a Node child that has just been started is starting, and not untraced until it stays silent', () => {
  const silent = { instrumented: false, threads: [], reason: NOT_REPORTED_YET, start: 3e9 };
  assert.equal(shown(silent), 'running: starting · pid 7');
  assert.equal(shown(silent, 60e9), 'untraced: not traced: the tracer was not loaded in it · pid 7');
  const other = { ...silent, reason: 'not a Node.js program (sleep)' };
  assert.equal(shown(other), 'untraced: not traced: not a Node.js program (sleep) · pid 7');
});

test('a session of which something is missing says so when it has ended', () => {
  const description = (exact: boolean, live: boolean) =>
    sessionSpec(snapshotOf([processView('7-p', { end: 1e9, exitCode: 0 })], { exact, live })).style
      .description;
  assert.equal(description(true, false), 'exit code 0 · 5.0 s');
  assert.equal(description(false, false), 'exit code 0 · 5.0 s · trace not complete');
  assert.equal(description(false, true), 'ending', 'nobody lives any more');
});

test('what was alive when the trace ended is not said to run now', () => {
  const figures = { cpu: 3, memory: 1e6 };
  assert.equal(shown(figures, 5e9, false), 'running: running · when the trace ended · pid 7');
});

test('what nobody named has its kind once', () => {
  const { labels } = new TreeIndex(
    snapshotOf([], {
      resources: [resourceView('L', { name: 'lock deadlock.ts:15', named: false, site: siteAt(15) })],
      channels: [channelView('Q', { name: 'jobs' })],
    }),
  );
  assert.equal(labels.resource('L'), 'lock deadlock.ts:15');
  assert.equal(labels.resource('Q'), 'queue jobs');
});

test('what was alive when the trace ended is not read out as running now', () => {
  const read = (live: boolean) => {
    const process = processView('7-p', { cpu: 3, memory: 1024 });
    return sessionSpec(snapshotOf([process], { live })).children[0]?.style.accessible;
  };
  assert.equal(read(true), '7-p, running, 3% CPU, 1.0 KB, process id 7');
  assert.equal(read(false), '7-p, running, when the trace ended, process id 7');
});

test('a session that can be run again says so to the menus', () => {
  const context = (change: Partial<Snapshot>) =>
    sessionSpec(snapshotOf([processView('7-p')], change)).style.context;
  assert.equal(context({ again: true }), 'session.live.again');
  assert.equal(context({ again: true, terminal: true }), 'session.live.terminal.again');
  assert.equal(context({ again: true, live: false }), 'session.ended.again');
  assert.equal(context({ live: false }), 'session.ended');
});
