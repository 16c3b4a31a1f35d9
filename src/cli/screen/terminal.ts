import { stripVTControlCharacters } from 'node:util';
import { head, PLAIN, type Styler, width } from '../../model/report/index.ts';

const ESCAPE = '\u001b[';
const STYLES = new RegExp(`(${ESCAPE.replace('[', '\\[')}[0-9;]*m)`);

/** Writes that must never fail: a closed stderr is no reason to leave the program alone. */
export function say(text: string): void {
  process.stderr.write(text);
}

/** What went wrong, in one line. */
export function sayError(text: string): void {
  say(`forkscope: ${text}\n`);
}

export function quietErrors(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Is it a terminal on which lines can be drawn over again? */
export function canDraw({ isTTY }: Screen, env: NodeJS.ProcessEnv = process.env): boolean {
  return isTTY === true && env.TERM !== 'dumb';
}

/** Columns of a terminal; prose in a file keeps a width that reads well. */
export function columnsOf({ isTTY, columns }: Screen): number {
  return isTTY && columns !== undefined && columns > 0 ? columns : 100;
}

/** Colours only where somebody looks, and not where they do not want them (no-color.org). */
export function stylerFor({ isTTY }: Screen, env: NodeJS.ProcessEnv = process.env): Styler {
  const wanted = env.FORCE_COLOR
    ? env.FORCE_COLOR !== '0'
    : isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  if (!wanted) return PLAIN;
  return {
    title: style(1, 22),
    dim: style(2, 22),
    good: style(32, 39),
    bad: style(31, 39),
    warn: style(33, 39),
    name: style(1, 22),
    place: style(36, 39),
  };
}

function style(on: number, off: number): (text: string) => string {
  return (text) => `${ESCAPE}${on}m${text}${ESCAPE}${off}m`;
}

/** Cuts a line with colours to so many columns of the terminal. */
export function cutLine(line: string, columns: number): string {
  if (width(stripVTControlCharacters(line)) <= columns) return line;
  let room = columns - 1;
  let cut = '';
  for (const part of line.split(STYLES)) {
    if (part.startsWith(ESCAPE)) {
      cut += part;
      continue;
    }
    const fits = head(part, room);
    cut += fits;
    // Nothing of what follows a character without room may move up into its place.
    room = fits === part ? room - width(part) : 0;
  }
  return `${cut}…`;
}
