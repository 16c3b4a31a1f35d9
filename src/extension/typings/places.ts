import { existsSync } from 'node:fs';
import path from 'node:path';
import type ts from 'typescript';
import { configOf, includes, upTo } from './included.ts';

const NAME = 'forkscope.d.ts';

/** Where types of `forkscope` can go so that imports in a file find them. */
export interface TypesPlace {
  /**
   * `source`: one more file of the project, which the compiler finds too. `modules`: among the installed packages, so that nothing
   * of the project changes, until packages are installed again.
   */
  readonly kind: 'source' | 'modules';
  /** The file of declarations. */
  readonly file: string;
}

/**
 * Where types can go, the best first. Not into `paths` of a configuration: loaders such as tsx read these too, and would load
 * declarations instead of the runtime.
 * @param file the importing one, which need not be there
 * @param root folder of the workspace
 */
export function typesPlaces(typescript: typeof ts, file: string, root: string): TypesPlace[] {
  const folders = upTo(path.dirname(file), root);
  const config = configOf(typescript, file, root);
  const source =
    config === undefined
      ? undefined
      : folders.map((folder) => path.join(folder, NAME)).findLast((one) => includes(typescript, config, one));
  const home =
    folders.find((folder) =>
      ['package.json', 'node_modules'].some((name) => existsSync(path.join(folder, name))),
    ) ?? root;
  const modules = path.join(home, 'node_modules', '@types', 'forkscope', 'index.d.ts');
  return [
    ...(source === undefined ? [] : [{ kind: 'source', file: source } as const]),
    { kind: 'modules', file: modules },
  ];
}
