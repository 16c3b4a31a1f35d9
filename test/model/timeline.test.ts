import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Model, NOTHING, TRACK_STATES, tileRange } from '../../src/model/index.ts';
import { STATE_COUNT, Track } from '../../src/model/state/track.ts';
import { SEEN, Usage } from '../../src/model/state/usage.ts';
import { SPENT_COUNT, Spent } from '../../src/model/timeline/spent.ts';
import { fillBuckets, makeBuckets, TileCache, trackStats } from '../../src/model/timeline/tiles.ts';
import { TraceBuilder } from './builder.ts';
import { random } from './random.ts';

/** Of a thread that tells nothing of processors: what shows no wait is not known. */
function spentOf(track: Track): Spent {
  return new Spent({
    start: Number.POSITIVE_INFINITY,
    track,
    usage: new Usage(true),
    hasDebugger: false,
  });
}
const NAMES_OF = TRACK_STATES.map((name) => (name === 'running' ? 'unknown' : name));
const shownAs = (state: number): number => TRACK_STATES.indexOf(NAMES_OF[state] ?? 'unknown');

/** The oracle: time by state of [from, to), slice by slice. */
function scan(track: Track, from: number, to: number, until: number): number[] {
  const ns = new Array<number>(SPENT_COUNT).fill(0);
  for (let i = 0; i < track.length; i++) {
    const start = Math.max(from, track.starts[i] as number);
    const end = Math.min(to, until, i + 1 < track.length ? (track.starts[i + 1] as number) : until);
    if (end > start) ns[shownAs(track.states[i] as number)]! += end - start;
  }
  return ns;
}

function randomTrack(next: () => number, slices: number, longest: number): { track: Track; until: number } {
  const track = new Track();
  let time = Math.floor(next() * 1000);
  for (let i = 0; i < slices; i++) {
    track.push(time, Math.floor(next() * STATE_COUNT), Math.floor(next() * 3), 0);
    time += next() < 0.05 ? 0 : Math.ceil(next() ** 4 * longest);
  }
  return { track, until: time };
}

function assertExact(track: Track, until: number, start: number, width: number, buckets: number): void {
  const range = { start, end: start + buckets * width };
  const [tile] = [new TileCache().query(spentOf(track), 't', range, buckets, until)];
  for (let b = 0; b < buckets; b++) {
    const ns = scan(track, start + b * width, start + (b + 1) * width, until);
    const most = Math.max(...ns);
    const mask = ns.reduce((bits, value, state) => (value > 0 ? bits | (1 << state) : bits), 0);
    assert.equal(tile.mask[b], mask, `mask of bucket ${b}`);
    assert.equal(tile.state[b], most === 0 ? NOTHING : ns.indexOf(most), `state of bucket ${b}`);
    const share = most === 0 ? 0 : Math.max(1, Math.round((255 * Math.min(most, width)) / width));
    assert.equal(tile.share[b], share, `share of bucket ${b}`);
  }
}

