import { fileURLToPath } from 'node:url';
import { commonJsFacade } from './commonjs-facade.ts';
import { compileFile } from './compile.ts';
import type { Compiled, TransformRequest } from './transformer.ts';

export interface LoadedModule {
  readonly format: Compiled['format'];
  /** `null`: Node loads the file by `require`, with everything that belongs to CommonJS. */
  readonly source: string | null;
  readonly shortCircuit: true;
}

export function isTypeScript(url: string): boolean {
  return /^file:[^?#]*\.(?:[cm]?ts|[jt]sx)(?:[?#]|$)/.test(url);
}

/** What an ES module loader hook answers for a TypeScript file. */
export function loadTypeScript(
  url: string,
  isMain: boolean,
  transform: (request: TransformRequest) => Compiled,
): LoadedModule {
  const file = fileURLToPath(url);
  const { format, code } = compileFile(file, transform);
  if (format === 'module') return { format, source: code, shortCircuit: true };
  if (isMain) return { format, source: null, shortCircuit: true };
  return { format: 'module', source: commonJsFacade(file, code), shortCircuit: true };
}
