import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Model } from '../../src/model/index.ts';
import { TraceBuilder } from './builder.ts';

describe('what is known of a lock', () => {
  it('counts web locks as contended only where somebody had them', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const lock = t.resource('webLock', 'W');
    const first = main.open(lock).wait('waitAcquire', lock);
    main.acquire(lock, 1).endWait(first);
    main.wait('waitAcquire', lock);
    const [seen] = t.feed(new Model()).resources();
    assert.deepEqual([seen?.acquisitions, seen?.contended], [1, 1]);
  });

  it('tells holders and waiters as of the signal that ended the root', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const lock = t.lock('L');
    main.create(lock).acquire(lock, 1);
    main.thread('worker').open(lock).wait('waitAcquire', lock);
    t.observe({ type: 'rootExit', time: t.tick(), pid: 10, exitCode: null, signal: 'SIGKILL' });
    const [seen] = t.feed(new Model()).resources();
    assert.deepEqual(
      [seen?.holders.map((h) => h.thread), seen?.waiters.map((w) => w.thread)],
      [['10.0'], ['10.1']],
    );
  });
});
