import type { SessionData } from '../core/data.ts';
import type { Selection } from '../core/selection.ts';
import type { View } from '../core/viewport.ts';
import type { Palette } from './palette.ts';

/** All that one picture of the timeline depends on. Distances are CSS pixels. */
export interface Scene {
  readonly data: SessionData;
  readonly palette: Palette;
  readonly view: View;
  readonly width: number;
  readonly height: number;
  readonly scrollTop: number;
  /** Device pixels a CSS pixel. */
  readonly ratio: number;
  /** Bits of the states that the filter has chosen, 0: no filter. */
  readonly focus: number;
  readonly selection: Selection | null;
  readonly activeThread: string | null;
}

/** Sizes a canvas for the device; returns its context, scaled to CSS pixels and cleared. */
export function prepare(canvas: HTMLCanvasElement, width: number, height: number, ratio: number) {
  const w = Math.max(1, Math.round(width * ratio));
  const h = Math.max(1, Math.round(height * ratio));
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const ctx = canvas.getContext('2d')!;
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.clearRect(0, 0, width, height);
  return ctx;
}

/** What `draw` draws has this opacity, 0 to 1; the context has its own again afterwards. */
export function withAlpha(ctx: CanvasRenderingContext2D, alpha: number, draw: () => void): void {
  const before = ctx.globalAlpha;
  ctx.globalAlpha = alpha;
  draw();
  ctx.globalAlpha = before;
}
