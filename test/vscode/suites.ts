/** One start of VS Code with tests inside its extension host. Paths are relative to this folder. */
export interface Suite {
  readonly name: string;
  /** Folder whose `*.test.ts` are run. */
  readonly tests: string;
  /** Folder that is opened, as a copy that tests may write to; with a `.code-workspace` file in it, that. */
  readonly workspace: string;
  /** Copies the repository's examples into the opened folder as `examples/`. */
  readonly examples?: boolean;
  /** The extension under test: one to be run from its folder, or the repository's VSIX in a clean profile. */
  readonly extension: { readonly development: string } | 'vsix';
  readonly settings?: Readonly<Record<string, unknown>>;
}

export const suites: readonly Suite[] = [
  {
    name: 'harness',
    tests: 'suite/harness',
    workspace: 'workspaces/plain',
    extension: { development: 'fixtures/probe-extension' },
  },
  {
    name: 'extension',
    tests: 'suite/extension',
    workspace: 'workspaces/multi/multi.code-workspace',
    examples: true,
    extension: { development: '../..' },
    // The debugger's own view would take the tree's place at each breakpoint, and what is hidden is not drawn.
    settings: { 'debug.openDebug': 'neverOpen' },
  },
  {
    name: 'packaged',
    tests: 'suite/packaged',
    workspace: 'workspaces/plain',
    examples: true,
    extension: 'vsix',
  },
];
