import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PackedTiles } from '../../src/protocol/timeline.ts';
import { foldRow, makeRow, NO_STATE } from '../../src/webview/core/fold.ts';
import { exactPart } from '../../src/webview/core/slices.ts';
import { CHUNK, chunkSpan, levelOf, TileStore } from '../../src/webview/core/tiles.ts';

const RUNNING = 0;
const LOCK = 1;

/** Tiles as the extension packs them; `states` gives the state of each bucket, `undefined`: nothing. */
function packed(
  threads: string[],
  start: number,
  level: number,
  states: (number | undefined)[],
): PackedTiles {
  const buckets = states.length;
  const all = threads.flatMap(() => states);
  return {
    threads,
    range: { start, end: start + buckets * 2 ** level },
    buckets,
    state: Uint8Array.from(all, (s) => s ?? NO_STATE),
    share: Uint8Array.from(all, (s) => (s === undefined ? 0 : 255)),
    mask: Uint16Array.from(all, (s) => (s === undefined ? 0 : 1 << s)),
    busy: Uint8Array.from(all, (s) => (s === RUNNING ? 255 : 0)),
  };
}
const full = (chunks: number, state = RUNNING): number[] => new Array(chunks * CHUNK).fill(state);

describe('level of detail', () => {
  it('has buckets no longer than a pixel and longer than half of one', () => {
    for (const perPixel of [1, 1.5, 2, 1000, 123_456, 2 ** 20]) {
      const bucket = 2 ** levelOf(perPixel);
      assert.ok(bucket <= perPixel && bucket > perPixel / 2, String(perPixel));
    }
    assert.equal(levelOf(0.01), 0);
  });
});

describe('the tile cache', () => {
  it('asks for whole chunks of what is missing, and for nothing twice', () => {
    const cache = new TileStore();
    const span = chunkSpan(4);
    const view = { start: span * 0.5, end: span * 2.5 };
    const request = cache.missing(['a', 'b'], view, 4, 1e9);
    assert.deepEqual(request, {
      threads: ['a', 'b'],
      range: { start: 0, end: span * 3 },
      buckets: CHUNK * 3,
    });
    cache.store(packed(['a'], 0, 4, full(3)), 4);
    assert.deepEqual(cache.missing(['a', 'b'], view, 4, 1e9)?.threads, ['b']);
    cache.store(packed(['b'], 0, 4, full(3)), 4);
    assert.equal(cache.missing(['a', 'b'], view, 4, 1e9), null);
    const onward = cache.missing(['a', 'b'], { start: span, end: span * 4 - 1 }, 4, 1e9);
    assert.deepEqual(onward?.range, { start: span * 3, end: span * 4 });
  });

  it('does not ask for what lies before the begin or after the newest moment', () => {
    const span = chunkSpan(3);
    const request = new TileStore().missing(['a'], { start: -span * 5, end: span * 50 }, 3, span * 1.5);
    assert.deepEqual(request?.range, { start: 0, end: span * 2 });
  });

  it('asks again for what the live end may have changed, and still draws it meanwhile', () => {
    const cache = new TileStore();
    const span = chunkSpan(4);
    cache.store(packed(['a'], 0, 4, full(3)), 4);
    cache.expire(span * 1.2);
    const request = cache.missing(['a'], { start: 0, end: span * 3 - 1 }, 4, span * 3);
    assert.deepEqual(request?.range, { start: span, end: span * 3 });
    assert.ok(cache.find('a', 4, span * 2.5));
  });

  it('stretches a coarser tile, else a finer one, until the right one is there', () => {
    const cache = new TileStore();
    cache.store(packed(['a'], 0, 8, full(1, LOCK)), 8);
    assert.equal(cache.find('a', 5, 10)?.bucket, 256);
    cache.store(packed(['a'], 0, 5, full(1)), 5);
    assert.equal(cache.find('a', 5, 10)?.bucket, 32);
    assert.equal(cache.find('a', 7, 10)?.bucket, 256);
    const fine = new TileStore();
    fine.store(packed(['a'], 0, 5, full(1)), 5);
    assert.equal(fine.find('a', 7, 10)?.bucket, 32);
    assert.equal(fine.find('a', 7, chunkSpan(7)), undefined);
  });
});

describe('folding tiles to pixels', () => {
  const fold = (cache: TileStore, width: number, start: number, perPixel: number, last = 1e12) => {
    const row = makeRow(width);
    const level = levelOf(perPixel);
    foldRow(row, start, perPixel, last, chunkSpan(level), (time) => cache.find('a', level, time));
    return row;
  };

  it('keeps a state that fills one bucket of many in the mask of its pixel, wherever the pixels lie', () => {
    const states = full(4);
    states[613] = LOCK;
    const cache = new TileStore();
    cache.store(packed(['a'], 0, 0, states), 0);
    for (const perPixel of [1, 1.37, 1.99]) {
      for (const shift of [0, 0.3, 7.77]) {
        const width = Math.floor((1024 - shift) / perPixel);
        const row = fold(cache, width, shift, perPixel);
        const found = [...row.mask.keys()].filter((x) => (row.mask[x]! & (1 << LOCK)) !== 0);
        assert.ok(found.length >= 1 && found.length <= 2, `${found} at ${perPixel}, ${shift}`);
        const exact = Math.floor((613 - shift) / perPixel);
        assert.ok(found.includes(exact));
      }
    }
  });

  it('draws nothing before the begin, after the newest moment and where no tile is', () => {
    const cache = new TileStore();
    cache.store(packed(['a'], CHUNK, 0, full(1)), 0);
    const row = fold(cache, 1024, -100, 1, 400);
    const drawn = [...row.state.keys()].filter((x) => row.state[x] !== NO_STATE);
    assert.equal(drawn[0], CHUNK + 100);
    assert.equal(drawn.at(-1), 499);
    assert.equal(drawn.length, 400 - CHUNK);
  });

  it('looks at both chunks for a pixel on their border', () => {
    const states = full(2);
    states[CHUNK] = LOCK;
    const cache = new TileStore();
    cache.store(packed(['a'], 0, 0, states), 0);
    const row = fold(cache, 300, 0.5, 1.5);
    assert.ok((row.mask[Math.floor((CHUNK - 0.5) / 1.5)]! & (1 << LOCK)) !== 0);
  });

  it('asks exactly only where a slice can be wide', () => {
    const row = makeRow(100);
    row.mask.fill(0b11);
    assert.equal(exactPart(row, 3), null);
    row.mask.fill(0b10, 40, 46);
    row.mask.fill(0b01, 70, 80);
    assert.deepEqual(exactPart(row, 3), [39, 81]);
    row.mask.fill(0);
    assert.equal(exactPart(row, 3), null);
  });
});
