import type { PixelRow } from '../core/fold.ts';
import { foldRow, makeRow, NO_STATE } from '../core/fold.ts';
import type { RowView } from '../core/rows.ts';
import { BAR_HEIGHT, ROW_HEIGHT, ROW_PAD, visibleRows } from '../core/rows.ts';
import { chunkSpan, levelOf } from '../core/tiles.ts';
import { nsPerPx, xAt } from '../core/viewport.ts';
import { type Scene, withAlpha } from './scene.ts';
import { barsOf, drawExact } from './slices.ts';
import type { Shades } from './strip.ts';
import { busyRuns, isolatedMarks, paintRow, RUNNING, shadesOf } from './strip.ts';
import { TextWidths } from './text.ts';

/** Height of the marks of rare states at the bottom of a bar. */
const RARE_HEIGHT = 5;

/** The height of busy time is scaled down by this within the bar of a wait. */
const IN_BAR = 0.3;

/** Draws the tracks: level of detail everywhere, exact slices over it where they are wide enough. */
export class LanePainter {
  readonly widths = new TextWidths();
  private readonly strip = document.createElement('canvas');
  private image: ImageData | null = null;
  private words = new Uint32Array(0);
  private shades: Shades | null = null;
  private shadesFor: unknown = null;
  private rows: PixelRow[] = [];
  /** Folded rows of the last picture by thread, for the tooltip and for what is asked exactly. */
  readonly folded = new Map<string, PixelRow>();

  draw(ctx: CanvasRenderingContext2D, scene: Scene): void {
    const [first, past] = visibleRows(scene.data.rows.length, scene.scrollTop, scene.height);
    const pixels = Math.max(1, Math.round(scene.width * scene.ratio));
    this.fold(scene, first, past, pixels);
    this.drawBacks(ctx, scene, first, past);
    if (scene.palette.contrast) this.drawPatterns(ctx, scene, first, past);
    else this.drawStrips(ctx, scene, first, past, pixels);
    for (let i = first; i < past; i += 1) drawExact(ctx, scene, i, this.widths);
    for (let i = first; i < past; i += 1) this.drawBusy(ctx, scene, i);
    for (let i = first; i < past; i += 1) this.drawIsolated(ctx, scene, i);
  }

  /** How much of each moment the thread was on a processor, as the height of a column. */
  private drawBusy(ctx: CanvasRenderingContext2D, scene: Scene, i: number): void {
    const row = this.folded.get(scene.data.rows[i]!.track.thread);
    if (!row) return;
    const bottom = i * ROW_HEIGHT - scene.scrollTop + ROW_PAD + BAR_HEIGHT;
    const scale = 1 / scene.ratio;
    const chosen = scene.focus === 0 || (scene.focus & (1 << RUNNING)) !== 0;
    const shares = Uint8Array.from(row.busy);
    // The bar of a wait says what is waited for: it keeps its colour and its label.
    for (const [from, to] of barsOf(scene, i))
      for (let x = Math.round(from * scene.ratio); x < to * scene.ratio; x += 1) shares[x]! *= IN_BAR;
    ctx.beginPath();
    for (const [from, to, height] of busyRuns(shares, BAR_HEIGHT))
      ctx.rect(from * scale, bottom - height, (to - from) * scale, height);
    withAlpha(ctx, chosen ? 1 : 0.25, () => {
      ctx.fillStyle = scene.palette.fills[RUNNING]!;
      ctx.fill();
    });
  }

  private fold(scene: Scene, first: number, past: number, pixels: number): void {
    if (this.rows[0]?.state.length !== pixels) this.rows = [];
    this.folded.clear();
    const perPixel = nsPerPx(scene.view, pixels);
    const level = levelOf(perPixel);
    const { tiles, rows, last } = scene.data;
    for (let i = first; i < past; i += 1) {
      const thread = rows[i]!.track.thread;
      const row = this.rows[i - first] ?? makeRow(pixels);
      this.rows[i - first] = row;
      foldRow(row, scene.view.start, perPixel, last, chunkSpan(level), (time) =>
        tiles.find(thread, level, time),
      );
      this.folded.set(thread, row);
    }
  }

