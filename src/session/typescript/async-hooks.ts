import { isTypeScript, loadTypeScript } from './load.ts';
import { lazyTransformer } from './load-transformer.ts';
import { fallbackUrl, isNotFound, type LoaderOptions } from './resolve.ts';

/**
 * Loader hooks for Nodes without `module.registerHooks`: they run in Node's hooks thread (`module.register`) and concern
 * ES modules only; `require` is patched by `require-hooks.ts`.
 */
let options: LoaderOptions = { files: '', typescript: false };
let mainUrl = '';
let transform: ReturnType<typeof lazyTransformer>;

export function initialize(data: LoaderOptions): void {
  options = data;
  transform = lazyTransformer(data.files);
}

interface ResolveContext {
  readonly parentURL?: string;
  readonly conditions?: readonly string[];
}
interface Resolved {
  readonly url: string;
  readonly format?: string | null;
  readonly shortCircuit?: boolean;
}

export async function resolve(
  specifier: string,
  context: ResolveContext,
  nextResolve: (specifier: string, context?: ResolveContext) => Promise<Resolved>,
): Promise<Resolved> {
  const resolved = await resolveWithFallback(specifier, context, nextResolve);
  if (context.parentURL === undefined) mainUrl = resolved.url;
  return resolved;
}

const resolveWithFallback: typeof resolve = async (specifier, context, nextResolve) => {
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    const url = isNotFound(error) ? fallbackUrl(specifier, context.parentURL, false, options) : undefined;
    if (url === undefined) throw error;
    return nextResolve(url, context);
  }
};

interface LoadContext {
  readonly format?: string | null;
}
interface Loaded {
  readonly format: string | null | undefined;
  readonly source?: string | null | ArrayBuffer | NodeJS.TypedArray;
  readonly shortCircuit?: boolean;
}

export async function load(
  url: string,
  context: LoadContext,
  nextLoad: (url: string, context?: LoadContext) => Promise<Loaded>,
): Promise<Loaded> {
  if (!options.typescript || !isTypeScript(url)) return nextLoad(url, context);
  return loadTypeScript(url, url === mainUrl, transform);
}
