import type { Time } from './quantities.ts';

/** A moment or a length of time in whole ns: fractions are noise of the clock's arithmetic. */
export function whole(time: number): Time {
  return Math.round(time);
}

export function wholeOrNull(time: number | null): Time | null {
  return time === null ? null : Math.round(time);
}
