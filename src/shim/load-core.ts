import fs from 'node:fs';
import vm from 'node:vm';
import { CORE, codeCacheName } from '../base/code-cache.ts';
import type { start } from './start.ts';

const { readFileSync } = fs;

export interface Core {
  /** The file of the code, as its frames in stacks show it. */
  readonly file: string;
  readonly start: typeof start;
  readonly script: vm.Script;
}
type Wrapped = (exports: object, require: NodeJS.Require, module: { exports: object }) => void;

/**
 * Loads the shim from `folder`, with the compiled code beside it where that is there and V8 takes it: V8 itself refuses
 * what another version or other flags have made, and compiles.
 * @throws what the system says when it can't be read
 */
export function loadCore(folder: string, cached: boolean): Core {
  // `path.join` looks at each character: V8 would compile that on another thread, at the start of each process.
  const file = `${folder}/${CORE}`;
  const source = readFileSync(file, 'utf8');
  const cachedData = cached ? readCache(folder) : undefined;
  const script = new vm.Script(source, { filename: file, ...(cachedData && { cachedData }) });
  const module = { exports: {} };
  const wrapped: Wrapped = script.runInThisContext();
  wrapped(module.exports, require, module);
  return { file, script, start: Reflect.get(module.exports, 'start') };
}

function readCache(folder: string): Buffer | undefined {
  try {
    return readFileSync(`${folder}/${codeCacheName(process.execPath, process.versions.node)}`);
  } catch {
    return undefined;
  }
}
