import { TRACK_STATES } from '../../model/types/index.ts';
import type { View } from '../core/viewport.ts';
import { type Scene, withAlpha } from './scene.ts';

export const MINIMAP_HEIGHT = 36;
const LOCK = TRACK_STATES.indexOf('lock');
const RUNNING = TRACK_STATES.indexOf('running');
const TOP = 3;
const BOTTOM = 4;
/** Order in which a column stacks the states, from the bottom. */
const STACK = ['holding', 'result', 'sync', 'receive', 'send', 'join', 'lock', 'native', 'ready'].map((s) =>
  TRACK_STATES.indexOf(s as (typeof TRACK_STATES)[number]),
);

/** All of the session: how many tracks were in which state, marks of rare waits, and the part that is shown. */
export function drawMinimap(ctx: CanvasRenderingContext2D, scene: Scene, whole: View): void {
  drawStack(ctx, scene, whole);
  const flags = scene.data.findings;
  for (const finding of flags) {
    ctx.fillStyle = finding.certainty === 'certain' ? scene.palette.error : scene.palette.warning;
    const x = ((finding.time - whole.start) / (whole.end - whole.start)) * scene.width;
    ctx.fillRect(x - 1, 0, 2, MINIMAP_HEIGHT);
  }
  const [from, to] = windowOf(scene, whole);
  ctx.fillStyle = scene.palette.surface;
  withAlpha(ctx, 0.6, () => {
    ctx.fillRect(0, 0, from, MINIMAP_HEIGHT);
    ctx.fillRect(to, 0, scene.width - to, MINIMAP_HEIGHT);
  });
  ctx.strokeStyle = scene.palette.focus;
  ctx.lineWidth = 1;
  ctx.strokeRect(from + 0.5, 0.5, Math.max(2, to - from - 1), MINIMAP_HEIGHT - 1);
  ctx.fillStyle = scene.palette.focus;
  for (const x of [from, to]) ctx.fillRect(x - 1.5, MINIMAP_HEIGHT / 2 - 6, 3, 12);
}

/** Pixels of the shown part. */
export function windowOf(scene: Scene, whole: View): [number, number] {
  const scale = scene.width / (whole.end - whole.start);
  const from = Math.max(0, (scene.view.start - whole.start) * scale);
  const to = Math.min(scene.width, (scene.view.end - whole.start) * scale);
  return [Math.min(from, scene.width - 3), Math.max(to, Math.min(from, scene.width - 3) + 3)];
}

function drawStack(ctx: CanvasRenderingContext2D, scene: Scene, whole: View): void {
  const overview = scene.data.overview;
  if (!overview || overview.tracks === 0) return;
  const states = TRACK_STATES.length;
  const scale = scene.width / (whole.end - whole.start);
  const bucket = (overview.range.end - overview.range.start) / overview.buckets;
  const unit = (MINIMAP_HEIGHT - TOP - BOTTOM) / overview.tracks;
  for (let b = 0; b < overview.buckets; b += 1) {
    const x = (overview.range.start + b * bucket - whole.start) * scale;
    const busy = overview.busy[b]! * unit;
    let y = MINIMAP_HEIGHT - BOTTOM - busy;
    ctx.fillStyle = scene.palette.fills[RUNNING]!;
    ctx.fillRect(x, y, bucket * scale + 0.5, busy);
    for (const state of STACK) {
      const height = Math.min(y - TOP, overview.counts[b * states + state]! * unit);
      if (height <= 0) continue;
      ctx.fillStyle = scene.palette.fills[state]!;
      ctx.fillRect(x, y - height, bucket * scale + 0.5, height);
      y -= height;
    }
    // Only lock waits: the others are in nearly every bucket of a program that does anything.
    if ((overview.mask[b]! & (1 << LOCK)) === 0) continue;
    ctx.fillStyle = scene.palette.fills[LOCK]!;
    ctx.fillRect(x, MINIMAP_HEIGHT - BOTTOM + 1, Math.max(1, bucket * scale), BOTTOM - 1);
  }
}
