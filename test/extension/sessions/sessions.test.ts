import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { Sessions } from '../../../src/extension/sessions/sessions.ts';
import { discard } from '../../discard.ts';
import { FakeMemory, FakeReader } from './fakes.ts';

function setUp(t: { after(f: () => void): void }, memory = new FakeMemory()) {
  const root = mkdtempSync(path.join(os.tmpdir(), 'forkscope-sessions-'));
  t.after(() => discard(root));
  const readers: FakeReader[] = [];
  const ended = new Set<string>();
  const problems = new Map<string, string>();
  const read = (dir: string) => {
    const reader = new FakeReader();
    reader.problem = problems.get(path.basename(dir));
    if (ended.has(path.basename(dir))) reader.tell({ live: false });
    readers.push(reader);
    return reader;
  };
  const folder = (name: string) => {
    const dir = path.join(root, name);
    mkdirSync(dir, { recursive: true });
    return dir;
  };
  return { memory, readers, problems, ended, read, folder, sessions: new Sessions(memory, read) };
}

test('a run is shown before it has a trace, and becomes the current session when it has one', async (t) => {
  const { sessions, folder } = setUp(t);
  const heard: (string | undefined)[] = [];
  sessions.onDidChangeCurrent((session) => heard.push(session?.name));
  const dir = folder('app.ts.20260101-000000');
  sessions.announce(dir, 'app.ts', '/w/app.ts');
  assert.equal(sessions.known(dir)?.live, true);
  assert.equal(sessions.current(), undefined);
  await sessions.open(dir);
  assert.equal(sessions.current()?.dir, dir);
  assert.deepEqual(heard, ['app.ts']);
});

test('the same folder is read once, whoever asks for it how often', async (t) => {
  const { sessions, folder, readers } = setUp(t);
  const dir = folder('a');
  const [one, two] = await Promise.all([sessions.open(dir), sessions.open(`${dir}/../a`)]);
  assert.equal(one, two);
  assert.equal(readers.length, 1);
});

test('a folder without a trace is refused with its message, leaves nothing behind, and can be tried again', async (t) => {
  const { sessions, folder, problems, readers } = setUp(t);
  problems.set('bad', 'holds no trace');
  const dir = folder('bad');
  await assert.rejects(sessions.open(dir), /holds no trace/);
  assert.deepEqual(sessions.list(), []);
  assert.ok(readers[0]!.disposed);
  problems.clear();
  assert.equal((await sessions.open(dir)).dir, dir);
  await assert.rejects(sessions.open(path.join(dir, 'nothing')), /not a folder with a trace/);
});

test('after a reload the sessions that ran are opened again, and their findings are not told twice', async (t) => {
  const { sessions, memory, read, folder, readers } = setUp(t);
  const [live, ended] = [folder('live.ts.20260101-000000'), folder('ended')];
  sessions.announce(live, 'live.ts', '/w/live.ts');
  await sessions.open(live);
  await sessions.open(ended);
  readers[1]!.tell({ live: false });
  assert.equal(sessions.claimNotification(live, 'deadlock'), true);
  assert.equal(sessions.claimNotification(live, 'deadlock'), false);
  sessions.dispose();
  assert.ok(readers.every((r) => r.disposed));

  const after = new Sessions(memory, read);
  await after.restore();
  assert.deepEqual(
    after.list().map(({ dir, name, script }) => ({ dir, name, script })),
    [{ dir: live, name: 'live.ts', script: '/w/live.ts' }],
  );
  assert.equal(after.current()?.dir, live);
  assert.equal(after.claimNotification(live, 'deadlock'), false);
  assert.equal(after.claimNotification(live, 'another'), true);
});

test('how a script was run is known over a reload, as far as what was stored is valid', async (t) => {
  const { memory, read, folder, sessions } = setUp(t);
  const run = { args: ['two words'], runtime: '/usr/bin/node' };
  sessions.announce(folder('app'), 'app.ts', '/w/app.ts', run);
  await sessions.open(folder('app'));
  sessions.announce(folder('debugged'), 'debugged', '/w/d.ts');
  await sessions.open(folder('debugged'));
  sessions.dispose();
  const restored = async () => {
    const after = new Sessions(memory, read);
    await after.restore();
    const runs = after.list().map((session) => session.run);
    after.dispose();
    return runs;
  };
  assert.deepEqual(await restored(), [run, undefined]);
  const records = memory.get<{ run?: unknown }[]>('sessions') ?? [];
  await memory.update('sessions', [{ ...records[0], run: { args: [1], runtime: 'node' } }]);
  assert.deepEqual(await restored(), [undefined]);
});

test('what a reload finds gone or unreadable, or was stored by something else, is forgotten', async (t) => {
  const { memory, read, folder, problems, sessions } = setUp(t);
  const broken = folder('broken');
  sessions.announce(broken, 'b', '/b');
  sessions.announce(path.join(broken, 'gone'), 'g', '/g');
  sessions.dispose();
  problems.set('broken', 'unreadable');
  const after = new Sessions(memory, read);
  await after.restore();
  assert.deepEqual(after.list(), []);
  for (const junk of [7, [null, { dir: 1 }], { a: 1 }]) {
    await memory.update('sessions', junk);
    await new Sessions(memory, read).restore();
  }
});

test('findings of a trace that was opened after its end are no news', async (t) => {
  const { sessions, folder, ended } = setUp(t);
  const dir = folder('old');
  ended.add('old');
  await sessions.open(dir);
  assert.equal(sessions.claimNotification(dir, 'deadlock'), false);
});

test('a reader that fails leaves its session with the problem, and the others alone', async (t) => {
  const { sessions, folder, readers } = setUp(t);
  await sessions.open(folder('a'));
  await sessions.open(folder('b'));
  readers[0]!.fail('the disk is gone');
  assert.deepEqual(
    sessions.list().map((s) => s.problem),
    ['the disk is gone', ''],
  );
});

test('closing: the ended ones, one of them, and what is current then', async (t) => {
  const { sessions, folder, readers } = setUp(t);
  const [a, b, c] = [folder('a'), folder('b'), folder('c')];
  for (const dir of [a, b, c]) await sessions.open(dir);
  readers[1]!.tell({ live: false });
  sessions.closeEnded();
  assert.deepEqual(
    sessions.list().map((s) => s.dir),
    [a, c],
  );
  sessions.close(c);
  assert.equal(sessions.current()?.dir, a);
  sessions.close(a);
  assert.equal(sessions.current(), undefined);
});

test('sessions that nobody looks at are told so, those opened later too', async (t) => {
  const { sessions, folder, readers } = setUp(t);
  await sessions.open(folder('a'));
  sessions.setVisible(false);
  await sessions.open(folder('b'));
  assert.deepEqual(
    readers.map((r) => r.visible),
    [false, false],
  );
});
