import { duration } from '../../base/units.ts';
import { formatTime, ticksOf } from '../core/ticks.ts';
import { nsPerPx, timeAt, xAt } from '../core/viewport.ts';
import type { Scene } from './scene.ts';

export const AXIS_HEIGHT = 26;

/** Time axis: labelled ticks, minor ticks, flags of findings, the selected range. */
export function drawAxis(ctx: CanvasRenderingContext2D, scene: Scene): void {
  const ticks = ticksOf(scene.view, scene.width);
  ctx.font = `11px ${scene.palette.font}`;
  ctx.textBaseline = 'alphabetic';
  drawRange(ctx, scene);
  const minor = ticks.step / ticks.minor;
  ctx.fillStyle = scene.palette.line;
  const first = Math.max(0, Math.ceil(scene.view.start / minor));
  for (let i = first; i * minor <= scene.view.end; i += 1) {
    const major = i % ticks.minor === 0;
    ctx.fillRect(
      Math.round(xAt(scene.view, scene.width, i * minor)),
      AXIS_HEIGHT - (major ? 9 : 5),
      1,
      major ? 9 : 5,
    );
  }
  // At the left edge, in full: the time to which labels with a plus are relative.
  const base = ticks.base === null ? '' : formatTime(ticks.base);
  const baseWidth = base === '' ? 0 : ctx.measureText(base).width + 12;
  ctx.fillStyle = scene.palette.foreground;
  if (base !== '') ctx.fillText(base, 4, 13);
  ctx.fillStyle = scene.palette.muted;
  for (const tick of ticks.ticks) {
    const x = xAt(scene.view, scene.width, tick.time) + 4;
    const fits = x >= baseWidth && x + ctx.measureText(tick.label).width <= scene.width;
    if (fits) ctx.fillText(tick.label, x, 13);
  }
  drawFlags(ctx, scene);
}

/** Thin lines below the ticks, over the whole height of the tracks. */
export function drawGrid(ctx: CanvasRenderingContext2D, scene: Scene): void {
  ctx.fillStyle = scene.palette.line;
  for (const tick of ticksOf(scene.view, scene.width).ticks) {
    ctx.fillRect(Math.round(xAt(scene.view, scene.width, tick.time)), 0, 1, scene.height);
  }
}

function drawRange(ctx: CanvasRenderingContext2D, scene: Scene): void {
  const range = scene.selection;
  if (range?.type !== 'range') return;
  const from = xAt(scene.view, scene.width, range.start);
  const to = xAt(scene.view, scene.width, range.end);
  ctx.fillStyle = scene.palette.selection;
  ctx.fillRect(from, 0, to - from, AXIS_HEIGHT);
  const text = duration(range.end - range.start);
  if (ctx.measureText(text).width + 8 > to - from) return;
  ctx.fillStyle = scene.palette.foreground;
  ctx.fillText(
    text,
    (Math.max(0, from) + Math.min(scene.width, to)) / 2 - ctx.measureText(text).width / 2,
    24,
  );
}

function drawFlags(ctx: CanvasRenderingContext2D, scene: Scene): void {
  for (const finding of scene.data.findings) {
    const x = xAt(scene.view, scene.width, finding.time);
    if (x < -8 || x > scene.width + 8) continue;
    ctx.fillStyle = finding.certainty === 'certain' ? scene.palette.error : scene.palette.warning;
    ctx.beginPath();
    ctx.moveTo(x, AXIS_HEIGHT);
    ctx.lineTo(x - 5, AXIS_HEIGHT - 6);
    ctx.lineTo(x - 5, AXIS_HEIGHT - 13);
    ctx.lineTo(x + 5, AXIS_HEIGHT - 13);
    ctx.lineTo(x + 5, AXIS_HEIGHT - 6);
    ctx.closePath();
    ctx.fill();
    ctx.fillStyle = scene.palette.surface;
    ctx.fillRect(x - 0.75, AXIS_HEIGHT - 11, 1.5, 4);
    ctx.fillRect(x - 0.75, AXIS_HEIGHT - 6, 1.5, 1.5);
  }
}

/** The finding whose flag is at `x`, or `undefined`. */
export function flagAt(scene: Scene, x: number): string | undefined {
  const near = scene.data.findings.find((f) => Math.abs(xAt(scene.view, scene.width, f.time) - x) <= 7);
  return near?.id;
}

/** Time at the pointer, in text with as many digits as the scale can tell apart. */
export function pointerTime(scene: Scene, x: number): { time: number; text: string } {
  const time = timeAt(scene.view, scene.width, x);
  return { time, text: formatTime(Math.max(0, time), nsPerPx(scene.view, scene.width)) };
}
