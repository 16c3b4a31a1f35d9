import { createRequire } from 'node:module';
import { whileImporting } from './bootstrapping.ts';

/** Imports a module of the user in a child: `module` is a path or a URL; `commonjs`: by `require`. */
export async function load(module: string, commonjs: boolean): Promise<unknown> {
  return await whileImporting(async () => {
    if (!commonjs) return (await import(module)) as unknown;
    const file = module.startsWith('file:') ? new URL(module) : module;
    return createRequire(file)(
      typeof file === 'string' ? file : createRequire(file).resolve(decodeURI(file.pathname)),
    ) as unknown;
  });
}
