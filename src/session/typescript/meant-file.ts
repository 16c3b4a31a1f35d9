import path from 'node:path';
import { statOf } from '../files/stat.ts';

/** JavaScript name in an import → the TypeScript files that it may mean. */
const MEANT: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\.mjs$/, ['.mts']],
  [/\.cjs$/, ['.cts']],
  [/\.jsx?$/, ['.ts', '.tsx']],
];
const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.cjs'];

/**
 * The file that an import path means by TypeScript's rules where Node finds none: `./a.js` for `./a.ts`, no extension,
 * a folder's index. `undefined`: none.
 */
export function meantFile(at: string): string | undefined {
  return candidates(at).find(isFile);
}

function candidates(at: string): string[] {
  for (const [pattern, extensions] of MEANT) {
    if (pattern.test(at)) return extensions.map((extension) => at.replace(pattern, extension));
  }
  const index = path.join(at, 'index');
  return [
    ...EXTENSIONS.map((extension) => at + extension),
    ...EXTENSIONS.map((extension) => index + extension),
  ];
}

export function isFile(file: string): boolean {
  return statOf(file)?.isFile() ?? false;
}
