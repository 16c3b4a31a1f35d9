import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ROW_HEIGHT } from '../../src/webview/core/rows.ts';
import { big } from './support/big.ts';
import { demo } from './support/demo.ts';
import { type Client, Harness } from './support/page.ts';
import { ModelSession } from './support/session.ts';

/** Middle of a track's bar above its label's baseline, where only the fill is. */
const barOf = (row: number): number => row * ROW_HEIGHT + 7;

/** What the stylesheet makes of a state's colour. */
async function colorOf(client: Client, state: string): Promise<number[]> {
  return await client.page.evaluate((name) => {
    const probe = document.createElement('canvas').getContext('2d')!;
    probe.fillStyle = getComputedStyle(
      document.querySelector(`.legend [data-state=${name}]`)!,
    ).backgroundColor;
    probe.fillRect(0, 0, 1, 1);
    return [...probe.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  }, state);
}
async function rowOf(client: Client, name: string): Promise<number> {
  const index = await client.page
    .locator('[role=row]', { hasText: name })
    .first()
    .getAttribute('aria-rowindex');
  return Number(index) - 1;
}
const isNear = (a: readonly number[], b: readonly number[]): boolean =>
  a.every((v, i) => Math.abs(v - b[i]!) <= 6);

describe('drawing', () => {
  let harness: Harness;
  before(async () => {
    harness = await Harness.start();
  });
  after(async () => {
    await harness.stop();
  });

  it('paints each state where the model has it, within the strict policy', async () => {
    const { model } = demo();
    const client = await harness.open(new ModelSession(model), { width: 1400 });
    await client.settled();
    const width = await client.page.locator('.lanes').evaluate((c) => c.clientWidth);
    const view = 1.02 * model.lastTime;
    const painted: number[][][] = [];
    let checked = 0;
    for (const [row, track] of model.tracks().entries()) {
      for (const slice of model.slices(track.thread, { start: 0, end: model.lastTime }, 1e6)) {
        const [from, to] = [slice.start, slice.end ?? model.lastTime].map((time) => (time / view) * width);
        if (slice.state === 'exited' || to! - from! < 12) continue;
        // Arrows, lines and letters lie over it here and there.
        const columns = painted[row] ?? (await client.columnsByColor(barOf(row)));
        painted[row] = columns;
        const wanted = await colorOf(client, slice.state);
        const inside = columns.slice(Math.ceil(from!) + 2, Math.floor(to!) - 2);
        const right = inside.filter((color) => isNear(color, wanted)).length;
        assert.ok(
          right > inside.length * 0.5,
          `${slice.state} of row ${row} at ${from}: ${right} of ${inside.length}`,
        );
        checked += 1;
      }
    }
    assert.ok(checked > 40, `only ${checked} slices were wide enough`);
    assert.deepEqual(client.problems, []);
    await client.close();
  });

  it('shows one lock wait of 2 µs among a million slices, and finds it by one key', async () => {
    const { model, rareTrack, rareTime } = big(1_000_000);
    assert.ok(model.tracks().reduce((sum, track) => sum + track.slices, 0) > 990_000);
    const client = await harness.open(new ModelSession(model), { width: 1400 });
    await client.settled();
    const red = await colorOf(client, 'lock');
    const width = await client.page.locator('.lanes').evaluate((c) => c.clientWidth);
    const wanted = (rareTime / (1.02 * model.lastTime)) * width;
    for (let row = 0; row < 16; row += 1) {
      const columns = await client.columnsOf(row * ROW_HEIGHT + 15, red);
      if (row !== rareTrack) assert.deepEqual(columns, [], `row ${row}`);
      else
        assert.ok(
          columns.length > 0 && columns.every((x) => Math.abs(x - wanted) < 3),
          `${columns} near ${wanted}`,
        );
    }
    await client.page.locator('.surface').press('Shift+N');
    await client.page.locator('.details h2', { hasText: 'Waits for lock' }).waitFor();
    assert.match(await client.page.locator('.details .sub').innerText(), /busy · 2\.00 µs/);
    await client.settled();
    const zoomed = await client.columnsOf(rareTrack * ROW_HEIGHT + 15, red);
    assert.ok(zoomed.length >= 10, `${zoomed.length} pixels of the wait after the jump`);
    assert.deepEqual(client.problems, []);
    await client.close();
  });

  it('never has two requests of a kind under way, however wildly one zooms', async () => {
    const client = await harness.open(new ModelSession(big(100_000).model));
    await client.settled();
    const surface = client.page.locator('.surface');
    await surface.hover();
    for (let i = 0; i < 60; i += 1) await surface.press(i % 3 === 2 ? 'd' : i % 20 < 12 ? 'w' : 's');
    await client.settled();
    assert.ok(client.requests.length > 10);
    assert.equal(client.mostUnderWay, 1);
    const kinds = new Set(client.requests.map((request) => request.name));
    assert.ok(kinds.has('slices') && kinds.has('tiles') && kinds.has('flows'));
    await client.close();
  });

  it('draws for the device’s pixels and follows the window’s size', async () => {
    const client = await harness.open(new ModelSession(demo().model), { scale: 2, width: 1000 });
    await client.settled();
    const size = () =>
      client.page
        .locator('.lanes')
        .evaluate((c: HTMLCanvasElement) => [c.width / c.clientWidth, c.clientWidth]);
    const [scale, wide] = await size();
    assert.equal(scale, 2);
    await client.page.setViewportSize({ width: 700, height: 500 });
    await client.page.waitForFunction((w) => document.querySelector('.lanes')!.clientWidth < w!, wide);
    assert.equal((await size())[0], 2);
    await client.settled();
    const row = await rowOf(client, 'transfer-b');
    const red = await client.columnsOf(barOf(row), await colorOf(client, 'lock'));
    assert.ok(red.length > 50);
    await client.close();
  });

  it('comes to rest in a small window with a selection: no layout asks for data that changes the layout', async () => {
    const client = await harness.open(new ModelSession(demo().model), { width: 620, height: 480 });
    await client.settled();
    const surface = (await client.page.locator('.surface').boundingBox())!;
    await client.page.mouse.click(surface.x + surface.width * 0.5, surface.y + 15);
    await client.page.locator('.details .statistics th').first().waitFor();
    await client.settled();
    assert.ok(client.requests.length < 30, `${client.requests.length} requests`);
    await client.close();
  });

  it('tells states apart by patterns in high contrast', async () => {
    const client = await harness.open(new ModelSession(demo().model), { theme: 'contrast', width: 1400 });
    await client.settled();
    const distinct = await client.page.evaluate((height) => {
      const canvas = document.querySelector<HTMLCanvasElement>('.lanes')!;
      const ctx = canvas.getContext('2d')!;
      const names = [...document.querySelectorAll('[role=row]')].map((row) => row.textContent ?? '');
      return ['transfer-b', 'consumer-1', 'orders.ts'].map((name) => {
        const row = names.findIndex((text) => text.includes(name));
        const { data } = ctx.getImageData(canvas.clientWidth - 120, row * height + 6, 16, 16);
        let marks = '';
        for (let i = 0; i < 256; i += 1) {
          marks += Math.max(data[i * 4]!, data[i * 4 + 1]!, data[i * 4 + 2]!) > 90 ? '#' : '.';
        }
        return marks;
      });
    }, ROW_HEIGHT);
    assert.equal(new Set(distinct).size, 3);
    for (const marks of distinct)
      assert.ok(marks.includes('#') && marks.includes('.'), 'a pattern, not a plain fill');
    assert.equal(await client.page.locator('.legend canvas').count(), 12);
    await client.close();
  });

  it('takes over another theme at once', async () => {
    const client = await harness.open(new ModelSession(demo().model));
    await client.settled();
    const row = await rowOf(client, 'transfer-b');
    await client.page.evaluate(() => {
      document.documentElement.style.setProperty('--vscode-charts-red', '#0000ff');
      document.body.classList.replace('vscode-dark', 'vscode-light');
    });
    await client.page.waitForFunction((y) => {
      const canvas = document.querySelector<HTMLCanvasElement>('.lanes')!;
      const pixel = canvas.getContext('2d')!.getImageData(canvas.clientWidth - 60, y, 1, 1).data;
      return pixel[0]! < 20 && pixel[2]! > 230;
    }, barOf(row));
    await client.close();
  });
});
