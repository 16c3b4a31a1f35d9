import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { SharedMemoryError } from './platform.ts';

/** The part of koffi that is used; its prebuilt binary and its package both have it. */
export interface Koffi {
  load(library: string | null): NativeLibrary;
  view(pointer: bigint, length: number): ArrayBuffer;
  errno(): number;
  sizeof(type: string): number;
}
export interface NativeLibrary {
  func(name: string, result: string, parameters: string[]): NativeFunction;
}
export type NativeValue = number | bigint | string | null | ArrayBufferView | number[];
export type NativeFunction = (...values: NativeValue[]) => NativeValue;

let loaded: Koffi | undefined;

/** Loads koffi: the package where it is installed, else the binary that the build put beside the bundle. ~6 ms once. */
export function loadKoffi(): Koffi {
  loaded ??= load();
  return loaded;
}

function load(): Koffi {
  const here = typeof __dirname === 'string' ? __dirname : process.cwd();
  const require = createRequire(path.join(here, 'forkscope.cjs'));
  const beside = path.join(here, 'native', `${process.platform}-${process.arch}`, 'index.js');
  let cause: unknown;
  for (const id of ['koffi', ...(existsSync(beside) ? [beside] : [])]) {
    try {
      return require(id) as Koffi;
    } catch (error) {
      cause ??= error;
    }
  }
  throw new SharedMemoryError(
    `forkscope's runtime needs the package "koffi" for shared memory between processes, and it could not be loaded ` +
      `for ${process.platform}-${process.arch}. Install it with "npm install koffi".`,
    { cause },
  );
}
