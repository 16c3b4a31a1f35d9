import { TRACK_STATES } from '../../model/types/index.ts';
import { ROW_HEIGHT, ROW_PAD } from '../core/rows.ts';
import type { SliceColumns } from '../core/slices.ts';
import { EXACT_PX, resourceOf, siteOf } from '../core/slices.ts';
import { nsPerPx } from '../core/viewport.ts';
import { sliceLabels } from '../core/words.ts';
import type { Frame } from './frame.ts';
import type { TextWidths } from './text.ts';

const BAR = ROW_HEIGHT - 2 * ROW_PAD;
/** Narrower slices carry no label. */
const LABEL_PX = 30;
const ROUND_PX = 8;
const EXITED = TRACK_STATES.indexOf('exited');
const RUNNING = TRACK_STATES.indexOf('running');
const IDLE = TRACK_STATES.indexOf('idle');

/** Draws the slices of row `i` that are wide enough as rectangles with labels. */
export function drawExact(ctx: CanvasRenderingContext2D, frame: Frame, i: number, widths: TextWidths): void {
  const columns = frame.data.slices.get(frame.data.rows[i]!.track.thread);
  if (!columns) return;
  ctx.font = `11px ${frame.palette.font}`;
  ctx.textBaseline = 'middle';
  const perPx = nsPerPx(frame.view, frame.width);
  const { start, end } = columns.packed;
  const y = i * ROW_HEIGHT - frame.scrollTop + ROW_PAD;
  for (let k = columns.from; k < columns.to; k += 1) {
    if (start[k]! >= frame.view.end) break;
    const until = Number.isNaN(end[k]!) ? frame.data.last : end[k]!;
    if (until <= frame.view.start || until - start[k]! < EXACT_PX * perPx) continue;
    const left = (start[k]! - frame.view.start) / perPx;
    const right = (until - frame.view.start) / perPx;
    drawSlice(ctx, frame, columns, k, left, right, y, widths);
  }
}

function drawSlice(
  ctx: CanvasRenderingContext2D,
  frame: Frame,
  columns: SliceColumns,
  k: number,
  left: number,
  right: number,
  y: number,
  widths: TextWidths,
): void {
  const state = columns.packed.state[k]!;
  const x = Math.max(-10, left);
  const w = Math.min(frame.width + 10, right) - x;
  // On whole device pixels, so that edges are sharp, with a gap to the next slice.
  const x0 = Math.round(x * frame.ratio) / frame.ratio;
  const x1 = Math.round((x + w) * frame.ratio) / frame.ratio;
  ctx.clearRect(x0, y, x1 - x0, BAR);
  if (state === EXITED) return;
  const resource = resourceOf(columns.packed, k);
  const chosen = isChosen(frame, state, resource);
  ctx.globalAlpha = chosen ? 1 : 0.2;
  ctx.fillStyle = frame.palette.patterns[state]!;
  box(ctx, x0, y, Math.max(1, x1 - x0 - 1), BAR);
  ctx.globalAlpha = chosen ? 1 : 0.45;
  if (x1 - x0 >= LABEL_PX && state !== IDLE) drawLabel(ctx, frame, columns, k, x0, x1, y, widths);
  ctx.globalAlpha = 1;
}

function isChosen(frame: Frame, state: number, resource: string | null): boolean {
  if (frame.focus !== 0 && (frame.focus & (1 << state)) === 0) return false;
  return frame.data.matched.size === 0 || (resource !== null && frame.data.matched.has(resource));
}

function box(ctx: CanvasRenderingContext2D, x: number, y: number, w: number, h: number): void {
  if (w < ROUND_PX) {
    ctx.fillRect(x, y, w, h);
    return;
  }
  ctx.beginPath();
  ctx.roundRect(x, y, w, h, 3);
  ctx.fill();
}

function drawLabel(
  ctx: CanvasRenderingContext2D,
  frame: Frame,
  columns: SliceColumns,
  k: number,
  x0: number,
  x1: number,
  y: number,
  widths: TextWidths,
): void {
  const { packed } = columns;
  const state = packed.state[k]!;
  // A running stretch says nothing by its name, only by its place.
  if (state === RUNNING && packed.site[k] === 0) return;
  const from = Math.max(4, x0 + 6);
  const room = Math.min(frame.width, x1) - from - 6;
  const labels = sliceLabels(
    TRACK_STATES[state] ?? 'running',
    resourceOf(packed, k),
    siteOf(packed, k),
    frame.data.names,
  );
  const text = widths.firstFitting(ctx, labels, room);
  if (text === undefined) return;
  if (frame.palette.contrast) {
    ctx.fillStyle = frame.palette.surface;
    ctx.fillRect(from - 3, y + 3, widths.of(ctx, text) + 6, BAR - 6);
    ctx.fillStyle = frame.palette.foreground;
  } else ctx.fillStyle = frame.palette.inks[state]!;
  ctx.fillText(text, from, y + BAR / 2 + 0.5);
}
