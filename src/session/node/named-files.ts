import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isFile, meantFile } from '../typescript/meant-file.ts';
import { aliasedFile } from '../typescript/path-aliases.ts';

const STRINGS = /(['"`])((?:\.{1,2}\/|[\w@~-])[^'"`\n$]{0,300})\1/g;
const CODE = /\.(?:[cm]?[jt]s|[jt]sx)$/;
/** Files that are looked into. A script's program has far fewer; a folder full of generated code would take seconds. */
const MOST_FILES = 1000;

export interface NamedFile {
  /** Absolute path. */
  readonly file: string;
  readonly text: string;
  /** Relative paths among the file's strings, made absolute, at which there is no file. */
  readonly missing: readonly string[];
  /** One of the file's strings means another file by `paths` of tsconfig.json. */
  readonly hasAlias: boolean;
}

/**
 * A script, and every file of code that its strings name, and theirs: what a program that is started as a script is made
 * of, its imports as well as what it forks. Packages are left out. Ends after many files with `undefined`.
 *
 * @param script absolute path
 * @param wanted which files are of interest
 */
export function* namedFiles(script: string, wanted: RegExp = CODE): Generator<NamedFile | undefined> {
  const seen = new Set([script]);
  for (const file of seen) {
    const found = lookInto(file, wanted);
    for (const meant of found.meant) if (wanted.test(meant) && !isInPackage(meant)) seen.add(meant);
    yield found;
    if (seen.size > MOST_FILES) {
      yield undefined;
      return;
    }
  }
}

/** One file and, as `meant`, the files that its strings mean. */
function lookInto(file: string, wanted: RegExp): NamedFile & { readonly meant: readonly string[] } {
  const text = read(file);
  const strings = stringsIn(text);
  const aliased = strings.map((name) => aliasedFile(name, file)).filter((meant) => meant !== undefined);
  const meant = [...aliased];
  const missing: string[] = [];
  for (const name of strings) {
    const isRelative = name.startsWith('.');
    if (!isRelative && !wanted.test(name)) continue;
    const at = path.resolve(path.dirname(file), name);
    if (isFile(at)) meant.push(at);
    else if (isRelative) {
      missing.push(at);
      const other = meantFile(at);
      if (other !== undefined) meant.push(other);
    }
  }
  return { file, text, missing, hasAlias: aliased.length > 0, meant };
}

export function isInPackage(file: string): boolean {
  return file.includes(`${path.sep}node_modules${path.sep}`);
}

/** Strings that may name a file, each once. */
function stringsIn(text: string): string[] {
  return [...new Set([...text.matchAll(STRINGS)].map(([, , name = '']) => name))];
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
