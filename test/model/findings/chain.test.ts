import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model } from '../../../src/model/index.ts';
import { TraceBuilder } from '../builder.ts';

test('a chain tells a wait once, though it is that of a task and of its thread', () => {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10 });
  const lock = t.lock('L');
  const queue = t.queue('jobs');
  main.create(lock, queue);
  const worker = main.start('worker', { pid: 11 }).open(lock, queue);
  worker.acquire(lock, 1, '/app/main.ts:9', { task: 1 });
  worker.wait('waitReceive', queue, { task: 1, site: '/app/main.ts:11' });
  worker.quiescent();
  main.wait('waitAcquire', lock, { site: '/app/main.ts:19' });
  main.quiescent();
  const model = t.feed(new Model());
  const [finding] = model.findings(model.lastTime);
  assert.equal(finding?.kind, 'lock-cycle');
  assert.deepEqual(
    finding?.chain.map(({ process: processId, waitKind }) => `${processId} ${waitKind}`),
    ['10 waitAcquire', '11 waitReceive'],
  );
});
