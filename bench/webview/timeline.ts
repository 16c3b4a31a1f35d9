/**
 * What drawing the timeline costs: frames while panning and zooming over 100k, 1M and 10M slices in a headless Chromium, the
 * answers behind them, and how long a reveal takes. Prints; asserts nothing.
 *   node --import tsx bench/webview/timeline.ts [millions …]
 */
import type { CDPSession } from 'playwright-core';
import { big } from '../../test/browser/support/big.ts';
import { type Client, Harness } from '../../test/browser/support/page.ts';
import { ModelSession } from '../../test/browser/support/session.ts';

const TRACKS = 64;
const SIZE = { width: 1600, height: 1024 };
const STEPS = 120;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
const ms = (value: number): string => value.toFixed(2).padStart(8);

/** CPU seconds of the page's main thread so far. */
async function mainThread(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return metrics.find((metric) => metric.name === 'TaskDuration')?.value ?? Number.NaN;
}

interface Cost {
  /** Median of drawing one frame, ms. */
  readonly draw: number;
  /** CPU of the page's main thread a step: input, drawing, headers, messages. ms */
  readonly cpu: number;
}

/** Presses a key again and again, each after the frame of the one before. */
async function press(client: Client, cdp: CDPSession, keys: readonly string[]): Promise<Cost> {
  await client.page.evaluate('forkscopeFrames.length = 0');
  const before = await mainThread(cdp);
  // As text: this file is checked without the DOM's types.
  await client.page.evaluate(`(async () => {
    const keys = ${JSON.stringify(keys)};
    for (let i = 0; i < ${STEPS}; i += 1) {
      document.dispatchEvent(new KeyboardEvent('keydown', { key: keys[i % keys.length] }));
      await new Promise(requestAnimationFrame);
    }
  })()`);
  const cpu = ((await mainThread(cdp)) - before) * 1000;
  await client.settled();
  const frames: unknown = await client.page.evaluate('forkscopeFrames');
  return { draw: median(Array.isArray(frames) ? frames : []), cpu: cpu / STEPS };
}

async function measure(harness: Harness, slices: number): Promise<void> {
  const began = performance.now();
  const { model } = big(slices, TRACKS);
  const fed = performance.now();
  const client = await harness.open(new ModelSession(model), SIZE);
  const loaded = performance.now();
  await client.settled();
  const shown = performance.now();
  const cdp = await client.page.context().newCDPSession(client.page);
  await cdp.send('Performance.enable');
  const hundredths = (model.tracks().reduce((sum, track) => sum + track.slices, 0) / 1e6).toFixed(2);
  console.log(`\n${hundredths} M slices on ${TRACKS} tracks, ${SIZE.width}×${SIZE.height}`);
  console.log(
    `  feeding the model  ${ms(fed - began)} ms   reveal, to the settled picture ${ms(shown - loaded)} ms`,
  );
  console.log('                        draw (median)   main thread a step, ms');
  const rows: [string, string[], string[]][] = [
    ['all in view', ['F'], ['ArrowUp', 'ArrowDown']],
    ['panning, 1/20', ['w', 'w', 'w', 'w', 'w', 'w', 'w', 'w', 'w', 'w'], ['d', 'd', 'd', 'a', 'a', 'a']],
    ['zooming in and out', ['F'], [...new Array(20).fill('w'), ...new Array(20).fill('s')]],
    ['exact slices', ['F', ...new Array(40).fill('w')], ['d', 'd', 'a', 'a']],
  ];
  for (const [name, first, keys] of rows) {
    for (const key of first) await client.page.keyboard.press(key);
    await client.settled();
    const { draw, cpu } = await press(client, cdp, keys);
    console.log(`  ${name.padEnd(20)} ${ms(draw)}        ${ms(cpu)}`);
  }
  if (client.problems.length > 0) console.log('  problems:', client.problems);
  await client.close();
}

async function main(): Promise<void> {
  const millions = process.argv.slice(2).map(Number);
  const harness = await Harness.start();
  try {
    for (const count of millions.length > 0 ? millions : [0.1, 1, 10]) await measure(harness, count * 1e6);
  } finally {
    await harness.stop();
  }
}

void main();
