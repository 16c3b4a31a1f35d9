import assert from 'node:assert/strict';
import test from 'node:test';
import { notificationText, StillFound, statusText, summarize } from '../../src/extension/alerts/summary.ts';
import type { KnownSession } from '../../src/extension/sessions/entry.ts';
import type { Finding } from '../../src/model/types/index.ts';
import { findingView } from '../views.ts';
import { FakeReader } from './sessions/fakes.ts';

function session(name: string, live: boolean, findings: readonly Finding[] = []): KnownSession {
  const reader = new FakeReader();
  reader.tell({ live, findings });
  return {
    dir: `/t/${name}`,
    name,
    script: undefined,
    run: undefined,
    reader,
    problem: '',
    live,
    followed: true,
  };
}

test('nothing runs: no place in the status bar is taken', () => {
  const ended = [session('a', false)];
  const summary = summarize(ended, undefined);
  assert.equal(statusText(summary, ended), undefined);
  const { live, hasEnded, hasSessions, hasFindings } = summary;
  assert.deepEqual(
    { live, hasEnded, hasSessions, hasFindings },
    { live: false, hasEnded: true, hasSessions: true, hasFindings: false },
  );
});

test('what runs is named, and a deadlock comes first: the current session before others, certain before suspected', () => {
  const running = [session('a.ts', true), session('b.ts', true)];
  assert.equal(statusText(summarize([running[0]!], undefined), [running[0]!])?.text, '$(pulse) a.ts');
  assert.equal(statusText(summarize(running, undefined), running)?.text, '$(pulse) 2 sessions');
  const suspected = findingView({ id: 's', certainty: 'suspected' });
  const certain = findingView({ id: 'c' });
  const hint = findingView({ id: 'h', blocking: false });
  const all = [session('a', true, [suspected, certain]), session('b', true, [hint, suspected])];
  const order = (current: string) =>
    summarize(all, current).blocking.map(({ session: s, finding }) => s.name + finding.id);
  assert.deepEqual(order('/t/a'), ['ac', 'as', 'bs']);
  assert.deepEqual(order('/t/b'), ['bs', 'ac', 'as']);
  const status = statusText(summarize(all, '/t/a'), all);
  assert.deepEqual([status?.text, status?.alarm], ['$(error) Deadlock +2', true]);
  assert.match(status?.tooltip ?? '', /^a: a and b wait for each other/);
});

test('a suspicion is not called a deadlock', () => {
  const [certain, suspected] = [findingView(), findingView({ certainty: 'suspected' })];
  const hang = findingView({ kind: 'port-keeps-alive' });
  const one = session('app.ts', true);
  assert.equal(notificationText(one, certain), 'Deadlock in app.ts: a and b wait for each other');
  assert.equal(notificationText(one, hang), 'Hang in app.ts: a and b wait for each other');
  assert.equal(notificationText(one, suspected), 'Suspected hang in app.ts: a and b wait for each other');
});

test('what lasts for two updates is told; what is over by then is not; at the end everything is', () => {
  const [a, b] = [findingView({ id: 'a' }), findingView({ id: 'b' })];
  const live = session('app.ts', true);
  const reader = live.reader as FakeReader;
  const lasting = new StillFound();
  const ids = (findings: readonly Finding[]) => {
    reader.tell({ findings });
    return lasting.of(live, findings).map((f) => f.id);
  };
  assert.deepEqual(ids([a]), []);
  assert.deepEqual(lasting.of(live, [a]), [], 'the same update again is no second one');
  assert.deepEqual(ids([b]), []);
  assert.deepEqual(ids([a, b]), ['b']);
  const ended = { ...live, live: false };
  reader.tell({ live: false });
  assert.deepEqual(
    new StillFound().of(ended, [a]).map((f) => f.id),
    ['a'],
  );
});
