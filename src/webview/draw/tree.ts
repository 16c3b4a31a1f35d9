import { endedBadly, endText } from '../core/process.ts';
import { ROW_HEIGHT, ROW_PAD, visibleRows } from '../core/rows.ts';
import { xAt } from '../core/viewport.ts';
import type { Frame } from './frame.ts';
import { BAR_HEIGHT } from './lanes.ts';
import type { TextWidths } from './text.ts';

/** Lines from a parent's track to its children's starts, and what became of each process at its end. */
export function drawTree(ctx: CanvasRenderingContext2D, frame: Frame, widths: TextWidths): void {
  const parents = firstRows(frame);
  const [first, past] = visibleRows(frame.data.rows.length, frame.scrollTop, frame.height);
  ctx.lineWidth = 1;
  ctx.strokeStyle = ctx.fillStyle = frame.palette.muted;
  for (const [i, row] of frame.data.rows.entries()) {
    const parent = row.process?.parent;
    const above = parent ? parents.get(parent) : undefined;
    const isMain = row.process !== undefined && parents.get(row.process.id) === i;
    if (above === undefined || !isMain || above >= i || i < first || above >= past) continue;
    drawStart(ctx, frame, above, i, row.track.start);
  }
  for (let i = first; i < past; i += 1) drawEnd(ctx, frame, i, parents, widths);
}

/** The first row of each process: its main thread. */
function firstRows(frame: Frame): Map<string, number> {
  const rows = new Map<string, number>();
  for (const [i, row] of frame.data.rows.entries()) {
    if (row.process && !rows.has(row.process.id)) rows.set(row.process.id, i);
  }
  return rows;
}

function drawStart(
  ctx: CanvasRenderingContext2D,
  frame: Frame,
  above: number,
  i: number,
  time: number,
): void {
  const x = Math.round(xAt(frame.view, frame.width, time)) + 0.5;
  if (x < -1 || x > frame.width + 1) return;
  const top = above * ROW_HEIGHT - frame.scrollTop + ROW_HEIGHT - ROW_PAD;
  const bottom = i * ROW_HEIGHT - frame.scrollTop + ROW_PAD;
  ctx.globalAlpha = 0.35;
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, bottom + BAR_HEIGHT);
  ctx.stroke();
  ctx.globalAlpha = 1;
  ctx.beginPath();
  ctx.arc(x, top, 2.5, 0, 2 * Math.PI);
  ctx.fill();
}

function drawEnd(
  ctx: CanvasRenderingContext2D,
  frame: Frame,
  i: number,
  parents: ReadonlyMap<string, number>,
  widths: TextWidths,
): void {
  const { process } = frame.data.rows[i]!;
  if (!process || process.end === null || parents.get(process.id) !== i) return;
  const x = xAt(frame.view, frame.width, process.end);
  if (x < -100 || x > frame.width) return;
  const y = i * ROW_HEIGHT - frame.scrollTop + ROW_PAD;
  const bad = endedBadly(process);
  ctx.fillStyle = bad ? frame.palette.error : frame.palette.muted;
  ctx.fillRect(Math.round(x), y, 2, BAR_HEIGHT);
  const text = endText(process);
  ctx.font = `11px ${frame.palette.font}`;
  ctx.textBaseline = 'middle';
  if (x + 8 + widths.of(ctx, text) < frame.width) ctx.fillText(text, x + 7, y + BAR_HEIGHT / 2 + 0.5);
}
