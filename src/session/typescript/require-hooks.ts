import module from 'node:module';
import { fallbackFile, isNotFound, type LoaderOptions } from './resolve.ts';
import type { Compiled } from './transformer.ts';

/** The parts of Node's CommonJS loader that every TypeScript loader patches; undocumented, but stable for a decade. */
interface CommonJsLoader {
  _resolveFilename(
    request: string,
    parent: { filename?: string | null } | undefined,
    ...rest: unknown[]
  ): string;
  _extensions: Record<string, (module: CompilableModule, file: string) => void>;
}
interface CompilableModule {
  _compile(code: string, file: string, format?: 'module'): void;
}
const loader = module as unknown as CommonJsLoader;

/** `require` finds what the options add where Node finds nothing. */
export function patchRequireResolution(options: LoaderOptions): void {
  const original = loader._resolveFilename;
  loader._resolveFilename = function (request, parent, ...rest) {
    try {
      return original.call(this, request, parent, ...rest);
    } catch (error) {
      const from = parent?.filename ?? undefined;
      const file = isNotFound(error) ? fallbackFile(request, from, true, options) : undefined;
      if (file === undefined) throw error;
      return file;
    }
  };
}

/** `require` compiles TypeScript. */
export function patchRequireExtensions(compile: (file: string) => Compiled): void {
  for (const extension of ['.ts', '.cts', '.mts', '.tsx', '.jsx']) {
    loader._extensions[extension] = (target, file) => {
      const { format, code } = compile(file);
      if (format === 'commonjs') target._compile(code, file);
      else if (requiresModules()) target._compile(code, file, 'module');
      else refuseModule(file);
    };
  }
}

/** Can this Node `require` an ES module (20.19, 22.12 and newer)? */
function requiresModules(): boolean {
  return 'require_module' in process.features && process.features.require_module === true;
}

/** As Node says it for JavaScript, where `require` can't load an ES module. */
function refuseModule(file: string): never {
  const error = new Error(`require() of ES Module ${file} is not supported: use import() instead`);
  throw Object.assign(error, { code: 'ERR_REQUIRE_ESM' });
}
