import { readFileSync } from 'node:fs';
import path from 'node:path';
import { configFor } from './config-text.ts';
import { isFile, meantFile } from './meant-file.ts';

/** One entry of `paths`: what stands around its `*` (`exact`: it has none), and where it leads, as absolute paths. */
interface Alias {
  readonly before: string;
  readonly after: string;
  readonly exact: boolean;
  readonly targets: readonly string[];
}

/** Configurations that are followed by `extends`: some extend each other in a circle. */
const DEEPEST = 8;
const known = new Map<string, readonly Alias[]>();

/**
 * The file that a specifier means by `paths` of the tsconfig.json that belongs to the importing file, which Node knows
 * nothing of. `undefined`: none.
 * @param parent absolute path of the importing file
 */
export function aliasedFile(specifier: string, parent: string): string | undefined {
  if (/^(?:[./\\]|\w+:)/.test(specifier)) return undefined;
  for (const alias of aliasesOf(configFor(parent).file)) {
    const rest = restOf(specifier, alias);
    if (rest === undefined) continue;
    for (const target of alias.targets) {
      const at = target.replace('*', () => rest);
      const file = isFile(at) ? at : meantFile(at);
      if (file !== undefined) return file;
    }
  }
  return undefined;
}

/** What the `*` of an alias stands for in a specifier. */
function restOf(specifier: string, { before, after, exact }: Alias): string | undefined {
  if (exact) return specifier === before ? '' : undefined;
  const fits = specifier.startsWith(before) && specifier.endsWith(after);
  return fits && specifier.length >= before.length + after.length
    ? specifier.slice(before.length, specifier.length - after.length)
    : undefined;
}

function aliasesOf(config: string): readonly Alias[] {
  if (config === '') return [];
  const cached = known.get(config);
  if (cached !== undefined) return cached;
  // As TypeScript chooses: exact ones first, then the longest begin.
  const found = read(config, DEEPEST).sort(
    (a, b) => Number(b.exact) - Number(a.exact) || b.before.length - a.before.length,
  );
  known.set(config, found);
  return found;
}

/** `paths` of a configuration, else of the one that it extends by a path. A file that can't be read has none. */
function read(file: string, depth: number): Alias[] {
  const config = parse(file) ?? parse(`${file}.json`);
  if (config === undefined) return [];
  const folder = path.dirname(file);
  const { paths, baseUrl } = config.compilerOptions ?? {};
  if (typeof paths === 'object' && paths !== null) {
    const base = path.resolve(folder, typeof baseUrl === 'string' ? baseUrl : '.');
    return Object.entries(paths).map(([pattern, targets]) => aliasOf(pattern, targets, base));
  }
  const bases = [config.extends ?? []]
    .flat()
    .filter((name) => typeof name === 'string' && /^[./]/.test(name));
  const last = bases.at(-1);
  return last === undefined || depth === 0 ? [] : read(path.resolve(folder, String(last)), depth - 1);
}

function aliasOf(pattern: string, targets: unknown, base: string): Alias {
  const [before = '', after] = pattern.split('*');
  const list = Array.isArray(targets) ? targets.filter((target) => typeof target === 'string') : [];
  return {
    before,
    after: after ?? '',
    exact: after === undefined,
    targets: list.map((target) => path.resolve(base, target)),
  };
}

interface Config {
  readonly extends?: unknown;
  readonly compilerOptions?: { readonly paths?: unknown; readonly baseUrl?: unknown };
}

/** JSON with comments and commas at the end, as TypeScript reads it; `undefined`: not to be read. */
function parse(file: string): Config | undefined {
  try {
    const text = readFileSync(file, 'utf8')
      .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, '$1')
      .replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, '$1');
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
