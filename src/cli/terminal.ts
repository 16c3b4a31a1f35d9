import { stripVTControlCharacters } from 'node:util';
import { PLAIN, type Styler } from '../model/report/index.ts';

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

/** Cuts a line with colours to a width, counted in UTF-16 units without the escapes. */
export function cutLine(line: string, width: number): string {
  if (stripVTControlCharacters(line).length <= width) return line;
  let shown = 0;
  let cut = '';
  for (const part of line.split(STYLES)) {
    if (part.startsWith(ESCAPE)) cut += part;
    else {
      const room = Math.max(0, width - 1 - shown);
      cut += part.slice(0, room);
      shown += Math.min(part.length, room);
    }
  }
  return `${cut}…`;
}