describe('level of detail', () => {
  it('equals a full scan at every zoom, aligned and not', () => {
    const next = random(1);
    for (let round = 0; round < 30; round++) {
      const { track, until } = randomTrack(next, 1 + Math.floor(next() * 3000), 10 ** (1 + (round % 5)));
      for (let zoom = 0; zoom < 6; zoom++) {
        const level = Math.floor(next() * Math.log2(until + 2));
        const width = 2 ** level;
        const first = Math.floor(next() * (until / width + 2));
        assertExact(track, until, first * width, width, 300);
        const range = Math.ceil(1 + next() * until);
        assertExact(track, until, Math.floor(next() * until), Math.ceil(range / 100), 100);
      }
    }
  });

  it('stays exact while slices are appended after a tile was cached', () => {
    const next = random(2);
    const cache = new TileCache();
    const track = new Track();
    const spent = spentOf(track);
    let time = 0;
    for (let step = 0; step < 200; step++) {
      for (let i = 0; i < 20; i++) {
        time += 1 + Math.floor(next() * 100);
        track.push(time, Math.floor(next() * STATE_COUNT), 0, 0);
      }
      const tile = cache.query(spent, 't', { start: 0, end: 1 << 18 }, 1 << 12, time);
      const fresh = makeBuckets(1 << 12);
      fillBuckets(spent, 0, 64, time, fresh, 0, 1 << 12);
      assert.deepEqual(tile.state, fresh.state);
      assert.deepEqual(tile.share, fresh.share);
      assert.deepEqual(tile.mask, fresh.mask);
    }
  });

  it('never loses a rare state when zoomed out', () => {
    const track = new Track();
    for (let i = 0; i < 100_000; i++) track.push(i * 1000, i === 54_321 ? 1 : (i % 2) * 2, 0, 0);
    const until = 100_000_000;
    const { range, buckets } = tileRange({ start: 0, end: until }, 10);
    const tile = new TileCache().query(spentOf(track), 't', range, buckets, until);
    assert.ok(tile.mask.some((mask) => (mask & 2) !== 0));
  });

  it('asks for at least one bucket a pixel and less than three, in powers of two', () => {
    for (const [start, end, pixels] of [
      [0, 1e9, 1600],
      [123, 456, 1000],
      [5e8, 9e9, 300],
    ] as const) {
      const { range, buckets } = tileRange({ start, end }, pixels);
      const width = (range.end - range.start) / buckets;
      assert.ok(Number.isInteger(Math.log2(width)) && range.start <= start && range.end >= end);
      assert.ok(buckets >= Math.min(pixels, end - start) && buckets < 3 * pixels, `${buckets}`);
    }
  });

  it('gives exact statistics of a selection', () => {
    const next = random(3);
    for (let round = 0; round < 200; round++) {
      const { track, until } = randomTrack(next, 1 + Math.floor(next() * 500), 1000);
      const a = Math.floor(next() * until * 1.1);
      const b = a + Math.floor(next() * until);
      const stats = trackStats({ track, spent: spentOf(track) }, 't', { start: a, end: b }, until);
      assert.deepEqual([...stats.ns], scan(track, a, b, until));
      const count = new Array<number>(SPENT_COUNT).fill(0);
      for (let i = 0; i < track.length; i++) {
        const end = i + 1 < track.length ? (track.starts[i + 1] as number) : until;
        if ((track.starts[i] as number) < Math.min(b, until) && end > a) count[track.states[i] as number]!++;
      }
      assert.deepEqual([...stats.count], count, `round ${round}`);
    }
  });
});

describe('what is not known', () => {
  /** ns by state after the last look at a thread that had told, at 10, that it rests. */
  function afterLook(seen: number): Record<string, number> {
    const track = new Track();
    track.push(0, TRACK_STATES.indexOf('running'), 0, 0);
    track.push(10, TRACK_STATES.indexOf('idle'), 0, 0);
    const usage = new Usage(true);
    usage.add({ time: 10, used: 5, ready: 0, idle: Number.NaN, seen: SEEN.told });
    usage.add({ time: 20, used: 12, ready: 0, idle: Number.NaN, seen });
    const ns = new Float64Array(SPENT_COUNT);
    new Spent({ start: 0, track, usage, hasDebugger: false }).addTo(ns, 20, 30);
    return Object.fromEntries([...ns].flatMap((n, s) => (n > 0 ? [[TRACK_STATES[s], n]] : [])));
  }

  it('a thread that was met on a processor after it had told that it rests may do so again or not', () => {
    assert.deepEqual(afterLook(SEEN.running), { unknown: 10 });
    assert.deepEqual(afterLook(SEEN.loop), { idle: 10 });
    assert.deepEqual(afterLook(SEEN.stopped), { stopped: 10 });
  });
});

