import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { watchEnd } from './koffi-end.ts';
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
let file: string | undefined;

/**
 * Loads koffi: the binary that the parent process uses (`known`), else the package where it is installed, else the binary
 * that the build put beside the bundle. Finding the binary takes some 6 ms, loading it 1.
 */
export function loadKoffi(known?: string): Koffi {
  loaded ??= loadKnown(known) ?? load();
  watchEnd();
  return loaded;
}

/** The binary that {@link loadKoffi} has loaded, for children; undefined where it can't be told. */
export function koffiFile(): string | undefined {
  file ??= Object.keys(ownRequire().cache).find((name) => /[\\/]koffi\.node$/.test(name));
  return file;
}

function ownRequire(): NodeJS.Require {
  return createRequire(path.join(typeof __dirname === 'string' ? __dirname : process.cwd(), 'forkscope.cjs'));
}

function loadKnown(known: string | undefined): Koffi | undefined {
  if (known === undefined) return undefined;
  try {
    return ownRequire()(known) as Koffi;
  } catch {
    return undefined;
  }
}

function load(): Koffi {
  const here = typeof __dirname === 'string' ? __dirname : process.cwd();
  const require = ownRequire();
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
