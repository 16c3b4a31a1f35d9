import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as viewport from '../../src/webview/core/viewport.ts';

const LAST = 10e9;
const near = (actual: number, expected: number, message?: string): void => {
  const scale = Math.max(1, Math.abs(expected));
  assert.ok(Math.abs(actual - expected) / scale < 1e-9, message ?? `${actual} is not ${expected}`);
};

describe('the view', () => {
  it('maps time to pixels and back', () => {
    const view = { start: 2e9, end: 4e9 };
    near(viewport.xAt(view, 1000, 3e9), 500);
    near(viewport.timeAt(view, 1000, 250), 2.5e9);
    for (const x of [0, 17.5, 999]) near(viewport.xAt(view, 1000, viewport.timeAt(view, 1000, x)), x);
  });

  it('keeps the time below the pointer in place while zooming', () => {
    let view = viewport.wholeView(LAST);
    const time = 3.21e9;
    const x = viewport.xAt(view, 800, time);
    for (let i = 0; i < 40; i += 1) {
      view = viewport.zoomAt(view, 0.7, time, LAST);
      near(viewport.xAt(view, 800, time), x);
    }
    assert.ok(viewport.spanOf(view) >= viewport.MIN_SPAN);
  });

  it('never shows less than the shortest span, more than everything, or nothing but emptiness', () => {
    const all = viewport.wholeView(LAST);
    near(viewport.spanOf(viewport.zoomAt(all, 5, 1e9, LAST)), viewport.spanOf(all));
    const tiny = viewport.zoomAt(all, 1e-12, 5e9, LAST);
    near(viewport.spanOf(tiny), viewport.MIN_SPAN);
    for (const by of [-1e12, 1e12]) {
      const view = viewport.pan({ start: 4e9, end: 5e9 }, by, LAST);
      assert.ok(view.start < LAST && view.end > 0, 'a part of the session stays in view');
      near(viewport.spanOf(view), 1e9);
    }
  });

  it('has a view for a session without any time', () => {
    const view = viewport.wholeView(0);
    assert.ok(viewport.spanOf(view) > 0);
    assert.ok(Number.isFinite(viewport.nsPerPx(viewport.clamp(view, 0), 0)));
  });

  it('follows the newest moment near its right edge', () => {
    const view = viewport.followEnd({ start: 0, end: 2e9 }, 9e9);
    near(viewport.spanOf(view), 2e9);
    assert.ok(view.end > 9e9 && viewport.xAt(view, 1000, 9e9) > 950);
    assert.deepEqual(viewport.followEnd({ start: 0, end: 2e9 }, 1e9), { start: 0, end: 2e9 });
  });

  it('leaves the view alone for what is well visible, and zooms in on what is too short to see', () => {
    const view = { start: 0, end: 10e9 };
    assert.equal(viewport.reveal(view, 4e9, 5e9, LAST), view);
    const close = viewport.reveal(view, 4e9, 4e9 + 1000, LAST);
    assert.ok(viewport.spanOf(close) <= 60_000 * 1.01 && close.start < 4e9 && close.end > 4e9 + 1000);
    const far = viewport.reveal({ start: 0, end: 1e9 }, 7e9, 7.2e9, LAST);
    assert.ok(far.start < 7e9 && far.end > 7.2e9);
  });

  it('glides evenly: begins and ends where it should, spans in between by ratio', () => {
    const [from, to] = [
      { start: 0, end: 8e9 },
      { start: 3e9, end: 3.5e9 },
    ];
    near(viewport.between(from, to, 0).end, 8e9);
    near(viewport.between(from, to, 1).start, 3e9);
    near(viewport.spanOf(viewport.between(from, to, 0.5)), 2e9);
  });
});
