import { findNodeAtLocation, parseTree } from 'jsonc-parser/lib/esm/main.js';

/** A script of a package.json. */
export interface PackageScript {
  readonly name: string;
  /** What the shell is given. */
  readonly command: string;
  /** Where its name stands: first character, and number of characters with the quotes. */
  readonly at: { readonly offset: number; readonly length: number };
}

export interface PackageScripts {
  /** Offset of `"scripts"`. */
  readonly offset: number;
  readonly scripts: readonly PackageScript[];
}

/** The scripts of a package.json, in their order; of one that is being written those that can be read. */
export function scriptsIn(text: string): PackageScripts | undefined {
  const tree = parseTree(text);
  const found = tree && findNodeAtLocation(tree, ['scripts']);
  if (found?.type !== 'object' || found.parent === undefined) return undefined;
  const scripts = (found.children ?? []).flatMap(({ children: [key, value] = [] }) =>
    key?.type === 'string' && value?.type === 'string'
      ? [
          {
            name: String(key.value),
            command: String(value.value),
            at: { offset: key.offset, length: key.length },
          },
        ]
      : [],
  );
  return { offset: found.parent.offset, scripts };
}
