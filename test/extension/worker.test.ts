import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { WorkerHost } from '../../src/extension/worker/host.ts';
import type { SessionUpdate, WorkerResponse } from '../../src/protocol/session.ts';
import { discard } from '../discard.ts';
import { TraceBuilder } from '../model/builder.ts';
import { SessionFile, writeTrace } from './write-trace.ts';

function scratch(t: { after(f: () => void): void }): string {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'forkscope-worker-'));
  t.after(() => discard(dir));
  return dir;
}

/** A host whose answers can be waited for. */
class Client {
  readonly responses: WorkerResponse[] = [];
  readonly host: WorkerHost;
  private wake: () => void = () => undefined;

  constructor(t: { after(f: () => void): void }) {
    this.host = new WorkerHost((response) => {
      this.responses.push(structuredClone(response));
      this.wake();
    });
    t.after(() => this.host.dispose());
  }

  async until<T>(find: (response: WorkerResponse) => T | undefined): Promise<T> {
    for (;;) {
      for (const response of this.responses) {
        const found = find(response);
        if (found !== undefined) return found;
      }
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  update(fits: (update: SessionUpdate) => boolean): Promise<SessionUpdate> {
    return this.until((r) => (r.type === 'update' && fits(r.update) ? r.update : undefined));
  }
}

function deadlock(): TraceBuilder {
  const trace = new TraceBuilder();
  const main = trace.root({ pid: 10 });
  const [a, b] = [trace.lock('A'), trace.lock('B')];
  const one = main.start('one', { pid: 11 });
  const two = main.start('two', { pid: 12 });
  one.acquire(a, 1, '/w/d.ts:5');
  two.acquire(b, 1, '/w/d.ts:15');
  one.wait('waitAcquire', b, { site: '/w/d.ts:7', sync: true });
  two.wait('waitAcquire', a, { site: '/w/d.ts:17', sync: true });
  main.join(one);
  trace.at(500);
  main.quiescent();
  return trace;
}

test('an ended trace: one update that tells everything, and answers', async (t) => {
  const dir = path.join(scratch(t), 'd.ts');
  writeTrace(dir, deadlock().items, { launcherPid: 2 ** 22 + 1 });
  const client = new Client(t);
  client.host.receive({ type: 'open', dir });
  const update = await client.update(() => true);
  assert.equal(update.changed, null);
  assert.equal(update.live, false);
  const [finding] = update.findings;
  assert.equal(finding?.kind, 'lock-cycle');
  client.host.receive({ type: 'query', id: 7, name: 'processes', args: {} });
  const processes = await client.until((r) => (r.type === 'answer' && r.id === 7 ? r.result : undefined));
  assert.ok(Array.isArray(processes));
  assert.deepEqual(
    processes.map((p) => 'name' in p && p.name),
    ['main.ts', 'one', 'two'],
  );
});

test('a question of no session, and a folder without a trace, are refused in words', async (t) => {
  const dir = scratch(t);
  const client = new Client(t);
  client.host.receive({ type: 'query', id: 1, name: 'processes', args: {} });
  client.host.receive({ type: 'open', dir });
  const refused = await client.until((r) => (r.type === 'refused' ? r.message : undefined));
  assert.match(refused, /no session/);
  const failed = await client.until((r) => (r.type === 'failed' ? r.message : undefined));
  assert.match(failed, /holds no Forkscope trace/);
});

test('a live session: updates tell what changed, and the end', async (t) => {
  const dir = scratch(t);
  const session = new SessionFile(dir, { launcherPid: process.pid });
  t.after(() => session.close());
  const argv = ['node', 'main.js'];
  session.write({ type: 'rootStart', time: session.now(), pid: 50, spawnKey: 'k', argv });
  const client = new Client(t);
  client.host.receive({ type: 'open', dir });
  const first = await client.update(() => true);
  assert.ok(first.live && first.changed === null);
  const child = { pid: 51, ppid: 50, name: 'sleep', command: 'sleep 9' };
  session.write({ type: 'osProcess', time: session.now(), ...child });
  const second = await client.update((u) => (u.changed?.length ?? 0) > 0);
  assert.ok(second.changed?.some((id) => id.startsWith('51')));
  session.write({ type: 'rootExit', time: session.now(), pid: 50, exitCode: 0, signal: null });
  session.write({ type: 'end', time: session.now() });
  assert.equal((await client.update((u) => !u.live)).live, false);
});
