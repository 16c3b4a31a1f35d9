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
  reporter: [],
  untraced: ['base', 'session', 'model'],
  verify: ['base', 'trace', 'model'],
  mcp: ['base', 'session', 'model'],
  cli: ['base', 'session', 'model', 'untraced', 'verify', 'mcp'],
  extension: ['base', 'session', 'model', 'protocol', 'reporter', 'untraced', 'mcp'],
  webview: ['base', 'model', 'protocol'],
};

/**
 * The arrows inside of a folder of src; its own files (the outermost layer) may import all of them, and none imports those.
 * A layer lists only layers above it in its table, so that there can be no circle.
 */
const LAYERS = {
  runtime: { core: [], primitives: ['core'], services: ['core', 'primitives'] },
  'runtime/core': {
    errors: [],
    tasks: [],
    diagnostics: [],
    arguments: ['errors'],
    codec: ['errors'],
    functions: ['errors', 'tasks'],
    waits: ['errors', 'tasks', 'diagnostics', 'arguments'],
    handles: ['errors', 'arguments', 'codec', 'diagnostics', 'waits'],
    messages: ['errors', 'diagnostics', 'codec', 'waits', 'handles'],
  },
  'runtime/primitives': {
    sync: [],
    queues: [],
    pipes: [],
    'shared-values': ['sync'],
    'shared-memory': [],
    threads: [],
  },
  'runtime/services': {
    process: [],
    sockets: [],
    waiting: ['process', 'sockets'],
    pool: ['process'],
    manager: ['process', 'sockets', 'pool'],
  },
  trace: { format: [], writer: ['format'], reader: ['format'] },
  shim: {
    core: [],
    sites: ['core'],
    thread: ['core'],
    children: ['core'],
    sources: ['core', 'sites', 'children'],
    awaits: ['core', 'sites'],
    rest: ['core', 'children', 'sources'],
    context: ['core', 'sites', 'thread', 'children', 'sources', 'awaits', 'rest'],
    atomics: ['core', 'context'],
    ports: ['core', 'sites', 'sources', 'context'],
    ipc: ['core', 'sites', 'children', 'sources', 'context'],
    stdio: ['core', 'sites', 'children', 'sources', 'rest', 'context'],
    probes: [
      'core',
      'sites',
      'thread',
      'children',
      'sources',
      'rest',
      'context',
      'atomics',
      'ipc',
      'ports',
      'stdio',
    ],
  },
  model: {
    types: [],
    words: ['types'],
    state: ['types', 'words'],
    feed: ['types', 'state'],
    findings: ['types', 'words', 'state'],
    timeline: ['types', 'state'],
    views: ['types', 'words', 'state', 'timeline'],
    report: ['types', 'words'],
  },
  'model/findings': { graph: [], kit: ['graph'], rules: ['graph', 'kit'] },
  session: {
    core: [],
    files: ['core'],
    os: ['core'],
    directory: ['core', 'files', 'os'],
    typescript: ['files'],
    node: ['core', 'typescript'],
    launch: ['core', 'files', 'os', 'directory', 'node'],
    tail: ['core', 'directory'],
    export: ['core', 'files', 'tail'],
  },
  untraced: {
    system: [],
    cdp: ['system'],
    facts: ['cdp', 'system'],
    program: ['system', 'cdp', 'facts'],
    report: ['facts', 'program'],
  },
  cli: { arguments: [], screen: [], commands: ['arguments', 'screen'] },
  extension: {
    workbench: [],
    sessions: [],
    worker: [],
    timeline: ['workbench'],
    tree: ['workbench', 'sessions'],
    stacks: ['workbench', 'sessions', 'tree'],
    run: ['workbench', 'sessions'],
    npm: ['workbench', 'sessions'],
    tasks: ['workbench', 'sessions', 'run', 'npm'],
    tests: ['workbench', 'sessions', 'run'],
    terminals: ['workbench', 'sessions', 'run'],
    running: ['workbench', 'sessions', 'stacks', 'run'],
    debug: ['workbench', 'sessions', 'run'],
    inspect: ['workbench', 'sessions', 'tree'],
    alerts: ['workbench', 'sessions', 'tree', 'inspect'],
    agents: ['workbench', 'run'],
    lines: ['workbench', 'sessions'],
    code: ['workbench', 'sessions', 'lines', 'tree'],
    explain: ['workbench', 'sessions', 'inspect'],
    fixes: ['workbench', 'sessions', 'lines'],
    typings: ['workbench'],
    problems: ['workbench', 'sessions', 'inspect', 'alerts', 'lines', 'fixes'],
    packed: ['workbench', 'sessions', 'run', 'timeline'],
    commands: [
      'workbench',
      'sessions',
      'tree',
      'stacks',
      'run',
      'npm',
      'terminals',
      'running',
      'debug',
      'inspect',
      'explain',
      'alerts',
      'packed',
      'typings',
    ],
  },
  webview: {
    core: [],
    dom: [],
    draw: ['core'],
    panels: ['core', 'dom', 'draw'],
    stage: ['core', 'dom', 'draw', 'panels'],
  },
};

/** Folders whose files import none of each other: what they share lies in a layer below. Their index, which lists them, may. */
const PEERS = ['src/shim/probes'];

/**
 * The rules of one table of arrows.
 * @param {string} parent path of the folder that holds the table's folders
 * @param {Record<string, string[]>} table
 */
function arrowsIn(parent, table) {
  const known = Object.entries(table).map(([folder, allowed]) => ({
    name: `arrow-${parent.replace(/^src\/?/, '').replace(/(?<=.)$/, '/')}${folder}`,
    comment: `${parent}/${folder} may import ${allowed.length > 0 ? allowed.join(', ') : 'nothing'} of ${parent}`,
    severity: 'error',
    from: { path: `^${parent}/${folder}/` },
    to: { path: `^${parent}/`, pathNot: `^${parent}/(${[folder, ...allowed].join('|')})/` },
  }));
  const unknown = {
    name: `arrow-unknown-folder-in-${parent}`,
    comment: `every folder of ${parent} has its arrows in this file`,
    severity: 'error',
    from: { path: `^${parent}/[^/]+/`, pathNot: `^${parent}/(${Object.keys(table).join('|')})/` },
    to: {},
  };
  return [...known, unknown];
}

const peers = PEERS.map((folder) => ({
  name: `peers-${folder}`,
  comment: `files of ${folder} import none of each other`,
  severity: 'error',
  from: { path: `^${folder}/`, pathNot: `^${folder}/index\\.ts$` },
  to: { path: `^${folder}/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...arrowsIn('src', ARROWS),
    ...Object.entries(LAYERS).flatMap(([folder, table]) => arrowsIn(`src/${folder}`, table)),
    ...peers,
    {
      name: 'protocol-types-only',
      comment: 'messages are types: the webview must not drag the model in through them',
      severity: 'error',
      from: { path: '^src/protocol/' },
      to: { path: '^src/(trace|model)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'mcp-is-loaded-when-asked',
      comment: 'its bundle is larger than the extension: the extension loads it when an agent asks',
      severity: 'error',
      from: { path: '^src/extension/' },
      to: { path: '^src/mcp/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'verify-by-itself',
      comment: 'what checks the findings must not go wrong where they do: it shares no code with the model',
      severity: 'error',
      from: { path: '^src/verify/' },
      to: { path: '^src/model/', dependencyTypesNot: ['type-only'] },
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
