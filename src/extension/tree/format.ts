import * as l10n from '@vscode/l10n';

/** A length of time for people. `ns`: nanoseconds. */
export function duration(ns: number): string {
  if (ns < 1e3) return `${Math.round(ns)} ns`;
  if (ns < 1e6) return `${trim(ns / 1e3)} µs`;
  if (ns < 1e9) return `${trim(ns / 1e6)} ms`;
  if (ns < 60e9) return `${trim(ns / 1e9)} s`;
  const seconds = Math.round(ns / 1e9);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** Two digits are enough to compare by eye. */
function trim(value: number): string {
  return value < 10 ? String(Math.round(value * 10) / 10) : String(Math.round(value));
}

const KB = 1024;

/** Memory for people, binary units as system monitors count them. */
export function bytes(count: number): string {
  if (count < KB) return `${count} B`;
  if (count < KB ** 2) return `${trim(count / KB)} KB`;
  if (count < KB ** 3) return `${trim(count / KB ** 2)} MB`;
  return `${trim(count / KB ** 3)} GB`;
}

export function cpu(percent: number): string {
  return l10n.t('{0}% CPU', Math.round(percent));
}

/** `deadlock.ts:25`: the last part of the path, of either system's paths. */
export function shortSite(site: { readonly file: string; readonly line: number }): string {
  return `${baseName(site.file)}:${site.line}`;
}

export function baseName(file: string): string {
  return file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
}

/** Longest name in a row or in the status bar: what follows it must be seen too. */
const LONGEST_NAME = 28;

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
