import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatTime, niceStep, ticksOf } from '../../src/webview/core/ticks.ts';

describe('ticks', () => {
  it('steps by 1, 2 or 5, and by minutes and hours where people count in those', () => {
    const steps = [1, 3, 17, 999, 1.1e6, 2e9, 8e9, 31e9, 61e9, 4000e9].map(niceStep);
    assert.deepEqual(steps, [1, 5, 20, 1000, 2e6, 2e9, 10e9, 60e9, 120e9, 7200e9]);
  });

  it('are far enough apart and lie on multiples of the step, at every zoom', () => {
    for (let span = 1e3; span < 1e14; span *= 3.7) {
      const view = { start: 12.345e9, end: 12.345e9 + span };
      const { ticks, step } = ticksOf(view, 1200);
      assert.ok((step / span) * 1200 >= 95.9, `step ${step} of ${span}`);
      assert.ok((step / span) * 1200 <= 96 * 3.1);
      for (const { time } of ticks) {
        assert.ok(time >= view.start && time <= view.end);
        assert.ok(Math.abs(time / step - Math.round(time / step)) < 1e-6);
      }
    }
  });

  it('have labels that differ, short ones even far from the origin', () => {
    for (let span = 2e3; span < 1e12; span *= 5) {
      const { ticks } = ticksOf({ start: 40e9, end: 40e9 + span }, 1000);
      assert.equal(new Set(ticks.map((tick) => tick.label)).size, ticks.length, `span ${span}`);
      for (const { label } of ticks) assert.ok(label.length <= 11, label);
    }
  });

  it('are relative to a base where absolute times would be long', () => {
    const { base, ticks } = ticksOf({ start: 12_345_678_000, end: 12_345_698_000 }, 1000);
    assert.equal(base, 12_345_000_000);
    assert.ok(ticks.every((tick) => tick.label.startsWith('+') && tick.label.endsWith('µs')));
    assert.equal(ticksOf({ start: 0, end: 5e9 }, 1000).base, null);
  });

  it('writes minutes as a clock', () => {
    assert.deepEqual(
      ticksOf({ start: 0, end: 600e9 }, 1000)
        .ticks.slice(0, 3)
        .map((tick) => tick.label),
      ['0', '1:00', '2:00'],
    );
  });
});

describe('times', () => {
  it('have as many digits as the zoom can tell apart, in groups of three', () => {
    assert.equal(formatTime(1_234_567_890), '1.235 s');
    assert.equal(formatTime(1_234_567_890, 500), '1.234\u2009567\u2009890 s');
    assert.equal(formatTime(1_234_567_890, 2000), '1.234\u2009568 s');
  });
});
