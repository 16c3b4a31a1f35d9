import stringWidth from 'string-width';

/** How parts of the text are coloured; the CLI gives one that writes terminal colours. */
export interface Styler {
  readonly title: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly name: (text: string) => string;
  readonly place: (text: string) => string;
}
const plain = (text: string): string => text;
export const PLAIN: Styler = {
  title: plain,
  dim: plain,
  good: plain,
  bad: plain,
  warn: plain,
  name: plain,
  place: plain,
};

/** A name as it may go to a terminal: no control characters (a traced program chooses its names), one line. */
export function safe(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ').trim();
}

/** A line as it may go to a terminal: names and paths are the program's own and may hold anything; the indentation is ours. */
export function printable(line: string): string {
  return `${/^ */.exec(line)?.[0] ?? ''}${safe(line)}`;
}

const ASCII = /^[ -~]*$/;

/** Terminal columns. */
export function width(text: string): number {
  return ASCII.test(text) ? text.length : stringWidth(text);
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The characters of the beginning that have room in so many terminal columns. */
export function head(text: string, columns: number): string {
  if (ASCII.test(text)) return text.slice(0, Math.max(0, columns));
  let out = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += width(segment);
    if (used > columns) break;
    out += segment;
  }
  return out;
}

/** Cuts to at most `columns` terminal columns, with an ellipsis, never through a character. */
export function cut(text: string, columns: number): string {
  return width(text) <= columns ? text : `${head(text, columns - 1)}…`;
}

export interface Cell {
  readonly text: string;
  readonly style?: (text: string) => string;
  readonly right?: boolean;
}

/** Rows in aligned columns, each cell at most `most` wide; the last column is not padded, and may be `mostLast` wide. */
export function table(
  rows: readonly (readonly Cell[])[],
  indent: string,
  most = 40,
  mostLast = most,
): string[] {
  const limit = (row: readonly Cell[], i: number) => (i === row.length - 1 ? mostLast : most);
  const fitted = rows.map((row) => row.map((cell, i) => ({ ...cell, text: cut(cell.text, limit(row, i)) })));
  const widths: number[] = [];
  for (const row of fitted) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, width(cell.text));
    });
  }
  return fitted.map((row) => {
    const cells = row.map((cell, i) => {
      const pad = ' '.repeat((widths[i] ?? 0) - width(cell.text));
      const text = cell.style === undefined ? cell.text : cell.style(cell.text);
      if (cell.right === true) return pad + text;
      return i === row.length - 1 ? text : text + pad;
    });
    return (indent + cells.join('  ')).trimEnd();
  });
}

/** Breaks prose at spaces, so that lines have at most `columns` columns (longer words keep their own line). */
export function wrap(text: string, columns: number, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (line !== '' && width(indent + joined) > columns) {
      lines.push(indent + line);
      line = word;
    } else line = joined;
  }
  if (line !== '') lines.push(indent + line);
  return lines;
}
