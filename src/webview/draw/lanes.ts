import type { Row } from '../core/fold.ts';
import { foldRow, makeRow, NOTHING } from '../core/fold.ts';
import type { RowView } from '../core/rows.ts';
import { ROW_HEIGHT, ROW_PAD, visibleRows } from '../core/rows.ts';
import { chunkSpan, levelOf } from '../core/tiles.ts';
import { nsPerPx, xAt } from '../core/viewport.ts';
import type { Frame } from './frame.ts';
import { drawExact } from './slices.ts';
import type { Shades } from './strip.ts';
import { lonelyMarks, paintRow, shadesOf } from './strip.ts';
import { TextWidths } from './text.ts';

export const BAR_HEIGHT = ROW_HEIGHT - 2 * ROW_PAD;
/** Height of the marks of rare states at the bottom of a bar. */
const RARE_HEIGHT = 5;

/** Draws the tracks: level of detail everywhere, exact slices over it where they are wide enough. */
export class LanePainter {
  readonly widths = new TextWidths();
  private readonly strip = document.createElement('canvas');
  private image: ImageData | null = null;
  private words = new Uint32Array(0);
  private shades: Shades | null = null;
  private shadesFor: unknown = null;
  private rows: Row[] = [];
  /** Folded rows of the last frame by thread, for the tooltip and for what is asked exactly. */
  readonly folded = new Map<string, Row>();

  draw(ctx: CanvasRenderingContext2D, frame: Frame): void {
    const [first, past] = visibleRows(frame.data.rows.length, frame.scrollTop, frame.height);
    const pixels = Math.max(1, Math.round(frame.width * frame.ratio));
    this.fold(frame, first, past, pixels);
    this.drawBacks(ctx, frame, first, past);
    if (frame.palette.contrast) this.drawPatterns(ctx, frame, first, past);
    else this.drawStrips(ctx, frame, first, past, pixels);
    for (let i = first; i < past; i += 1) drawExact(ctx, frame, i, this.widths);
    for (let i = first; i < past; i += 1) this.drawLonely(ctx, frame, i);
  }

  private fold(frame: Frame, first: number, past: number, pixels: number): void {
    if (this.rows[0]?.state.length !== pixels) this.rows = [];
    this.folded.clear();
    const perPixel = nsPerPx(frame.view, pixels);
    const level = levelOf(perPixel);
    const { tiles, rows, last } = frame.data;
    for (let i = first; i < past; i += 1) {
      const thread = rows[i]!.track.thread;
      const row = this.rows[i - first] ?? makeRow(pixels);
      this.rows[i - first] = row;
      foldRow(row, frame.view.start, perPixel, last, chunkSpan(level), (time) =>
        tiles.find(thread, level, time),
      );
      this.folded.set(thread, row);
    }
  }

  /** A quiet bar from a track's start to its end, so that lifetimes show even before tiles have come. */
  private drawBacks(ctx: CanvasRenderingContext2D, frame: Frame, first: number, past: number): void {
    for (let i = first; i < past; i += 1) {
      const row = frame.data.rows[i]!;
      const y = i * ROW_HEIGHT - frame.scrollTop;
      const active = row.track.thread === frame.activeThread;
      if (active) {
        ctx.fillStyle = frame.palette.selection;
        ctx.fillRect(0, y, frame.width, ROW_HEIGHT);
      }
      ctx.fillStyle = frame.palette.line;
      ctx.fillRect(0, y + ROW_HEIGHT - 1, frame.width, 1);
      ctx.fillStyle = frame.palette.lane;
      const [from, to] = lifetime(frame, row);
      if (to > from) ctx.fillRect(from, y + ROW_PAD, to - from, BAR_HEIGHT);
    }
  }

  private drawStrips(
    ctx: CanvasRenderingContext2D,
    frame: Frame,
    first: number,
    past: number,
    pixels: number,
  ): void {
    const count = past - first;
    if (count === 0) return;
    this.prepareStrip(frame, count, pixels);
    for (let i = 0; i < count; i += 1) {
      const at = i * 2 * pixels;
      const main = this.words.subarray(at, at + pixels);
      const rare = this.words.subarray(at + pixels, at + 2 * pixels);
      paintRow(this.rows[i]!, this.shades!, frame.focus, main, rare);
    }
    const strip = this.strip.getContext('2d')!;
    strip.putImageData(this.image!, 0, 0);
    ctx.imageSmoothingEnabled = false;
    for (let i = 0; i < count; i += 1) {
      const y = (first + i) * ROW_HEIGHT - frame.scrollTop + ROW_PAD;
      ctx.drawImage(this.strip, 0, 2 * i, pixels, 1, 0, y, frame.width, BAR_HEIGHT);
      const bottom = y + BAR_HEIGHT - RARE_HEIGHT;
      ctx.drawImage(this.strip, 0, 2 * i + 1, pixels, 1, 0, bottom, frame.width, RARE_HEIGHT);
    }
  }

  private prepareStrip(frame: Frame, count: number, pixels: number): void {
    if (this.shadesFor !== frame.palette) {
      this.shades = shadesOf(frame.palette.states, frame.palette.background);
      this.shadesFor = frame.palette;
    }
    if (this.image?.width === pixels && this.image.height === count * 2) return;
    this.strip.width = pixels;
    this.strip.height = count * 2;
    this.image = new ImageData(pixels, count * 2);
    this.words = new Uint32Array(this.image.data.buffer);
  }

  /** High contrast: runs of one state, filled with its pattern. */
  private drawPatterns(ctx: CanvasRenderingContext2D, frame: Frame, first: number, past: number): void {
    const scale = 1 / frame.ratio;
    for (let i = first; i < past; i += 1) {
      const y = i * ROW_HEIGHT - frame.scrollTop + ROW_PAD;
      const { state } = this.rows[i - first]!;
      let begin = 0;
      for (let x = 1; x <= state.length; x += 1) {
        if (x < state.length && state[x] === state[begin]) continue;
        const current = state[begin]!;
        if (current !== NOTHING) {
          const chosen = frame.focus === 0 || (frame.focus & (1 << current)) !== 0;
          ctx.globalAlpha = chosen ? 1 : 0.25;
          ctx.fillStyle = frame.palette.patterns[current]!;
          ctx.fillRect(begin * scale, y, (x - begin) * scale, BAR_HEIGHT);
        }
        begin = x;
      }
      ctx.globalAlpha = 1;
    }
  }

  /** Rare states that stand alone: over the whole height, at least two pixels wide. */
  private drawLonely(ctx: CanvasRenderingContext2D, frame: Frame, i: number): void {
    const row = this.folded.get(frame.data.rows[i]!.track.thread);
    if (!row) return;
    const y = i * ROW_HEIGHT - frame.scrollTop + ROW_PAD;
    const marks = lonelyMarks(row, frame.focus);
    for (let m = 0; m < marks.length; m += 2) {
      const x = marks[m]! / frame.ratio;
      ctx.fillStyle = frame.palette.fills[marks[m + 1]!]!;
      ctx.fillRect(x - 0.5, y, 2, BAR_HEIGHT);
    }
  }
}

/** Where a track begins and ends on the screen, clipped. */
export function lifetime(frame: Frame, row: RowView): [number, number] {
  const from = Math.max(0, xAt(frame.view, frame.width, row.track.start));
  const to = Math.min(frame.width, xAt(frame.view, frame.width, row.track.end ?? frame.data.last));
  return [from, to];
}
