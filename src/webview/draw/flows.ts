import type { PackedFlows } from '../../protocol/timeline.ts';
import { ROW_HEIGHT, ROW_PAD } from '../core/rows.ts';
import { nsPerPx } from '../core/viewport.ts';
import type { Frame } from './frame.ts';

/** Arrows carry heads up to this number; above it they are a weave, and heads would be noise. */
const HEADS = 300;

/** Is the flow one of what is selected: does it begin or end in the selected slice? */
export function touchesSelection(frame: Frame, flows: PackedFlows, i: number): boolean {
  const selected = frame.selection;
  if (selected?.type !== 'slice') return false;
  const until = selected.end ?? frame.data.last;
  const within = (time: number): boolean => time >= selected.start && time <= until;
  return (
    (flows.threads[flows.from[i]!] === selected.thread && within(flows.send[i]!)) ||
    (flows.threads[flows.to[i]!] === selected.thread && within(flows.receive[i]!))
  );
}

/** Draws the messages between tracks: a quiet weave, and the selection's own strongly. */
export function drawFlows(ctx: CanvasRenderingContext2D, frame: Frame): void {
  const flows = frame.data.flows;
  if (!flows) return;
  const rowOf = flows.threads.map((thread) => frame.data.rowIndex.get(thread) ?? -1);
  const quiet: number[] = [];
  const strong: number[] = [];
  for (let i = 0; i < flows.send.length; i += 1) {
    if (!isVisible(frame, flows, i, rowOf)) continue;
    if (touchesSelection(frame, flows, i)) strong.push(i);
    else if (frame.data.matched.size === 0 || frame.data.matched.has(flows.resources[flows.resource[i]!]!))
      quiet.push(i);
  }
  ctx.lineWidth = 1;
  ctx.strokeStyle = ctx.fillStyle = frame.palette.foreground;
  ctx.globalAlpha = frame.palette.contrast
    ? 0.8
    : Math.min(0.55, Math.max(0.1, 25 / Math.max(1, quiet.length)));
  stroke(ctx, frame, flows, rowOf, quiet, quiet.length <= HEADS);
  ctx.globalAlpha = 1;
  ctx.lineWidth = 1.75;
  ctx.strokeStyle = ctx.fillStyle = frame.palette.focus;
  stroke(ctx, frame, flows, rowOf, strong, true);
}

function isVisible(frame: Frame, flows: PackedFlows, i: number, rowOf: readonly number[]): boolean {
  const from = rowOf[flows.from[i]!]!;
  const to = rowOf[flows.to[i]!]!;
  if (from < 0 || to < 0) return false;
  if (flows.receive[i]! < frame.view.start || flows.send[i]! > frame.view.end) return false;
  const top = Math.min(from, to) * ROW_HEIGHT - frame.scrollTop;
  const bottom = (Math.max(from, to) + 1) * ROW_HEIGHT - frame.scrollTop;
  return bottom > 0 && top < frame.height;
}

function stroke(
  ctx: CanvasRenderingContext2D,
  frame: Frame,
  flows: PackedFlows,
  rowOf: readonly number[],
  which: readonly number[],
  heads: boolean,
): void {
  if (which.length === 0) return;
  const perPx = nsPerPx(frame.view, frame.width);
  const heads2d = new Path2D();
  ctx.beginPath();
  for (const i of which) {
    const x1 = clip((flows.send[i]! - frame.view.start) / perPx, frame.width);
    const x2 = clip((flows.receive[i]! - frame.view.start) / perPx, frame.width);
    const from = rowOf[flows.from[i]!]!;
    const to = rowOf[flows.to[i]!]!;
    const down = to >= from;
    const y1 = from * ROW_HEIGHT - frame.scrollTop + (down ? ROW_HEIGHT - ROW_PAD : ROW_PAD);
    const y2 = to * ROW_HEIGHT - frame.scrollTop + (down ? ROW_PAD : ROW_HEIGHT - ROW_PAD);
    // Leaves and arrives upright, so that the ends tell which track is meant.
    const bend = (y2 - y1) * 0.5;
    ctx.moveTo(x1, y1);
    ctx.bezierCurveTo(x1, y1 + bend, x2, y2 - bend, x2, y2);
    if (heads) arrowHead(heads2d, x2, y2, down ? 1 : -1);
  }
  ctx.stroke();
  if (heads) ctx.fill(heads2d);
}

/** Keeps far ends near, where the curve still leaves the screen in the right direction. */
function clip(x: number, width: number): number {
  return Math.max(-2000, Math.min(width + 2000, x));
}

function arrowHead(path: Path2D, x: number, y: number, direction: number): void {
  path.moveTo(x, y + direction);
  path.lineTo(x - 3.5, y - 5 * direction);
  path.lineTo(x + 3.5, y - 5 * direction);
  path.closePath();
}
