import { ROW_HEIGHT, ROW_PAD } from '../core/rows.ts';
import type { Hover } from '../core/selection.ts';
import { nsPerPx, xAt } from '../core/viewport.ts';
import type { Frame } from './frame.ts';
import { BAR_HEIGHT } from './lanes.ts';

/** What changes with the pointer: drawn on a canvas of its own, so that moving the mouse never redraws the tracks. */
export function drawOverlay(ctx: CanvasRenderingContext2D, frame: Frame, hover: Hover | null): void {
  const { selection, palette } = frame;
  if (selection?.type === 'range') {
    const from = xAt(frame.view, frame.width, selection.start);
    const to = xAt(frame.view, frame.width, selection.end);
    ctx.fillStyle = palette.selection;
    ctx.globalAlpha = 0.45;
    ctx.fillRect(from, 0, to - from, frame.height);
    ctx.globalAlpha = 1;
    ctx.fillStyle = palette.focus;
    ctx.fillRect(from, 0, 1, frame.height);
    ctx.fillRect(to, 0, 1, frame.height);
  }
  if (selection?.type === 'slice') {
    const row = frame.data.rowIndex.get(selection.thread);
    if (row !== undefined) outline(ctx, frame, row, selection.start, selection.end, palette.focus, 2);
  }
  if (!hover) return;
  ctx.fillStyle = palette.muted;
  ctx.globalAlpha = 0.6;
  ctx.fillRect(Math.round(hover.x), 0, 1, frame.height);
  ctx.globalAlpha = 1;
  if (hover.row >= 0 && hover.start !== null) {
    outline(ctx, frame, hover.row, hover.start, hover.end, palette.foreground, 1);
  }
}

function outline(
  ctx: CanvasRenderingContext2D,
  frame: Frame,
  row: number,
  start: number,
  end: number | null,
  color: string,
  width: number,
): void {
  const perPx = nsPerPx(frame.view, frame.width);
  const from = Math.max(-10, (start - frame.view.start) / perPx);
  const to = Math.min(frame.width + 10, ((end ?? frame.data.last) - frame.view.start) / perPx);
  if (to < 0 || from > frame.width) return;
  const y = row * ROW_HEIGHT - frame.scrollTop + ROW_PAD;
  ctx.strokeStyle = color;
  ctx.lineWidth = width;
  ctx.beginPath();
  ctx.roundRect(from - 0.5, y - 0.5, Math.max(3, to - from), BAR_HEIGHT + 1, 3);
  ctx.stroke();
}