describe('tracks', () => {
  it('follow waits, holds, idleness and the end of a thread', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const lock = t.lock('L');
    const queue = t.queue('q');
    main.create(lock, queue);
    t.at(10);
    const wait = main.wait('waitReceive', queue, { site: '/app/main.ts:7' });
    t.at(20);
    main.endWait(wait);
    t.at(30);
    main.acquire(lock, 1);
    t.at(40);
    main.release(lock, 1);
    t.at(50);
    main.quiescent(1, 0);
    t.at(60);
    main.exit(0);
    t.at(90);
    t.observe({ type: 'end', time: t.tick() });
    const model = t.feed(new Model());
    const slices = model.slices('10.0', { start: 0, end: 1e9 }, 100);
    assert.deepEqual(
      slices.map((s) => [s.state, Math.round(s.start / 1e6)]),
      [
        ['unknown', 0],
        ['receive', 10],
        ['unknown', 20],
        ['holding', 30],
        ['unknown', 40],
        ['idle', 50],
        ['unknown', 60],
      ],
    );
    assert.equal(slices[1]?.resource, 'queue:q');
    assert.equal(slices[1]?.site?.line, 7);
    assert.equal(Math.round((slices[6]?.end ?? 0) / 1e6), 60);
    assert.equal(model.sliceAt('10.0', 15e6)?.state, 'receive');
    assert.equal(model.sliceAt('10.0', 80e6), null);
    const [track] = model.tracks();
    assert.equal(track?.slices, 7);
    const [tile] = model.tiles(['10.0'], { start: 0, end: 100e6 }, 10);
    assert.equal(TRACK_STATES[tile?.state[1] ?? 0], 'receive');
    assert.equal(tile?.state[9], NOTHING);
  });

  it('prefer the longest slices when there are too many', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const queue = t.queue('q');
    main.create(queue);
    for (let i = 0; i < 500; i++) {
      const wait = main.wait('waitReceive', queue);
      if (i === 250) t.at(100);
      main.endWait(wait);
    }
    const model = t.feed(new Model());
    const slices = model.slices('10.0', { start: 0, end: model.lastTime }, 10);
    assert.equal(slices.length, 10);
    assert.ok(slices.some((s) => (s.end ?? 0) - s.start > 50e6));
  });
});

describe('flows', () => {
  /** Messages with random latencies over one queue. */
  function messages(count: number): TraceBuilder {
    const next = random(4);
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const queue = t.queue('q');
    main.create(queue);
    const worker = main.start('w', { pid: 11 }).open(queue);
    const start = t.now;
    for (let n = 1; n <= count; n++) {
      const time = start + n * 1000;
      main.on('send', queue, { n, value: n, time });
      worker.on('receive', queue, { n, value: n, time: time + Math.floor(next() ** 6 * 1e6) });
    }
    return t;
  }

  it('gives the slowest arrows of a range first, as a full scan would', () => {
    const model = messages(3000).feed(new Model());
    const all = model.flows({ start: 0, end: 1e12 }, 10_000);
    assert.equal(all.length, 3000);
    const latency = (f: { sendTime: number; receiveTime: number }) => f.receiveTime - f.sendTime;
    for (const [start, end] of [
      [0, 1e12],
      [500e3, 700e3],
      [2e6, 2e6 + 1],
    ] as const) {
      const expected = all
        .filter((f) => f.sendTime < end && f.receiveTime >= start)
        .map(latency)
        .sort((a, b) => b - a)
        .slice(0, 50);
      assert.deepEqual(model.flows({ start, end }, 50).map(latency), expected);
    }
  });

  it('pairs in whichever order the halves come, and leaves unreceived messages alone', () => {
    const t = messages(100);
    const sends = t.items.filter((i) => !('record' in i && i.record.kind === 31));
    const receives = t.items.filter((i) => 'record' in i && i.record.kind === 31);
    const worker = t.items.filter((i) => 'def' in i);
    const late = t.feed(new Model(), [
      ...worker,
      ...receives.slice(0, 60),
      ...sends.filter((i) => !('def' in i)),
    ]);
    assert.equal(late.flows({ start: 0, end: 1e12 }, 1000).length, 60);
    assert.equal(late.channels()[0]?.depth, 40);
  });

  it('filters by threads and puts a neighbour first', () => {
    const model = messages(50).feed(new Model());
    assert.equal(model.flows({ start: 0, end: 1e12 }, 100, { threads: ['10.0'] }).length, 0);
    assert.equal(model.flows({ start: 0, end: 1e12 }, 100, { threads: ['10.0', '11.0'] }).length, 50);
    assert.equal(model.flows({ start: 0, end: 1e12 }, 5, { neighbour: '11.0' }).length, 5);
  });
});
