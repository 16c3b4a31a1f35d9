/** How the child finds a function or class. Module URLs; `commonjs`: to be loaded by `require`. */
export type Reference =
  | { readonly kind: 'task'; readonly url: string; readonly name: string; readonly commonjs: boolean }
  | {
      readonly kind: 'export';
      readonly url: string;
      readonly path: readonly string[];
      readonly commonjs: boolean;
    }
  | {
      /** The exports of the module could not be seen yet: the child compares source texts. */
      readonly kind: 'source';
      readonly url: string;
      readonly name: string;
      readonly text: string;
      /** file:line for errors. */
      readonly where: string;
      readonly commonjs: boolean;
    };
