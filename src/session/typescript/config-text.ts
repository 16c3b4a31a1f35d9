import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A TypeScript configuration as far as it decides how one file is compiled. */
export interface ConfigText {
  /** Path of the tsconfig.json, '' for none. */
  readonly file: string;
  /** Text of the tsconfig.json and of the files that it extends by a path: part of the cache's key. */
  readonly text: string;
}

const NONE: ConfigText = { file: '', text: '' };
const known = new Map<string, ConfigText>();

/** The tsconfig.json that belongs to a file: the nearest one upwards. */
export function configFor(file: string): ConfigText {
  return ofFolder(path.dirname(file));
}

function ofFolder(folder: string): ConfigText {
  const cached = known.get(folder);
  if (cached !== undefined) return cached;
  const file = path.join(folder, 'tsconfig.json');
  const text = readChain(file, 0);
  const parent = path.dirname(folder);
  const found = text !== '' ? { file, text } : parent === folder ? NONE : ofFolder(parent);
  known.set(folder, found);
  return found;
}

/** Configurations that are followed by `extends`: some extend each other in a circle. */
const DEEPEST = 8;

function readChain(file: string, depth: number): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return '';
  }
  const base = /"extends"\s*:\s*"(\.[^"]*)"/.exec(text)?.[1];
  if (base === undefined || depth === DEEPEST) return text;
  const at = path.resolve(path.dirname(file), base);
  return text + (readChain(at, depth + 1) || readChain(`${at}.json`, depth + 1));
}
