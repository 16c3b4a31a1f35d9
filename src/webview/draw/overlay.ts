import { BAR_HEIGHT, ROW_HEIGHT, ROW_PAD } from '../core/rows.ts';
import type { Hover } from '../core/selection.ts';
import { nsPerPx, xAt } from '../core/viewport.ts';
import { type Scene, withAlpha } from './scene.ts';

/** What changes with the pointer: drawn on a canvas of its own, so that moving the mouse never redraws the tracks. */
export function drawOverlay(ctx: CanvasRenderingContext2D, scene: Scene, hover: Hover | null): void {
  const { selection, palette } = scene;
  if (selection?.type === 'range') drawRange(ctx, scene, selection.start, selection.end);
  if (selection?.type === 'slice') {
    const row = scene.data.rowIndex.get(selection.thread);
    const { start, end } = selection;
    if (row !== undefined) outline(ctx, scene, { row, start, end, color: palette.focus, thickness: 2 });
  }
  if (!hover) return;
  withAlpha(ctx, 0.6, () => {
    ctx.fillStyle = palette.muted;
    ctx.fillRect(Math.round(hover.x), 0, 1, scene.height);
  });
  const { row, start, end } = hover;
  if (row < 0 || start === null) return;
  outline(ctx, scene, { row, start, end, color: palette.foreground, thickness: 1 });
}

function drawRange(ctx: CanvasRenderingContext2D, scene: Scene, start: number, end: number): void {
  const { view, width, height, palette } = scene;
  const from = xAt(view, width, start);
  const to = xAt(view, width, end);
  withAlpha(ctx, 0.45, () => {
    ctx.fillStyle = palette.selection;
    ctx.fillRect(from, 0, to - from, height);
  });
  ctx.fillStyle = palette.focus;
  ctx.fillRect(from, 0, 1, height);
  ctx.fillRect(to, 0, 1, height);
}

/** A line around a slice. */
interface Outline {
  readonly row: number;
  /** ns since the session's origin. */
  readonly start: number;
  /** `null`: it goes on. */
  readonly end: number | null;
  readonly color: string;
  /** CSS pixels. */
  readonly thickness: number;
}

function outline(ctx: CanvasRenderingContext2D, scene: Scene, line: Outline): void {
  const perPx = nsPerPx(scene.view, scene.width);
  const from = Math.max(-10, (line.start - scene.view.start) / perPx);
  const to = Math.min(scene.width + 10, ((line.end ?? scene.data.last) - scene.view.start) / perPx);
  if (to < 0 || from > scene.width) return;
  const y = line.row * ROW_HEIGHT - scene.scrollTop + ROW_PAD;
  ctx.strokeStyle = line.color;
  ctx.lineWidth = line.thickness;
  ctx.beginPath();
  ctx.roundRect(from - 0.5, y - 0.5, Math.max(3, to - from), BAR_HEIGHT + 1, 3);
  ctx.stroke();
}
