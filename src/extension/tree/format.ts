import * as l10n from '@vscode/l10n';
import * as units from '../../base/units.ts';

/** A length of time in two digits, for rows where room is short. `ns`: nanoseconds. */
export function duration(ns: number): string {
  return units.duration(ns, 2);
}

export function cpu(percent: number): string {
  return l10n.t('{0}% CPU', Math.round(percent));
}

/** Longest name in a row or in the status bar: what follows it must be seen too, in a side bar of 280 pixels. */
const LONGEST_NAME = 18;

/** A name of a process or a session where room is short: its begin and its end, which tells numbered ones apart. */
export function shortName(name: string): string {
  if (name.length <= LONGEST_NAME) return name;
  const end = Math.floor(LONGEST_NAME / 3);
  return `${name.slice(0, LONGEST_NAME - end - 1)}…${name.slice(-end)}`;
}

/** At most `length` characters; what does not fit ends in an ellipsis. */
export function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
