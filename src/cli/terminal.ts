import { stripVTControlCharacters } from 'node:util';

const ESCAPE = '\u001b[';
const STYLES = new RegExp(`(${ESCAPE.replace('[', '\\[')}[0-9;]*m)`);

/** Writes that must never fail: a closed stderr is no reason to leave the program alone. */
export function say(text: string): void {
  process.stderr.write(text);
}

export function quietErrors(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** Colours only where somebody looks, and not where they do not want them (no-color.org). */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
  cyan(text: string): string;
}

export function painter(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): Paint {
  const on = env.FORCE_COLOR
    ? env.FORCE_COLOR !== '0'
    : stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  const style =
    (code: number, end: number) =>
    (text: string): string =>
      on ? `${ESCAPE}${code}m${text}${ESCAPE}${end}m` : text;
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    red: style(31, 39),
    yellow: style(33, 39),
    green: style(32, 39),
    cyan: style(36, 39),
  };
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
