import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TRACK_STATES } from '../../src/model/types/index.ts';
import { makeRow, NO_STATE } from '../../src/webview/core/fold.ts';
import { contrastRatio, inkOn } from '../../src/webview/draw/palette.ts';
import { busyRuns, isolatedMarks, paintRow, rareAt, shadesOf } from '../../src/webview/draw/strip.ts';

const [RUNNING, LOCK, RECEIVE] = [0, 1, 2];
const bit = (...states: number[]): number => states.reduce((mask, state) => mask | (1 << state), 0);

function running(width: number) {
  const row = makeRow(width);
  row.share.fill(255);
  row.mask.fill(bit(RUNNING));
  return row;
}

describe('rare states', () => {
  it('show beside the dominant one, locks before messages', () => {
    const row = running(3);
    row.mask[1] = bit(RUNNING, RECEIVE);
    row.mask[2] = bit(RUNNING, RECEIVE, LOCK);
    assert.deepEqual(
      [0, 1, 2].map((x) => rareAt(row, x, 0)),
      [NO_STATE, RECEIVE, LOCK],
    );
    assert.equal(rareAt(row, 2, bit(RECEIVE)), RECEIVE, 'a filter asks for its own states');
  });

  it('stand over the whole height only where they stand alone', () => {
    const row = running(200);
    row.mask[50] = bit(RUNNING, LOCK);
    for (let x = 100; x < 140; x += 2) row.mask[x] = bit(RUNNING, LOCK);
    assert.deepEqual(isolatedMarks(row, 0), [50, LOCK]);
  });

  it('are painted over, dimmed or left out as the filter says', () => {
    const row = running(4);
    row.state.fill(TRACK_STATES.indexOf('idle'));
    row.mask[2] = bit(RUNNING, LOCK);
    row.state[3] = NO_STATE;
    const colors = TRACK_STATES.map((_, i) => [200, i * 10, 40] as const);
    const shades = shadesOf(colors, [0, 0, 0]);
    const [main, rare] = [new Uint32Array(4), new Uint32Array(4)];
    paintRow(row, shades, 0, main, rare);
    assert.equal(main[0]! & 0xff, 200);
    assert.equal(main[3], 0);
    assert.deepEqual([rare[0], (rare[2]! >> 8) & 0xff], [0, 10]);
    paintRow(row, shades, bit(LOCK), main, rare);
    assert.ok((main[0]! & 0xff) < 80, 'what is not asked for is dimmed');
    assert.equal((rare[2]! >> 8) & 0xff, 10);
    paintRow(running(4), shades, 0, main, rare);
    assert.deepEqual([...main], [0, 0, 0, 0], 'what runs has a height and fills no bar');
  });
});

describe('time on a processor', () => {
  it('is a column for each stretch of one height, the smallest a pixel high', () => {
    const busy = Uint8Array.from([0, 0, 1, 1, 255, 255, 128, 0]);
    assert.deepEqual(
      [...busyRuns(busy, 20)],
      [
        [2, 4, 1],
        [4, 6, 20],
        [6, 7, 10],
      ],
    );
    assert.deepEqual([...busyRuns(new Uint8Array(5), 20)], []);
  });
});

describe('text on a colour', () => {
  it('reads well on every colour', () => {
    assert.ok(Math.abs(contrastRatio([0, 0, 0], [255, 255, 255]) - 21) < 0.01);
    for (const color of [
      [241, 76, 76],
      [137, 209, 133],
      [55, 148, 255],
      [101, 45, 144],
      [255, 255, 255],
    ] as const) {
      const ink = inkOn(color) === '#ffffff' ? ([255, 255, 255] as const) : ([16, 16, 16] as const);
      assert.ok(contrastRatio(color, ink) >= 4.5, String(color));
    }
  });
});
