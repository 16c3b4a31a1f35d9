import ts from 'typescript';
import { Syntax, type TextChange } from '../../../src/extension/fixes/syntax.ts';

/** A file whose marks are places of a trace: `«` stands before the name that is called, and is left out. */
export function program(text: string, name = '/app/main.mjs') {
  const places: { line: number; column: number }[] = [];
  let plain = '';
  for (const char of text) {
    if (char !== '«') plain += char;
    else {
      const lines = plain.split('\n');
      places.push({ line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 });
    }
  }
  const syntax = new Syntax(ts, name, plain);
  return { syntax, places, place: places[0] ?? { line: 0, column: 0 } };
}

/** The text after changes. */
export function changed({ text }: Syntax, changes: readonly (TextChange | undefined)[]): string | undefined {
  if (changes.length === 0 || changes.includes(undefined)) return undefined;
  const ordered = (changes as TextChange[]).toSorted((a, b) => b.start - a.start);
  return ordered.reduce(
    (now, change) => now.slice(0, change.start) + change.text + now.slice(change.end),
    text,
  );
}
