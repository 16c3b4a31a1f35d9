import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seekSlice } from '../../../src/extension/timeline/seek.ts';
import type { TrackState } from '../../../src/model/index.ts';
import { Model } from '../../../src/model/index.ts';
import { makeRandom } from '../../browser/support/demo.ts';
import { ModelSession } from '../../browser/support/session.ts';
import { TraceBuilder } from '../../model/builder.ts';

const WAITS: readonly TrackState[] = ['lock', 'receive'];

/** Three tracks of many short slices, of which few are waits; one long wait covers half of a track. */
function busy(slices: number): ModelSession {
  const random = makeRandom(3);
  const t = new TraceBuilder();
  const main = t.root();
  const queue = t.queue('q');
  const lock = t.lock('l');
  const other = t.lock('rare');
  const streams = [main, main.start('a'), main.start('b')];
  for (let i = 0; i < slices; i += 1) {
    const stream = streams[i % 2]!;
    stream.acquire(lock, i + 1);
    if (random() < 0.002) stream.endWait(stream.wait('waitReceive', queue, { sync: true }));
    if (i === Math.floor(slices / 3)) stream.endWait(stream.wait('waitAcquire', other, { sync: true }));
    stream.release(lock, i + 1);
    if (i === Math.floor(slices / 2)) streams[2]!.wait('waitReceive', queue, { sync: true });
  }
  return new ModelSession(t.feed(new Model()));
}

describe('seeking the next wait', () => {
  const session = busy(30_000);
  const { model } = session;
  const threads = model.tracks().map((track) => track.thread);
  const end = model.lastTime;
  const all = threads.flatMap((thread) =>
    model
      .slices(thread, { start: 0, end }, 1e9)
      .filter((slice) => WAITS.includes(slice.state))
      .map((slice) => slice.start),
  );
  all.sort((a, b) => a - b);

  it('visits every wait of all tracks in order, forwards and backwards', async () => {
    assert.ok(all.length > 30, `only ${all.length} waits`);
    const args = { threads, states: WAITS, end };
    const visit = async (forward: boolean): Promise<number[]> => {
      const visited: number[] = [];
      let time = forward ? 0 : end;
      for (;;) {
        const found = await seekSlice(session, { ...args, time, forward });
        if (!found) return visited;
        visited.push(found.slice.start);
        time = found.slice.start;
      }
    };
    assert.deepEqual(await visit(true), all);
    assert.deepEqual((await visit(false)).reverse(), all);
  });

  it('finds one lock wait among very many slices with few questions', async () => {
    session.asked.length = 0;
    const found = await seekSlice(session, { threads, states: ['lock'], time: 0, forward: true, end });
    assert.equal(found?.slice.state, 'lock');
    assert.ok(session.asked.length < 40, `${session.asked.length} questions`);
  });

  it('answers with nothing where there is nothing', async () => {
    const none = { threads, states: ['send'] as const, end };
    assert.equal(await seekSlice(session, { ...none, time: 0, forward: true }), null);
    assert.equal(await seekSlice(session, { ...none, threads: [], time: 0, forward: true }), null);
    assert.equal(await seekSlice(session, { threads, states: WAITS, end, time: 0, forward: false }), null);
    assert.equal(await seekSlice(session, { threads, states: WAITS, end, time: end, forward: true }), null);
  });
});
