import { maskOf, TRACK_STATES } from '../../model/types/index.ts';
import { BAR_HEIGHT, ROW_HEIGHT, ROW_PAD } from '../core/rows.ts';
import { sliceLabels } from '../core/slice-text.ts';
import type { SliceColumns } from '../core/slices.ts';
import { EXACT_PX, resourceOf, siteOf } from '../core/slices.ts';
import { nsPerPx } from '../core/viewport.ts';
import { type Scene, withAlpha } from './scene.ts';
import type { TextWidths } from './text.ts';

/** Narrower slices have no label, CSS pixels. */
const LABEL_PX = 30;
/** Narrower slices have no round corners, which would take away most of them, CSS pixels. */
const ROUND_PX = 8;
const EXITED = TRACK_STATES.indexOf('exited');
/** No waits: the tiles show how their time is made up, moment by moment, and a bar would hide that. */
const IN_TILES = maskOf(['running', 'idle', 'ready', 'native', 'paused', 'stopped', 'unknown']);
/** Of those, what the colour does not say alone. */
const WITH_LABEL = maskOf(['ready', 'native', 'paused', 'stopped']);

/** One slice as it is drawn: entry `k` of its columns, in a bar from `left` to `right`. CSS pixels. */
interface Bar {
  readonly columns: SliceColumns;
  readonly k: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
}

/** Draws the slices of row `i` that are wide enough as rectangles with labels. */
export function drawExact(ctx: CanvasRenderingContext2D, scene: Scene, i: number, widths: TextWidths): void {
  const columns = scene.data.slices.get(scene.data.rows[i]!.track.thread);
  if (!columns) return;
  ctx.font = `11px ${scene.palette.font}`;
  ctx.textBaseline = 'middle';
  const top = i * ROW_HEIGHT - scene.scrollTop + ROW_PAD;
  for (const { k, left, right } of wideSlices(scene, columns)) {
    drawSlice(ctx, scene, { columns, k, left, right, top }, widths);
  }
}

/** Where row `i` has bars of its own over the tiles, from left to right, CSS pixels within the view. */
export function* barsOf(scene: Scene, i: number): Generator<[number, number]> {
  const columns = scene.data.slices.get(scene.data.rows[i]!.track.thread);
  if (!columns) return;
  for (const { k, left, right } of wideSlices(scene, columns))
    if ((IN_TILES & (1 << columns.packed.state[k]!)) === 0)
      yield [Math.max(0, left), Math.min(scene.width, right)];
}

/** The slices in view that are wide enough, on whole device pixels, so that edges are sharp. */
function* wideSlices(scene: Scene, columns: SliceColumns): Generator<Pick<Bar, 'k' | 'left' | 'right'>> {
  const { view, width, ratio } = scene;
  const perPx = nsPerPx(view, width);
  const pixelAt = (time: number): number => {
    const x = Math.max(-10, Math.min(width + 10, (time - view.start) / perPx));
    return Math.round(x * ratio) / ratio;
  };
  const { start, end } = columns.packed;
  for (let k = columns.from; k < columns.to; k += 1) {
    const from = start[k]!;
    if (from >= view.end) break;
    const until = Number.isNaN(end[k]!) ? scene.data.last : end[k]!;
    if (until <= view.start || until - from < EXACT_PX * perPx) continue;
    const [left, right] = [pixelAt(from), pixelAt(until)];
    // Of one that has nothing in view but the free pixel behind it the tiles tell; cleared, it would be gone.
    if (right > 1) yield { k, left, right };
  }
}

function drawSlice(ctx: CanvasRenderingContext2D, scene: Scene, bar: Bar, widths: TextWidths): void {
  const { columns, k, left, right, top } = bar;
  const state = columns.packed.state[k]!;
  if ((IN_TILES & (1 << state)) !== 0) {
    if (right - left >= LABEL_PX && (WITH_LABEL & (1 << state)) !== 0) drawLabel(ctx, scene, bar, widths);
    return;
  }
  ctx.clearRect(left, top, right - left, BAR_HEIGHT);
  if (state === EXITED) return;
  const chosen = isChosen(scene, state, resourceOf(columns.packed, k));
  withAlpha(ctx, chosen ? 1 : 0.2, () => {
    ctx.fillStyle = scene.palette.patterns[state]!;
    // One pixel stays free to the next slice: two of the same state would look like one.
    box(ctx, left, top, Math.max(1, right - left - 1));
  });
  if (right - left < LABEL_PX) return;
  withAlpha(ctx, chosen ? 1 : 0.45, () => drawLabel(ctx, scene, bar, widths));
}

function isChosen(scene: Scene, state: number, resource: string | null): boolean {
  if (scene.focus !== 0 && (scene.focus & (1 << state)) === 0) return false;
  return scene.data.matched.size === 0 || (resource !== null && scene.data.matched.has(resource));
}

function box(ctx: CanvasRenderingContext2D, x: number, y: number, width: number): void {
  if (width < ROUND_PX) {
    ctx.fillRect(x, y, width, BAR_HEIGHT);
    return;
  }
  ctx.beginPath();
  ctx.roundRect(x, y, width, BAR_HEIGHT, 3);
  ctx.fill();
}

function drawLabel(ctx: CanvasRenderingContext2D, scene: Scene, bar: Bar, widths: TextWidths): void {
  const { k, left, right, top } = bar;
  const { packed } = bar.columns;
  const state = packed.state[k]!;
  const from = Math.max(4, left + 6);
  const room = Math.min(scene.width, right) - from - 6;
  const labels = sliceLabels(
    TRACK_STATES[state] ?? 'unknown',
    resourceOf(packed, k),
    siteOf(packed, k),
    scene.data.labels,
  );
  const text = widths.firstFitting(ctx, labels, room);
  if (text === undefined) return;
  if (scene.palette.contrast) {
    ctx.fillStyle = scene.palette.surface;
    ctx.fillRect(from - 3, top + 3, widths.of(ctx, text) + 6, BAR_HEIGHT - 6);
    ctx.fillStyle = scene.palette.foreground;
  } else ctx.fillStyle = scene.palette.inks[state]!;
  ctx.fillText(text, from, top + BAR_HEIGHT / 2 + 0.5);
}
