import type { View } from './viewport.ts';
import { spanOf } from './viewport.ts';

const US = 1e3;
const MS = 1e6;
const S = 1e9;
const MIN = 60 * S;
const HOUR = 60 * MIN;

/** Distances of ticks from a second on, which divide a minute, an hour or a day, ns. */
const LONG_STEPS = [1, 2, 5, 10, 15, 30].map((n) => n * S);
const LONGER_STEPS = [1, 2, 5, 10, 15, 30].map((n) => n * MIN);
const HOURS = [1, 2, 3, 6, 12, 24, 48, 96].map((n) => n * HOUR);

/** The shortest distance of ticks that is at least `min` ns: 1, 2 or 5 times a power of ten, then whole seconds, minutes, hours. */
export function niceStep(min: number): number {
  if (min <= S) {
    const power = 10 ** Math.floor(Math.log10(Math.max(min, 1)));
    const factor = [1, 2, 5, 10].find((f) => f * power >= min * (1 - 1e-9)) ?? 10;
    return factor * power;
  }
  return (
    [...LONG_STEPS, ...LONGER_STEPS, ...HOURS].find((step) => step >= min) ?? Math.ceil(min / HOUR) * HOUR
  );
}

export interface Tick {
  readonly time: number;
  readonly label: string;
}
export interface Ticks {
  readonly step: number;
  /** Minor ticks lie `step / minor` apart. */
  readonly minor: number;
  /** Labels with a plus are relative to this time; `null`: all are absolute. */
  readonly base: number | null;
  readonly ticks: readonly Tick[];
}

interface Unit {
  readonly ns: number;
  readonly name: string;
}
const UNITS: readonly Unit[] = [
  { ns: S, name: 's' },
  { ns: MS, name: 'ms' },
  { ns: US, name: 'µs' },
  { ns: 1, name: 'ns' },
];

/** Unit in which a step is written without many zeros; steps of a tenth of a second and more are written in seconds. */
function unitOf(step: number): Unit {
  return UNITS.find((unit) => step * 10 >= unit.ns) ?? UNITS[3]!;
}

function decimals(step: number, unit: Unit): number {
  return Math.max(0, Math.ceil(-Math.log10(step / unit.ns) - 1e-9));
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}

/** `1:05`, `1:00:05` */
function clock(time: number): string {
  const seconds = Math.round(time / S);
  const h = Math.floor(seconds / 3600);
  const m = Math.floor(seconds / 60) % 60;
  const s = seconds % 60;
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function minorOf(step: number): number {
  const mantissa = step < MIN ? Math.round(step / 10 ** Math.floor(Math.log10(step) + 1e-9)) : 0;
  if (mantissa === 2) return 4;
  return mantissa === 3 || mantissa === 0 ? 6 : 5;
}

/** Ticks of the axis, at least `gap` pixels apart. */
export function ticksOf(view: View, width: number, gap = 96): Ticks {
  const step = niceStep((spanOf(view) * gap) / Math.max(1, width));
  const unit = unitOf(step);
  const first = Math.max(0, Math.ceil(view.start / step) * step);
  const far = view.end / unit.ns >= 10_000 && unit.ns < S;
  const base = far ? Math.floor(Math.max(0, view.start) / (unit.ns * 1000)) * unit.ns * 1000 : null;
  const label = (time: number): string => {
    if (step >= S && view.end > 100 * S) return clock(time);
    const value = ((time - (base ?? 0)) / unit.ns).toFixed(decimals(step, unit));
    return `${base === null ? '' : '+'}${value} ${unit.name}`;
  };
  const ticks: Tick[] = [];
  const count = Math.floor((view.end - first) / step);
  for (let i = 0; i <= count; i += 1) {
    const time = first + i * step;
    ticks.push({ time, label: time === 0 && base === null ? '0' : label(time) });
  }
  return { step, minor: minorOf(step), base, ticks };
}

/** A moment, ns since the origin, in seconds with as many digits as `resolution` (ns a pixel) makes sense. */
export function formatTime(ns: number, resolution = MS): string {
  const needed = Math.ceil(-Math.log10(Math.max(resolution, 1) / S) - 1e-9);
  const digits = Math.min(9, Math.max(3, Math.ceil(needed / 3) * 3));
  const [whole = '0', fraction = ''] = (ns / S).toFixed(digits).split('.');
  const groups = fraction.match(/\d{1,3}/g) ?? [];
  return `${whole}.${groups.join('\u2009')} s`;
}
