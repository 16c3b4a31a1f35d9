import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../files/cache-folder.ts';
import { cacheHash } from './cache-hash.ts';
import { configFor } from './config-text.ts';
import { packageTypeOf } from './package-type.ts';
import type { Compiled, TransformRequest } from './transformer.ts';

/** Part of the cache's key: to be raised whenever the same input compiles to something else. */
const CACHE_VERSION = 1;

/**
 * The JavaScript of a TypeScript file with an inline source map. TypeScript itself is loaded only for what is not in the
 * cache, so that children start fast.
 *
 * @param transform loads the transformer and runs it
 * @throws SyntaxError with file and line
 */
export function compileFile(file: string, transform: (request: TransformRequest) => Compiled): Compiled {
  const source = readFileSync(file, 'utf8');
  const config = configFor(file);
  const packageType = packageTypeOf(file);
  const major = Number(process.versions.node.split('.')[0]);
  const key = cacheHash([CACHE_VERSION, major, file, packageType, config.text, source].join('\0'));
  const cache = transpiledFolder();
  const entry = cache === undefined ? undefined : path.join(cache, `${key}.js`);
  const cached = entry === undefined ? undefined : readEntry(entry);
  if (cached !== undefined) return cached;
  const compiled = transform({ source, file, packageType, configFile: config.file, nodeMajor: major });
  if (entry !== undefined) writeEntry(entry, compiled);
  return compiled;
}

let transpiled: string | undefined | null = null;

/** Where compiled sources are kept, private. Looked for once: each file of a program asks. */
export function transpiledFolder(): string | undefined {
  if (transpiled !== null) return transpiled;
  const cache = cacheFolder();
  transpiled = cache === undefined ? undefined : path.join(cache, 'transpiled');
  return transpiled;
}

/** First line: the format; the rest: the code. */
function readEntry(entry: string): Compiled | undefined {
  try {
    const text = readFileSync(entry, 'utf8');
    const end = text.indexOf('\n');
    const format = text.slice(0, end);
    if (format !== '//module' && format !== '//commonjs') return undefined;
    return { format: format === '//module' ? 'module' : 'commonjs', code: text.slice(end + 1) };
  } catch {
    return undefined;
  }
}

/** Whole or not at all: several children may compile the same file at once. A cache that can't be written is no error. */
function writeEntry(entry: string, { format, code }: Compiled): void {
  const half = `${entry}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    mkdirSync(path.dirname(entry), { recursive: true, mode: 0o700 });
    writeFileSync(half, `//${format}\n${code}`, { mode: 0o600 });
    renameSync(half, entry);
  } catch {
    // Compiled again next time.
  }
}
