import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SessionData } from '../../src/webview/core/data.ts';
import { nowOf } from '../../src/webview/core/now.ts';
import type { RowView } from '../../src/webview/core/rows.ts';
import { processView, threadView } from '../views.ts';

test('an idle track says whose answer it waits for, in the words of the tree', () => {
  const text = (asks: string): string => {
    const thread = threadView('1-a', { state: 'idle', asks });
    const process = processView('1-a', { state: 'idle', threads: [thread] });
    const track = { thread: thread.id, end: null } as RowView['track'];
    const row = { track, process, thread, children: 0, collapsed: false, depth: 0, faint: false };
    return nowOf(row, new SessionData()).text;
  };
  assert.equal(text(''), 'idle');
  assert.equal(
    text('waits for an answer from b (127.0.0.1:80)'),
    'waits for an answer from b (127.0.0.1:80)',
  );
});

test('a track that is not known to wait says what the use of processors shows, and no more', () => {
  const now = (lately: 'running' | 'native' | 'ready' | null) => {
    const thread = threadView('1-a', { state: 'running', lately });
    const process = processView('1-a', { threads: [thread] });
    const track = { thread: thread.id, end: null } as RowView['track'];
    const row = { track, process, thread, children: 0, collapsed: false, depth: 0, faint: false };
    const { state, text } = nowOf(row, new SessionData());
    return [state, text];
  };
  assert.deepEqual(now('running'), ['running', '']);
  assert.deepEqual(now('native'), ['native', 'in a native call']);
  assert.deepEqual(now('ready'), ['ready', 'ready, without a processor']);
  assert.deepEqual(now(null), ['unknown', '']);
});
