/** Numbers for people: in the report, the tree and the timeline alike. */
interface Unit {
  readonly size: number;
  readonly name: string;
}

const TIMES: readonly Unit[] = [
  { size: 1e9, name: 's' },
  { size: 1e6, name: 'ms' },
  { size: 1e3, name: 'µs' },
];
/** Binary, and named as system monitors name them. */
const SIZES: readonly Unit[] = [
  { size: 1024 ** 4, name: 'TB' },
  { size: 1024 ** 3, name: 'GB' },
  { size: 1024 ** 2, name: 'MB' },
  { size: 1024, name: 'KB' },
];
/** From here on minutes and seconds say more than seconds, s. */
const MINUTES_FROM = 100;

/** A length of time, `ns` nanoseconds, in so many significant `digits`: `1.23 s`, `450 µs`, `2 min 5 s`, `1 h 2 min`. */
export function duration(ns: number, digits = 3): string {
  if (!Number.isFinite(ns)) return '–';
  const seconds = Math.round(ns / 1e9);
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  if (seconds >= MINUTES_FROM) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return inUnits(ns, TIMES, digits) ?? `${Math.round(ns)} ns`;
}

/** A number of bytes in so many significant `digits`: `512 B`, `1.5 KB`, `48 MB`; 1 KB is 1024 B. */
export function bytes(count: number, digits = 2): string {
  return inUnits(count, SIZES, digits) ?? `${count} B`;
}

/** `12,345`, the same in every locale. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** In the largest unit of which there is one, or would be when rounded; `undefined`: in none. */
function inUnits(value: number, units: readonly Unit[], digits: number): string | undefined {
  for (const { size, name } of units) {
    const scaled = value / size;
    if (Number(scaled.toPrecision(digits)) < 1) continue;
    // 9.996 has three digits as 10.0: what is left of the point counts after it is rounded.
    const whole = String(Math.floor(Number(scaled.toPrecision(digits)))).length;
    return `${scaled.toFixed(Math.max(0, digits - whole))} ${name}`;
  }
  return undefined;
}
