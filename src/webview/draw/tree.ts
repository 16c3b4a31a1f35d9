import { t } from '@vscode/l10n';
import { hasFailed } from '../../model/types/index.ts';
import { endText } from '../../model/words/index.ts';
import { BAR_HEIGHT, ROW_HEIGHT, ROW_PAD, visibleRows } from '../core/rows.ts';
import { xAt } from '../core/viewport.ts';
import { type Scene, withAlpha } from './scene.ts';
import type { TextWidths } from './text.ts';

/** Draws lines from a parent's track to the starts of its children, and at the end of each process how it ended. */
export function drawTree(ctx: CanvasRenderingContext2D, scene: Scene, widths: TextWidths): void {
  const parents = firstRows(scene);
  const [first, past] = visibleRows(scene.data.rows.length, scene.scrollTop, scene.height);
  ctx.lineWidth = 1;
  ctx.strokeStyle = ctx.fillStyle = scene.palette.muted;
  for (const [i, row] of scene.data.rows.entries()) {
    const parent = row.process?.parent;
    const above = parent ? parents.get(parent) : undefined;
    const isMain = row.process !== undefined && parents.get(row.process.id) === i;
    if (above === undefined || !isMain || above >= i || i < first || above >= past) continue;
    drawStart(ctx, scene, above, i, row.track.start);
  }
  for (let i = first; i < past; i += 1) drawEnd(ctx, scene, i, parents, widths);
}

/** The first row of each process: its main thread. */
function firstRows(scene: Scene): Map<string, number> {
  const rows = new Map<string, number>();
  for (const [i, row] of scene.data.rows.entries()) {
    if (row.process && !rows.has(row.process.id)) rows.set(row.process.id, i);
  }
  return rows;
}

function drawStart(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  above: number,
  i: number,
  time: number,
): void {
  const x = Math.round(xAt(scene.view, scene.width, time)) + 0.5;
  if (x < -1 || x > scene.width + 1) return;
  const top = above * ROW_HEIGHT - scene.scrollTop + ROW_HEIGHT - ROW_PAD;
  const bottom = i * ROW_HEIGHT - scene.scrollTop + ROW_PAD;
  withAlpha(ctx, 0.35, () => {
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x, bottom + BAR_HEIGHT);
    ctx.stroke();
  });
  ctx.beginPath();
  ctx.arc(x, top, 2.5, 0, 2 * Math.PI);
  ctx.fill();
}

function drawEnd(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  i: number,
  parents: ReadonlyMap<string, number>,
  widths: TextWidths,
): void {
  const { process } = scene.data.rows[i]!;
  if (!process || process.end === null || parents.get(process.id) !== i) return;
  const x = xAt(scene.view, scene.width, process.end);
  if (x < -100 || x > scene.width) return;
  const y = i * ROW_HEIGHT - scene.scrollTop + ROW_PAD;
  const bad = hasFailed(process);
  ctx.fillStyle = bad ? scene.palette.error : scene.palette.muted;
  ctx.fillRect(Math.round(x), y, 2, BAR_HEIGHT);
  const text = endText(t, process);
  ctx.font = `11px ${scene.palette.font}`;
  ctx.textBaseline = 'middle';
  if (x + 8 + widths.of(ctx, text) < scene.width) ctx.fillText(text, x + 7, y + BAR_HEIGHT / 2 + 0.5);
}
