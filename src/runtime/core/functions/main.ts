import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

/** The user's main script, as a child was told. */
export interface MainScript {
  readonly path: string;
  readonly commonjs: boolean;
}

let child = false;
let told: MainScript | undefined;

/** From now on this process is a child: no module is main, and the main script is what its parent says. */
export function becomeChild(main: MainScript | undefined): void {
  child = true;
  told = main;
}
export function isChildProcess(): boolean {
  return child;
}

/** The CommonJS main module, where main is one. */
export function mainModule(): NodeJS.Module | undefined {
  if (!isMainThread) return undefined;
  if (!child) return process.mainModule;
  return told?.commonjs ? createRequire(told.path).cache[told.path] : undefined;
}

/** Path of the script that the user started, also in children; undefined in a REPL, `-e` or a worker thread. */
export function mainPath(): string | undefined {
  if (child) return told?.path;
  const script = process.argv[1];
  if (script === undefined || !isMainThread) return undefined;
  if (mainModule() !== undefined) return mainModule()?.filename;
  try {
    return realpathSync(createRequire(path.join(process.cwd(), 'x.cjs')).resolve(path.resolve(script)));
  } catch {
    return undefined;
  }
}

/**
 * Whether the module is the program's main, and this process the one that the user started: the guard that every program
 * needs, because children import the main module again. `import.meta.main` says the same from Node 24 on.
 * @param module `import.meta`, or `module` in CommonJS
 */
export function isMain(
  module: ImportMeta | { readonly url: string } | { readonly filename: string },
): boolean {
  if (child || !isMainThread) return false;
  const { main: native, url, filename } = module as Partial<Record<'main' | 'url' | 'filename', unknown>>;
  if (typeof native === 'boolean') return native;
  const file = typeof url === 'string' ? fileOf(url) : filename;
  const main = mainPath();
  return main !== undefined && typeof file === 'string' && main === realpath(file);
}

function fileOf(url: string): string | undefined {
  return url.startsWith('file:') ? fileURLToPath(url) : undefined;
}

function realpath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}
