import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ToExtension } from '../../src/protocol/timeline.ts';
import { Requests } from '../../src/webview/core/requests.ts';

type Sent = Extract<ToExtension, { type: 'request' }>;

function make(): { requests: Requests; sent: Sent[] } {
  const sent: Sent[] = [];
  const requests = new Requests((message) => {
    assert.equal(message.type, 'request');
    if (message.type === 'request') sent.push(message);
  });
  return { requests, sent };
}
const at = (time: number): { thread: string; time: number } => ({ thread: 'a', time });

describe('requests', () => {
  it('has at most one of a kind under way, and sends only the newest of those that wait', async () => {
    const { requests, sent } = make();
    const answers = [1, 2, 3].map((time) => requests.ask('sliceAt', at(time)));
    assert.deepEqual(
      sent.map((s) => s.args),
      [at(1)],
    );
    requests.answered(sent[0]!.id, null);
    assert.deepEqual(
      sent.map((s) => s.args),
      [at(1), at(3)],
    );
    const slice = { start: 0, end: 1, state: 'lock', resource: null, site: null };
    requests.answered(sent[1]!.id, slice);
    assert.deepEqual(await Promise.all(answers), [null, undefined, slice]);
    assert.equal(requests.isBusy('sliceAt'), false);
  });

  it('lets different kinds go side by side', () => {
    const { requests, sent } = make();
    void requests.ask('structure', {});
    void requests.ask('overview', { range: { start: 0, end: 1 }, buckets: 1 });
    assert.deepEqual(
      sent.map((s) => s.name),
      ['structure', 'overview'],
    );
    assert.notEqual(sent[0]!.id, sent[1]!.id);
  });

  it('rejects what is refused, and goes on with what waits', async () => {
    const { requests, sent } = make();
    const first = requests.ask('sliceAt', at(1));
    const second = requests.ask('sliceAt', at(2));
    requests.refused(sent[0]!.id, 'the trace is gone');
    await assert.rejects(first, { message: 'the trace is gone' });
    requests.answered(sent[1]!.id, null);
    assert.equal(await second, null);
  });

  it('sends nothing while hidden', async () => {
    const { requests, sent } = make();
    requests.pause(true);
    const old = requests.ask('sliceAt', at(1));
    const fresh = requests.ask('sliceAt', at(2));
    assert.equal(sent.length, 0);
    assert.equal(await old, undefined);
    requests.pause(false);
    assert.deepEqual(
      sent.map((s) => s.args),
      [at(2)],
    );
    requests.answered(sent[0]!.id, null);
    assert.equal(await fresh, null);
  });

  it('forgets everything for another session, and ignores late answers', async () => {
    const { requests, sent } = make();
    const open = requests.ask('sliceAt', at(1));
    const waiting = requests.ask('sliceAt', at(2));
    requests.reset();
    assert.deepEqual(await Promise.all([open, waiting]), [undefined, undefined]);
    requests.answered(sent[0]!.id, null);
    assert.equal(sent.length, 1);
    void requests.ask('sliceAt', at(3));
    assert.equal(sent.length, 2);
  });
});
