/** Parent's side of finding the function: how to tell the child where it is, or why that cannot be. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { TargetError } from '../errors/errors.ts';
import { type AnyFunction, taskReference } from '../tasks/task.ts';
import { pathOf, pathOfText } from './exports.ts';
import type { Reference } from './function-reference.ts';
import { type Location, locate, seemsExported } from './locate.ts';
import { mainModule, mainPath } from './main.ts';

/** A function (or class), or where one is: `[import.meta.url, 'worker']`. */
export type Target<F extends AnyFunction = AnyFunction> = F | readonly [module: string | URL, name: string];

export interface Found {
  readonly reference: Reference;
  /** False: only the child can tell whether the function can be found, so `start` waits for its word. */
  readonly sure: boolean;
}

const known = new WeakMap<AnyFunction, Found>();
const require = createRequire(path.join(process.cwd(), 'forkscope.cjs'));

/** @throws TargetError naming file, line and the fix when the child cannot find it */
export async function refer(target: Target, what: string): Promise<Found> {
  if (typeof target !== 'function') return referByName(target, what);
  let found = known.get(target);
  if (found === undefined) {
    found = await search(target, what);
    known.set(target, found);
  }
  return found;
}

/** Where the function is, as far as that can be said without a search. */
export function knownReference(fn: AnyFunction): Reference | undefined {
  return known.get(fn)?.reference ?? referTask(fn) ?? referInMain(fn);
}

function referByName(target: readonly [string | URL, string], what: string): Found {
  const [module, name] = target;
  if (typeof name !== 'string' || name === '' || !String(module).startsWith('file:')) {
    throw new TargetError(`${what} is a function, or [import.meta.url, 'name of an export']`);
  }
  const url = String(module);
  return { reference: { kind: 'export', url, path: name.split('.'), commonjs: isCommonJs(url) }, sure: true };
}

async function search(fn: AnyFunction, what: string): Promise<Found> {
  const now = referTask(fn) ?? referInMain(fn);
  if (now !== undefined) return { reference: now, sure: true };
  const location = await locateOrExplain(fn, what);
  const { url } = location;
  const commonjs = isCommonJs(url);
  const namespace = commonjs ? finishedExports(url) : await namespaceOf(url);
  if (namespace !== undefined) {
    const exported = pathOf(namespace, fn) ?? pathOfText(namespace, fn);
    if (exported === undefined) throw notExported(fn, what, location);
    return { reference: { kind: 'export', url, path: exported, commonjs }, sure: true };
  }
  const where = whereOf(location);
  const reference: Reference = { kind: 'source', url, name: fn.name, text: String(fn), where, commonjs };
  return { reference, sure: seemsExported(location.file, fn.name) };
}

function referTask(fn: AnyFunction): Reference | undefined {
  const task = taskReference(fn);
  return task && { kind: 'task', ...task, commonjs: isCommonJs(task.url) };
}

/** CommonJS mains are searched without the inspector, which costs 23 ms to wake. */
function referInMain(fn: AnyFunction): Reference | undefined {
  const main = mainModule();
  if (main === undefined) return undefined;
  const exported = pathOf(main.exports, fn);
  if (exported === undefined) return undefined;
  return { kind: 'export', url: pathToFileURL(main.filename).href, path: exported, commonjs: true };
}

async function locateOrExplain(fn: AnyFunction, what: string): Promise<Location> {
  const name = fn.name || '(anonymous)';
  const fix = `register it in its module: const ${identifier(fn.name)} = task(import.meta, '${identifier(fn.name)}', …)`;
  let location: Location | undefined;
  try {
    location = await locate(fn);
  } catch (cause) {
    throw new TargetError(`${what} ${name} cannot be located, since the inspector is denied; ${fix}`, {
      cause,
    });
  }
  if (location === undefined) {
    throw new TargetError(`${what} ${name} is native, bound or made outside of a module file; ${fix}`);
  }
  return location;
}

function isCommonJs(url: string): boolean {
  if (!url.startsWith('file:')) return false;
  const file = fileURLToPath(url);
  // A main module whose syntax turned out to be ESM has an empty entry among the CommonJS modules.
  if (mainModule() === undefined && file === mainPath()) return false;
  return require.cache[file] !== undefined;
}

/** Exports of a CommonJS module that has run to its end. */
function finishedExports(url: string): unknown {
  const module = require.cache[fileURLToPath(url)];
  return module?.loaded ? module.exports : undefined;
}

const TURNS = 4;

/**
 * The namespace of a module that is already evaluated, else undefined. A module that is in its own top-level await would
 * be waited for until it ends, which may be never, so the import only has a few turns of the loop.
 */
async function namespaceOf(url: string): Promise<unknown> {
  let namespace: unknown;
  import(url).then(
    (loaded) => {
      namespace = loaded;
    },
    () => {},
  );
  for (let turn = 0; turn < TURNS && namespace === undefined; turn++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return namespace;
}

function notExported(fn: AnyFunction, what: string, location: Location): TargetError {
  return new TargetError(notExportedMessage(fn.name, what, whereOf(location)));
}

/** Also used by the child. */
export function notExportedMessage(name: string, what: string, where: string): string {
  const id = identifier(name);
  return (
    `${what} ${name === '' || name === 'default' ? '(anonymous)' : name} (${where}) is not exported by its module, so the ` +
    `child process cannot find it. Put "export" before it, at the top level of the file; or register it there: ` +
    `const ${id} = task(import.meta, '${id}', …)`
  );
}

function whereOf({ file, line }: Location): string {
  return `${path.relative(process.cwd(), file) || file}:${line}`;
}

function identifier(name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? name : 'worker';
}
