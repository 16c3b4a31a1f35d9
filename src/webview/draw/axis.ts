import { duration } from '../../base/units.ts';
import { formatTime, ticksOf } from '../core/ticks.ts';
import { nsPerPx, timeAt, xAt } from '../core/viewport.ts';
import type { Frame } from './frame.ts';

export const AXIS_HEIGHT = 26;

/** Time axis: labelled ticks, minor ticks, flags of findings, the selected range. */
export function drawAxis(ctx: CanvasRenderingContext2D, frame: Frame): void {
  const ticks = ticksOf(frame.view, frame.width);
  ctx.font = `11px ${frame.palette.font}`;
  ctx.textBaseline = 'alphabetic';
  drawRange(ctx, frame);
  const minor = ticks.step / ticks.minor;
  ctx.fillStyle = frame.palette.line;
  const first = Math.max(0, Math.ceil(frame.view.start / minor));
  for (let i = first; i * minor <= frame.view.end; i += 1) {
    const major = i % ticks.minor === 0;
    ctx.fillRect(
      Math.round(xAt(frame.view, frame.width, i * minor)),
      AXIS_HEIGHT - (major ? 9 : 5),
      1,
      major ? 9 : 5,
    );
  }
  // The base stands at the left edge: labels after a plus are relative to it.
  const base = ticks.base === null ? '' : formatTime(ticks.base);
  const baseWidth = base === '' ? 0 : ctx.measureText(base).width + 12;
  ctx.fillStyle = frame.palette.foreground;
  if (base !== '') ctx.fillText(base, 4, 13);
  ctx.fillStyle = frame.palette.muted;
  for (const tick of ticks.ticks) {
    const x = xAt(frame.view, frame.width, tick.time) + 4;
    const fits = x >= baseWidth && x + ctx.measureText(tick.label).width <= frame.width;
    if (fits) ctx.fillText(tick.label, x, 13);
  }
  drawFlags(ctx, frame);
}

/** Thin lines below the ticks, over the whole height of the tracks. */
export function drawGrid(ctx: CanvasRenderingContext2D, frame: Frame): void {
  ctx.fillStyle = frame.palette.line;
  for (const tick of ticksOf(frame.view, frame.width).ticks) {
    ctx.fillRect(Math.round(xAt(frame.view, frame.width, tick.time)), 0, 1, frame.height);
  }
}

function drawRange(ctx: CanvasRenderingContext2D, frame: Frame): void {
  const range = frame.selection;
  if (range?.type !== 'range') return;
  const from = xAt(frame.view, frame.width, range.start);
  const to = xAt(frame.view, frame.width, range.end);
  ctx.fillStyle = frame.palette.selection;
  ctx.fillRect(from, 0, to - from, AXIS_HEIGHT);
  const text = duration(range.end - range.start);
  if (ctx.measureText(text).width + 8 > to - from) return;
  ctx.fillStyle = frame.palette.foreground;
  ctx.fillText(
    text,
    (Math.max(0, from) + Math.min(frame.width, to)) / 2 - ctx.measureText(text).width / 2,
    24,
  );
}

function drawFlags(ctx: CanvasRenderingContext2D, frame: Frame): void {
  for (const finding of frame.data.findings) {
    const x = xAt(frame.view, frame.width, finding.time);
    if (x < -8 || x > frame.width + 8) continue;
    ctx.fillStyle = finding.certainty === 'certain' ? frame.palette.error : frame.palette.warning;
    ctx.beginPath();
    ctx.moveTo(x, AXIS_HEIGHT);
    ctx.lineTo(x - 5, AXIS_HEIGHT - 6);
    ctx.lineTo(x - 5, AXIS_HEIGHT - 13);
    ctx.lineTo(x + 5, AXIS_HEIGHT - 13);
    ctx.lineTo(x + 5, AXIS_HEIGHT - 6);
    ctx.closePath();
    ctx.fill();
    ctx.fillStyle = frame.palette.surface;
    ctx.fillRect(x - 0.75, AXIS_HEIGHT - 11, 1.5, 4);
    ctx.fillRect(x - 0.75, AXIS_HEIGHT - 6, 1.5, 1.5);
  }
}

/** The finding whose flag is at `x`, or `undefined`. */
export function flagAt(frame: Frame, x: number): string | undefined {
  const near = frame.data.findings.find((f) => Math.abs(xAt(frame.view, frame.width, f.time) - x) <= 7);
  return near?.id;
}

/** Time of the pointer, as precise as a pixel. */
export function pointerTime(frame: Frame, x: number): { time: number; text: string } {
  const time = timeAt(frame.view, frame.width, x);
  return { time, text: formatTime(Math.max(0, time), nsPerPx(frame.view, frame.width)) };
}
