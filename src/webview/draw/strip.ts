import { TRACK_STATES } from '../../model/types/index.ts';
import type { PixelRow } from '../core/fold.ts';
import { NO_STATE } from '../core/fold.ts';
import type { Rgb } from './palette.ts';

/** Turns one folded row into colours: a main row, and marks for rare states that the dominant one would hide. */

const bit = (state: (typeof TRACK_STATES)[number]): number => TRACK_STATES.indexOf(state);
export const RUNNING = bit('running');
/** Waits, the most important first: they get a mark where another state dominates the pixel, which would hide a short wait. */
export const RARE_FIRST: readonly number[] = ['lock', 'send', 'join', 'sync', 'result', 'receive'].map((s) =>
  bit(s as (typeof TRACK_STATES)[number]),
);
const RARE_MASK = RARE_FIRST.reduce((mask, state) => mask | (1 << state), 0);
/** For each mask of rare states the most important of them. */
const MOST_IMPORTANT = Uint8Array.from({ length: 1 << TRACK_STATES.length }, (_, mask) => {
  return RARE_FIRST.find((state) => (mask & (1 << state)) !== 0) ?? NO_STATE;
});
/** Device pixels: a rare state that occurs in no other pixel as near as that is drawn over the whole height of the bar. */
const ISOLATED_PX = 8;

/** Columns of equal height, in device pixels from and to, for shares of 255; what is not nothing is at least one pixel high. */
export function* busyRuns(busy: Uint8Array, height: number): Generator<[number, number, number]> {
  const heightAt = (x: number): number =>
    busy[x] === 0 ? 0 : Math.max(1, Math.round((busy[x]! / 255) * height));
  let begin = 0;
  for (let x = 1; x <= busy.length; x += 1) {
    if (x < busy.length && heightAt(x) === heightAt(begin)) continue;
    if (busy[begin] !== 0) yield [begin, x, heightAt(begin)];
    begin = x;
  }
}

/** RGBA words, 16 for each state, by its share of the pixel: the smaller, the paler. `dim`: of states that a filter leaves out. */
export interface Shades {
  readonly full: Uint32Array;
  readonly dim: Uint32Array;
}

function mix(color: Rgb, background: Rgb, share: number): number {
  const [r, g, b] = color.map((v, i) => Math.round(v * share + background[i]! * (1 - share)));
  return ((255 << 24) | (b! << 16) | (g! << 8) | r!) >>> 0;
}

export function shadesOf(states: readonly Rgb[], background: Rgb): Shades {
  const at = (low: number, high: number): Uint32Array =>
    Uint32Array.from({ length: states.length * 16 }, (_, i) =>
      mix(states[i >> 4]!, background, low + ((high - low) * (i & 15)) / 15),
    );
  return { full: at(0.5, 1), dim: at(0.12, 0.2) };
}

/** The most important rare state of the pixel that is not its dominant one, or `NO_STATE`. */
export function rareAt(row: PixelRow, x: number, focus: number): number {
  const state = row.state[x]!;
  const dominant = state === NO_STATE ? 0 : 1 << state;
  const wanted = focus === 0 ? RARE_MASK : focus;
  const mask = row.mask[x]! & wanted & ~dominant;
  if (mask === 0) return NO_STATE;
  const important = MOST_IMPORTANT[mask]!;
  return important === NO_STATE ? 31 - Math.clz32(mask) : important;
}

/** Device pixels whose rare state occurs in no pixel within `ISOLATED_PX`, as pairs of pixel and state. */
export function isolatedMarks(row: PixelRow, focus: number): number[] {
  const marks: number[] = [];
  const width = row.mask.length;
  const lastSeen = new Int32Array(16).fill(-ISOLATED_PX - 1);
  for (let x = 0; x < width; x += 1) {
    let bits = row.mask[x]! & RARE_MASK;
    const rare = bits === 0 ? NO_STATE : rareAt(row, x, focus);
    if (rare !== NO_STATE && x - lastSeen[rare]! > ISOLATED_PX && !occursAfter(row, x, 1 << rare))
      marks.push(x, rare);
    while (bits !== 0) {
      const state = 31 - Math.clz32(bits);
      lastSeen[state] = x;
      bits &= ~(1 << state);
    }
  }
  return marks;
}

function occursAfter(row: PixelRow, x: number, mask: number): boolean {
  const stop = Math.min(row.mask.length, x + ISOLATED_PX + 1);
  for (let i = x + 2; i < stop; i += 1) if ((row.mask[i]! & mask) !== 0) return true;
  return false;
}

/**
 * Paints the main row and the row of rare marks into RGBA pixels (two rows of `width`, little-endian words).
 * `focus`: bits of the states that a filter has chosen; the others are dimmed. 0: no filter.
 */
export function paintRow(
  row: PixelRow,
  shades: Shades,
  focus: number,
  main: Uint32Array,
  rare: Uint32Array,
): void {
  for (let x = 0; x < main.length; x += 1) {
    const state = row.state[x]!;
    if (state === NO_STATE) {
      main[x] = 0;
      rare[x] = 0;
      continue;
    }
    const table = focus === 0 || (focus & (1 << state)) !== 0 ? shades.full : shades.dim;
    // What runs has a height of its own: see `busyRuns`.
    main[x] = state === RUNNING ? 0 : table[(state << 4) | (row.share[x]! >> 4)]!;
    const also = rareAt(row, x, focus);
    rare[x] = also === NO_STATE ? 0 : shades.full[(also << 4) | 15]!;
  }
}
