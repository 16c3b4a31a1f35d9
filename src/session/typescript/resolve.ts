import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { meantFile } from './meant-file.ts';
import { aliasedFile } from './path-aliases.ts';

/** What a set of hooks adds to Node's own loading; it only acts where Node itself fails. */
export interface LoaderOptions {
  /** Folder of the bundled runtime, which `import 'forkscope'` finds where nobody has installed it. */
  readonly files: string;
  /** Are TypeScript files found by TypeScript's rules, and compiled? */
  readonly typescript: boolean;
}

/** Codes of Node's errors for an import that leads nowhere; ERR_INVALID_MODULE_SPECIFIER is that of `@/x`. */
const NOT_FOUND = new Set([
  'ERR_MODULE_NOT_FOUND',
  'MODULE_NOT_FOUND',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_INVALID_MODULE_SPECIFIER',
]);

export function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && NOT_FOUND.has(String(error.code));
}

/**
 * A file for a specifier that Node did not find, or `undefined`.
 * @param parent path of the importing file, or `undefined` for the main script
 */
export function fallbackFile(
  specifier: string,
  parent: string | undefined,
  isRequire: boolean,
  options: LoaderOptions,
): string | undefined {
  if (specifier === 'forkscope') return path.join(options.files, isRequire ? 'runtime.cjs' : 'runtime.mjs');
  if (!options.typescript) return undefined;
  const at = pathOf(specifier, parent);
  if (at !== undefined) return meantFile(at);
  return parent === undefined ? undefined : aliasedFile(specifier, parent);
}

export function fallbackUrl(
  specifier: string,
  parentUrl: string | undefined,
  isRequire: boolean,
  options: LoaderOptions,
): string | undefined {
  const parent = parentUrl?.startsWith('file:') ? fileURLToPath(parentUrl) : undefined;
  const file = fallbackFile(specifier, parent, isRequire, options);
  return file === undefined ? undefined : pathToFileURL(file).href;
}

function pathOf(specifier: string, parent: string | undefined): string | undefined {
  if (specifier.startsWith('file:')) return fileURLToPath(specifier);
  if (path.isAbsolute(specifier)) return specifier;
  if (!/^\.{1,2}(?:\/|$)/.test(specifier) || parent === undefined) return undefined;
  return path.resolve(path.dirname(parent), specifier.replace(/[?#].*$/, ''));
}
