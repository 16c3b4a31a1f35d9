import type { PackedFlows } from '../../protocol/timeline.ts';
import { ROW_HEIGHT, ROW_PAD } from '../core/rows.ts';
import { nsPerPx } from '../core/viewport.ts';
import { type Scene, withAlpha } from './scene.ts';

/** Up to so many arrows have heads; heads of more would cover each other and the tracks. */
const HEADS = 300;

/** Is the flow one of what is selected: does it begin or end in the selected slice? */
export function touchesSelection(scene: Scene, flows: PackedFlows, i: number): boolean {
  const selected = scene.selection;
  if (selected?.type !== 'slice') return false;
  const until = selected.end ?? scene.data.last;
  const within = (time: number): boolean => time >= selected.start && time <= until;
  return (
    (flows.threads[flows.from[i]!] === selected.thread && within(flows.send[i]!)) ||
    (flows.threads[flows.to[i]!] === selected.thread && within(flows.receive[i]!))
  );
}

/** Arrows of one colour and thickness. */
interface ArrowGroup {
  readonly flows: PackedFlows;
  /** Row of each of the flows' threads, -1: not shown. */
  readonly rowOf: readonly number[];
  /** Indexes of the arrows. */
  readonly which: readonly number[];
  readonly color: string;
  /** CSS pixels. */
  readonly thickness: number;
  readonly heads: boolean;
}

/** Draws messages as arrows between tracks: all of them faintly, those of the selected slice strongly. */
export function drawFlows(ctx: CanvasRenderingContext2D, scene: Scene): void {
  const { flows, matched } = scene.data;
  const { palette } = scene;
  if (!flows) return;
  const rowOf = flows.threads.map((thread) => scene.data.rowIndex.get(thread) ?? -1);
  const quiet: number[] = [];
  const strong: number[] = [];
  for (let i = 0; i < flows.send.length; i += 1) {
    if (!isVisible(scene, flows, i, rowOf)) continue;
    if (touchesSelection(scene, flows, i)) strong.push(i);
    else if (matched.size === 0 || matched.has(flows.resources[flows.resource[i]!]!)) quiet.push(i);
  }
  const faint = Math.min(0.55, Math.max(0.1, 25 / Math.max(1, quiet.length)));
  const heads = quiet.length <= HEADS;
  withAlpha(ctx, palette.contrast ? 0.8 : faint, () =>
    stroke(ctx, scene, { flows, rowOf, which: quiet, color: palette.foreground, thickness: 1, heads }),
  );
  stroke(ctx, scene, { flows, rowOf, which: strong, color: palette.focus, thickness: 1.75, heads: true });
}

function isVisible(scene: Scene, flows: PackedFlows, i: number, rowOf: readonly number[]): boolean {
  const from = rowOf[flows.from[i]!]!;
  const to = rowOf[flows.to[i]!]!;
  if (from < 0 || to < 0) return false;
  if (flows.receive[i]! < scene.view.start || flows.send[i]! > scene.view.end) return false;
  const top = Math.min(from, to) * ROW_HEIGHT - scene.scrollTop;
  const bottom = (Math.max(from, to) + 1) * ROW_HEIGHT - scene.scrollTop;
  return bottom > 0 && top < scene.height;
}

function stroke(ctx: CanvasRenderingContext2D, scene: Scene, group: ArrowGroup): void {
  const { flows, rowOf, which } = group;
  if (which.length === 0) return;
  ctx.strokeStyle = ctx.fillStyle = group.color;
  ctx.lineWidth = group.thickness;
  const perPx = nsPerPx(scene.view, scene.width);
  const heads = new Path2D();
  ctx.beginPath();
  for (const i of which) {
    const x1 = clip((flows.send[i]! - scene.view.start) / perPx, scene.width);
    const x2 = clip((flows.receive[i]! - scene.view.start) / perPx, scene.width);
    const from = rowOf[flows.from[i]!]!;
    const to = rowOf[flows.to[i]!]!;
    const down = to >= from;
    const y1 = from * ROW_HEIGHT - scene.scrollTop + (down ? ROW_HEIGHT - ROW_PAD : ROW_PAD);
    const y2 = to * ROW_HEIGHT - scene.scrollTop + (down ? ROW_PAD : ROW_HEIGHT - ROW_PAD);
    // Leaves and arrives upright, so that the ends tell which track is meant.
    const bend = (y2 - y1) * 0.5;
    ctx.moveTo(x1, y1);
    ctx.bezierCurveTo(x1, y1 + bend, x2, y2 - bend, x2, y2);
    if (group.heads) arrowHead(heads, x2, y2, down ? 1 : -1);
  }
  ctx.stroke();
  if (group.heads) ctx.fill(heads);
}

/** Limits how far beside the canvas an arrow ends: 2000 CSS pixels are enough for it to leave the canvas in nearly the right direction. */
function clip(x: number, width: number): number {
  return Math.max(-2000, Math.min(width + 2000, x));
}

function arrowHead(path: Path2D, x: number, y: number, direction: number): void {
  path.moveTo(x, y + direction);
  path.lineTo(x - 3.5, y - 5 * direction);
  path.lineTo(x + 3.5, y - 5 * direction);
  path.closePath();
}
