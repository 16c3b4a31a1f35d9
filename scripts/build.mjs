// Bundles every part of Forkscope into dist/. `--watch` rebuilds on change, `--clean` empties dist/ first.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import { builtins, lazyWidth } from './lib/builtins.mjs';
import { installed, noticesOf, packagesOf } from './lib/notices.mjs';
import { capturedPrimordials } from './lib/primordials.mjs';
import { writeRuntimeTypes } from './lib/runtime-types.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const dist = path.join(root, 'dist');
const require = createRequire(import.meta.url);
const watch = process.argv.includes('--watch');
/** `--only runtime`: just the bundles whose path contains that. */
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined;
const { version, dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const missing = Object.keys(dependencies).filter(
  (name) => !existsSync(path.join(root, 'node_modules', name)),
);
if (missing.length > 0) {
  console.error(`build: not installed: ${missing.join(', ')}; package.json names them: run “npm ci” first`);
  process.exit(1);
}

/** Node bundles have no `external: ['vscode']`, so that an import of it outside the extension fails the build. */
const node = {
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  bundle: true,
  absWorkingDir: root,
  logLevel: 'warning',
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'external',
  plugins: [builtins, lazyWidth],
  // Libraries that are ES modules find their files by it, here beside the bundle.
  define: { __FORKSCOPE_VERSION__: JSON.stringify(version), 'import.meta.url': '__forkscopeModuleUrl' },
  banner: { js: "const __forkscopeModuleUrl = require('node:url').pathToFileURL(__filename).href;" },
};
/** For bundles that tell what a kind of finding means. */
const explaining = {
  ...node.define,
  __FORKSCOPE_FINDINGS__: JSON.stringify(readFileSync(path.join(root, 'docs/findings.md'), 'utf8')),
};
/** Preloads and what programs import: nothing in them asks where it is, and every program loads them. */
const program = { ...node, define: { __FORKSCOPE_VERSION__: JSON.stringify(version) }, banner: {} };
const webview = {
  platform: 'browser',
  target: 'es2022',
  format: 'esm',
  bundle: true,
  absWorkingDir: root,
  logLevel: 'warning',
  sourcemap: 'linked',
  sourcesContent: false,
  minify: true,
};
const primordials = capturedPrimordials(
  ['shim', 'trace', 'shm', 'base'].map((name) => path.join(root, 'src', name)),
);
const bundles = [
  {
    ...node,
    entryPoints: ['src/extension/extension.ts'],
    outfile: 'dist/extension.cjs',
    external: ['vscode'],
    define: explaining,
  },
  { ...node, entryPoints: ['src/extension/worker.ts'], outfile: 'dist/worker.cjs' },
  {
    ...node,
    entryPoints: ['src/cli/main.ts'],
    outfile: 'dist/cli.js',
    banner: { js: `#!/usr/bin/env node\n${node.banner.js}` },
  },
  // A file of its own, loaded by `forkscope mcp` alone: its libraries are larger than all the rest.
  {
    ...node,
    entryPoints: ['src/mcp/start.ts'],
    outfile: 'dist/mcp.cjs',
    minify: true,
    sourcemap: false,
    define: explaining,
  },
  // Minified: every traced process compiles the first, and where it has no compiled code the second.
  { ...program, entryPoints: ['src/shim/preload.ts'], outfile: 'dist/shim.cjs', minify: true },
  {
    ...program,
    entryPoints: ['src/shim/start.ts'],
    outfile: 'dist/core-shim.cjs',
    banner: { js: `(function (exports, require, module) {${primordials.code}` },
    define: { ...program.define, ...primordials.define },
    footer: { js: '})' },
    minify: true,
  },
  { ...program, entryPoints: ['src/shim/make-cache.ts'], outfile: 'dist/make-shim-cache.cjs', minify: true },
  {
    ...program,
    entryPoints: ['src/runtime/index.ts'],
    outfile: 'dist/runtime.cjs',
    external: ['koffi'],
    // Every process reads and compiles it. Names stay: users see those of classes. Lines too: Node prints the whole line
    // that an uncaught error was thrown at.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 120,
  },
  {
    ...program,
    entryPoints: ['src/reporter/node-test.ts'],
    outfile: 'dist/node-test-reporter.mjs',
    format: 'esm',
    plugins: [],
    minify: true,
  },
  // Preloads of programs in TypeScript. TypeScript itself is a file of its own, loaded for what is not in the cache.
  {
    ...program,
    entryPoints: ['src/session/typescript/register.ts'],
    outfile: 'dist/typescript-register.cjs',
    minify: true,
  },
  {
    ...program,
    entryPoints: ['src/session/typescript/register-forkscope.ts'],
    outfile: 'dist/forkscope-register.cjs',
    minify: true,
  },
  {
    ...program,
    entryPoints: ['src/session/typescript/async-hooks.ts'],
    outfile: 'dist/loader-hooks.mjs',
    format: 'esm',
    plugins: [],
    minify: true,
  },
  {
    ...program,
    entryPoints: ['src/session/typescript/transformer.ts'],
    outfile: 'dist/typescript-transformer.cjs',
    minify: true,
    sourcemap: false,
  },
  { ...webview, entryPoints: ['src/webview/timeline.ts'], outfile: 'dist/webview/timeline.js' },
  { ...webview, entryPoints: ['src/webview/inspector.ts'], outfile: 'dist/webview/inspector.js' },
]
  .filter((b) => existsSync(path.join(root, b.entryPoints[0])))
  .filter((b) => only === undefined || b.outfile?.includes(only));

/** The FFI library's prebuilt binary for this platform, so that the bundles work with no node_modules beside them. */
function copyNative() {
  const name = `@koromix/koffi-${process.platform}-${process.arch}`;
  const to = path.join(dist, 'native', `${process.platform}-${process.arch}`);
  try {
    const from = path.dirname(require.resolve(`${name}/package.json`));
    // Programs may be running from an earlier build: what is right already stays as it is.
    if (isCopied(from, to)) return;
    mkdirSync(to, { recursive: true });
    cpSync(from, to, { recursive: true });
  } catch {
    console.warn(`build: ${name} is not installed; shared memory needs it at run time`);
  }
}

function isCopied(from, to) {
  const manifest = (folder) => readFileSync(path.join(folder, 'package.json'), 'utf8');
  return existsSync(path.join(to, 'index.js')) && manifest(from) === manifest(to);
}

/** ps-list's helper for Windows, which has no `ps`. */
function copyProcessLister() {
  const vendor = path.join(path.dirname(require.resolve('ps-list')), 'vendor');
  if (process.platform === 'win32') cpSync(vendor, path.join(dist, 'vendor'), { recursive: true });
}

/**
 * The ESM entry re-exports the CommonJS file: one runtime instance a thread, whichever way it is loaded. By `require`: an
 * import would first scan the whole file for its exports, which takes 5 (Node 24) to 20 ms (Node 20) in every process.
 */
function writeEsmEntry() {
  const names = Object.keys(require(path.join(dist, 'runtime.cjs'))).filter(
    (n) => n !== 'default' && !n.startsWith('__'),
  );
  const lines = [
    "import { createRequire } from 'node:module';",
    "const runtime = createRequire(import.meta.url)('./runtime.cjs');",
    `export const { ${names.join(', ')} } = runtime;`,
    '',
  ];
  writeFileSync(path.join(dist, 'runtime.mjs'), lines.join('\n'));
  // The child's entry is the same file too: its user's modules share the instance. Node ≥ 24 keeps stripped TypeScript and
  // compiled code, the runtime's own too: a child's start then costs what plain JavaScript does.
  const child = [
    "const { enableCompileCache } = require('node:module');",
    "if (Number(process.versions.node.split('.')[0]) >= 24) enableCompileCache();",
    "require('./runtime.cjs').__runChild();",
    '',
  ];
  writeFileSync(path.join(dist, 'runtime-child.cjs'), child.join('\n'));
}

/** What a TypeScript program that installed the package compiles against. */
function writeTypes() {
  const tsc = path.join(path.dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  // What has been moved must not stay.
  rmSync(path.join(dist, 'types'), { recursive: true, force: true });
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'src/runtime/tsconfig.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('the types of the runtime could not be written');
  writeRuntimeTypes(path.join(dist, 'types'), path.join(dist, 'forkscope.d.ts'), version);
}

/** @param {string[]} inputs files that the bundles were made of */
function writeNotices(inputs) {
  const folders = [...new Set([...packagesOf(inputs), ...installed(root, 'koffi')])];
  writeFileSync(path.join(dist, 'THIRD-PARTY-NOTICES.txt'), noticesOf(root, folders));
}

if (process.argv.includes('--clean')) rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
copyNative();
copyProcessLister();
if (watch) {
  for (const options of bundles) await (await esbuild.context(options)).watch();
} else {
  const built = await Promise.all(bundles.map((options) => esbuild.build({ ...options, metafile: true })));
  if (existsSync(path.join(dist, 'runtime.cjs'))) writeEsmEntry();
  if (only === undefined) {
    writeNotices(built.flatMap(({ metafile }) => Object.keys(metafile.inputs)));
    writeTypes();
  }
}