  /** A pale bar from a track's start to its end: until its tiles have arrived the track would look as if it did not exist. */
  private drawBacks(ctx: CanvasRenderingContext2D, scene: Scene, first: number, past: number): void {
    for (let i = first; i < past; i += 1) {
      const row = scene.data.rows[i]!;
      const y = i * ROW_HEIGHT - scene.scrollTop;
      const active = row.track.thread === scene.activeThread;
      if (active) {
        ctx.fillStyle = scene.palette.selection;
        ctx.fillRect(0, y, scene.width, ROW_HEIGHT);
      }
      ctx.fillStyle = scene.palette.line;
      ctx.fillRect(0, y + ROW_HEIGHT - 1, scene.width, 1);
      ctx.fillStyle = scene.palette.lane;
      const [from, to] = lifetime(scene, row);
      if (to > from) ctx.fillRect(from, y + ROW_PAD, to - from, BAR_HEIGHT);
    }
  }

  private drawStrips(
    ctx: CanvasRenderingContext2D,
    scene: Scene,
    first: number,
    past: number,
    pixels: number,
  ): void {
    const count = past - first;
    if (count === 0) return;
    this.prepareStrip(scene, count, pixels);
    for (let i = 0; i < count; i += 1) {
      const at = i * 2 * pixels;
      const main = this.words.subarray(at, at + pixels);
      const rare = this.words.subarray(at + pixels, at + 2 * pixels);
      paintRow(this.rows[i]!, this.shades!, scene.focus, main, rare);
    }
    const strip = this.strip.getContext('2d')!;
    strip.putImageData(this.image!, 0, 0);
    ctx.imageSmoothingEnabled = false;
    for (let i = 0; i < count; i += 1) {
      const y = (first + i) * ROW_HEIGHT - scene.scrollTop + ROW_PAD;
      ctx.drawImage(this.strip, 0, 2 * i, pixels, 1, 0, y, scene.width, BAR_HEIGHT);
      const bottom = y + BAR_HEIGHT - RARE_HEIGHT;
      ctx.drawImage(this.strip, 0, 2 * i + 1, pixels, 1, 0, bottom, scene.width, RARE_HEIGHT);
    }
  }

  private prepareStrip(scene: Scene, count: number, pixels: number): void {
    if (this.shadesFor !== scene.palette) {
      this.shades = shadesOf(scene.palette.states, scene.palette.background);
      this.shadesFor = scene.palette;
    }
    if (this.image?.width === pixels && this.image.height === count * 2) return;
    this.strip.width = pixels;
    this.strip.height = count * 2;
    this.image = new ImageData(pixels, count * 2);
    this.words = new Uint32Array(this.image.data.buffer);
  }

  /** High contrast: runs of one state, filled with its pattern. */
  private drawPatterns(ctx: CanvasRenderingContext2D, scene: Scene, first: number, past: number): void {
    const scale = 1 / scene.ratio;
    for (let i = first; i < past; i += 1) {
      const y = i * ROW_HEIGHT - scene.scrollTop + ROW_PAD;
      const { state } = this.rows[i - first]!;
      let begin = 0;
      for (let x = 1; x <= state.length; x += 1) {
        if (x < state.length && state[x] === state[begin]) continue;
        const current = state[begin]!;
        if (current !== NO_STATE && current !== RUNNING) {
          const chosen = scene.focus === 0 || (scene.focus & (1 << current)) !== 0;
          const [left, width] = [begin * scale, (x - begin) * scale];
          withAlpha(ctx, chosen ? 1 : 0.25, () => {
            ctx.fillStyle = scene.palette.patterns[current]!;
            ctx.fillRect(left, y, width, BAR_HEIGHT);
          });
        }
        begin = x;
      }
    }
  }

  /** Draws isolated rare states over the whole height of the bar, two CSS pixels wide: one device pixel would be overlooked. */
  private drawIsolated(ctx: CanvasRenderingContext2D, scene: Scene, i: number): void {
    const row = this.folded.get(scene.data.rows[i]!.track.thread);
    if (!row) return;
    const y = i * ROW_HEIGHT - scene.scrollTop + ROW_PAD;
    const marks = isolatedMarks(row, scene.focus);
    for (let m = 0; m < marks.length; m += 2) {
      const x = marks[m]! / scene.ratio;
      ctx.fillStyle = scene.palette.fills[marks[m + 1]!]!;
      ctx.fillRect(x - 0.5, y, 2, BAR_HEIGHT);
    }
  }
}

/** Where a track begins and ends, CSS pixels, clipped to the canvas. */
export function lifetime(scene: Scene, row: RowView): [number, number] {
  const from = Math.max(0, xAt(scene.view, scene.width, row.track.start));
  const to = Math.min(scene.width, xAt(scene.view, scene.width, row.track.end ?? scene.data.last));
  return [from, to];
}
