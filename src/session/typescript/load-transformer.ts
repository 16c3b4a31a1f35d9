import { createRequire } from 'node:module';
import path from 'node:path';
import type { Compiled, TransformRequest } from './transformer.ts';

interface TransformerModule {
  transform(request: TransformRequest): Compiled;
}

/** The transformer as a function that loads TypeScript (a few megabytes) at its first use. */
export function lazyTransformer(files: string): (request: TransformRequest) => Compiled {
  const require = createRequire(path.join(files, 'x.cjs'));
  return (request) => {
    const loaded: TransformerModule = require('./typescript-transformer.cjs');
    return loaded.transform(request);
  };
}
