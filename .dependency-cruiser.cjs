// The import arrows between the folders of src (docs/architecture.md): what is not listed is forbidden.
const ARROWS = {
  base: [],
  trace: ['base'],
  shm: ['base'],
  runtime: ['base', 'shm'],
  shim: ['base', 'trace', 'shm'],
  model: ['base', 'trace'],
  session: ['base', 'trace', 'model'],
  protocol: ['base', 'trace', 'model'],
  cli: ['base', 'session', 'model'],
  extension: ['base', 'session', 'model', 'protocol'],
  webview: ['base', 'model', 'protocol'],
};

const arrows = Object.entries(ARROWS).map(([folder, allowed]) => ({
  name: `arrow-${folder}`,
  comment: `src/${folder} may import ${allowed.length > 0 ? allowed.join(', ') : 'nothing'} of src`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: `^src/(${[folder, ...allowed].join('|')})/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...arrows,
    {
      name: 'arrow-unknown-folder',
      comment: 'every folder of src has its arrows in this file',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(${Object.keys(ARROWS).join('|')})/` },
      to: {},
    },
    {
      name: 'protocol-types-only',
      comment: 'messages are types: the webview must not drag the model in through them',
      severity: 'error',
      from: { path: '^src/protocol/' },
      to: { path: '^src/(trace|model)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'vscode-only-in-extension',
      comment: 'everything else also runs where there is no VS Code',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/extension/' },
      to: { path: '(^|/)@types/vscode/|^vscode$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'webview-without-node',
      comment: 'a webview has no Node',
      severity: 'error',
      from: { path: '^src/webview/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-cycle',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: { path: '^src/' },
      // A sibling in dist/ exists only there.
      to: { couldNotResolve: true, pathNot: '^(vscode|forkscope|\\./[\\w-]+\\.cjs)$' },
    },
    {
      name: 'no-dev-dependency',
      comment: 'a bundle holds what dependencies names; only the TypeScript transformer is bundled by itself',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: '(^|/)@types/|^vscode$|/typescript/',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'types'],
    },
  },
};
