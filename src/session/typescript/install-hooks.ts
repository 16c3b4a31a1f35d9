import module from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileFile } from './compile.ts';
import { isTypeScript, loadTypeScript } from './load.ts';
import { lazyTransformer } from './load-transformer.ts';
import { patchRequireExtensions, patchRequireResolution } from './require-hooks.ts';
import { fallbackUrl, isNotFound, type LoaderOptions } from './resolve.ts';

interface SyncResolved {
  url: string;
  format?: string | null;
  shortCircuit?: boolean;
}
interface SyncContext {
  readonly parentURL?: string;
  readonly conditions?: readonly string[];
}
interface SyncLoaded {
  format: string | null | undefined;
  source?: string | null;
  shortCircuit?: boolean;
}
interface SyncHooks {
  resolve(
    specifier: string,
    context: SyncContext,
    next: (specifier: string, context?: SyncContext) => SyncResolved,
  ): SyncResolved;
  load?(
    url: string,
    context: SyncContext,
    next: (url: string, context?: SyncContext) => SyncLoaded,
  ): SyncLoaded;
}
/** Newer than the oldest supported Node, hence not in its types. */
type RegisterHooks = (hooks: SyncHooks) => void;

type Transform = ReturnType<typeof lazyTransformer>;

/** Marks a thread that has the hooks: a preload may be named twice (execArgv and NODE_OPTIONS). */
const INSTALLED = Symbol.for('forkscope.loader.v1');

/** Installs the loader hooks in this thread by the cheapest way that its Node has. */
export function installHooks(options: LoaderOptions): void {
  const marks = globalThis as { [INSTALLED]?: true };
  if (marks[INSTALLED]) return;
  Object.defineProperty(globalThis, INSTALLED, { value: true });
  const transform = lazyTransformer(options.files);
  if (options.typescript) {
    process.setSourceMapsEnabled(true);
    patchRequireExtensions((file) => compileFile(file, transform));
  }
  const registerHooks = 'registerHooks' in module ? (module.registerHooks as RegisterHooks) : undefined;
  if (registerHooks !== undefined) {
    registerHooks(syncHooks(options, transform));
    return;
  }
  patchRequireResolution(options);
  const hooks = pathToFileURL(path.join(options.files, 'loader-hooks.mjs'));
  module.register(hooks.href, {
    data: options,
    parentURL: pathToFileURL(path.join(options.files, 'x.cjs')).href,
  });
}

function syncHooks(options: LoaderOptions, transform: Transform): SyncHooks {
  let mainUrl = '';
  const resolve: SyncHooks['resolve'] = (specifier, context, next) => {
    const resolved = resolveWithFallback(options, specifier, context, next);
    if (context.parentURL === undefined) mainUrl = resolved.url;
    return resolved;
  };
  if (!options.typescript) return { resolve };
  return {
    resolve,
    load: (url, context, next) =>
      isTypeScript(url) ? loadTypeScript(url, url === mainUrl, transform) : next(url, context),
  };
}

function resolveWithFallback(
  options: LoaderOptions,
  specifier: string,
  context: SyncContext,
  next: (specifier: string, context?: SyncContext) => SyncResolved,
): SyncResolved {
  try {
    return next(specifier, context);
  } catch (error) {
    const isRequire = context.conditions?.includes('require') ?? false;
    const url = isNotFound(error) ? fallbackUrl(specifier, context.parentURL, isRequire, options) : undefined;
    if (url === undefined) throw error;
    return next(isRequire ? fileURLToPath(url) : url, context);
  }
}
