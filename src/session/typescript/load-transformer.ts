import { createRequire } from 'node:module';
import path from 'node:path';
import type ts from 'typescript';
import type { Compiled, TransformRequest } from './transformer.ts';

interface TransformerModule {
  readonly ts: typeof ts;
  transform(request: TransformRequest): Compiled;
}

/** The transformer as a function that loads TypeScript (a few megabytes) at its first use. */
export function lazyTransformer(files: string): (request: TransformRequest) => Compiled {
  return (request) => loadTransformer(files).transform(request);
}

/**
 * TypeScript itself, loaded at the first call, which takes some 200 ms.
 * @param files folder of the built preloads
 */
export function loadTypeScript(files: string): typeof ts {
  return loadTransformer(files).ts;
}

function loadTransformer(files: string): TransformerModule {
  return createRequire(path.join(files, 'x.cjs'))('./typescript-transformer.cjs');
}
