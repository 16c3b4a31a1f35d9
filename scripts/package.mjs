// Makes the extension file of a platform: `npm run package`, `npm run package -- --target win32-x64`, `-- --all`.
// --out FILE names the result (with one target), --no-build takes dist/ as it is.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { provide } from './lib/cache.mjs';
import { npm, run } from './lib/exec.mjs';
import { root } from './lib/parts.mjs';
import { inspectVsix } from './lib/vsix.mjs';

const require = createRequire(import.meta.url);

/** VS Code's platform → the one that Node and the FFI library name. A Linux package holds glibc's and musl's binary. */
const TARGETS = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'linux-armhf': 'linux-arm',
  'alpine-x64': 'linux-x64',
  'alpine-arm64': 'linux-arm64',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
  'win32-x64': 'win32-x64',
  'win32-arm64': 'win32-arm64',
};
/** @typedef {keyof typeof TARGETS} Target */

/** The FFI library's package for a platform, unpacked: installed here, else fetched by npm. @param {string} platform */
async function nativePackage(platform) {
  const name = `@koromix/koffi-${platform}`;
  const installed = path.join(root, 'node_modules', name);
  if (existsSync(installed)) return installed;
  const { optionalDependencies } = require(path.join(root, 'node_modules/koffi/package.json'));
  const spec = `${name}@${optionalDependencies[name]}`;
  const folder = await provide(`koffi-${platform}`, spec, async (into) => {
    await npm(['pack', spec, '--pack-destination', into], { cwd: into });
    const archive = readdirSync(into).find((file) => file.endsWith('.tgz'));
    if (!archive) throw new Error(`npm pack ${spec} made no archive`);
    await run('tar', ['-xzf', archive], { cwd: into });
  });
  return path.join(folder, 'package');
}

/**
 * vsce packages a staged folder, so that building other targets touches neither dist/ nor programs that run from it.
 * @param {string} stage @param {string} platform
 */
async function fillStage(stage, platform) {
  const entries = readdirSync(root).filter((name) =>
    /^(package(\.nls.*)?\.json|README\.md|CHANGELOG\.md|LICENSE|media|l10n|\.vscodeignore)$/.test(name),
  );
  for (const name of entries) cpSync(path.join(root, name), path.join(stage, name), { recursive: true });
  const native = path.join(root, 'dist', 'native');
  const withoutNative = (/** @type {string} */ file) => !file.startsWith(native);
  cpSync(path.join(root, 'dist'), path.join(stage, 'dist'), { recursive: true, filter: withoutNative });
  const to = path.join(stage, 'dist', 'native', platform);
  mkdirSync(to, { recursive: true });
  cpSync(await nativePackage(platform), to, { recursive: true });
  // Windows has no `ps`: its list of processes comes from a helper of ps-list.
  const vendor = path.join(root, 'node_modules/ps-list/vendor');
  if (platform.startsWith('win32')) cpSync(vendor, path.join(stage, 'dist/vendor'), { recursive: true });
}

/** @param {Target} target @param {string} [out] */
async function makePackage(target, out) {
  const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const file = path.resolve(out ?? path.join(root, `${name}-${target}-${version}.vsix`));
  const stage = mkdtempSync(path.join(os.tmpdir(), 'forkscope-package-'));
  try {
    await fillStage(stage, TARGETS[target]);
    const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
    await run(process.execPath, [vsce, 'package', '--target', target, '--no-dependencies', '--out', file], {
      cwd: stage,
    });
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
  const report = await inspectVsix(file, TARGETS[target], [root, os.homedir()]);
  for (const { name: entry, size } of report.entries) console.log(`${String(size).padStart(9)}  ${entry}`);
  console.log(`${path.relative(process.cwd(), file)}: ${report.entries.length} files, ${report.size} bytes`);
  if (report.problems.length > 0) throw new Error(`${target}:\n  ${report.problems.join('\n  ')}`);
}

async function main() {
  const { values } = parseArgs({
    options: {
      target: { type: 'string', default: `${process.platform}-${process.arch}` },
      all: { type: 'boolean', default: false },
      out: { type: 'string' },
      'no-build': { type: 'boolean', default: false },
    },
  });
  if (!values.all && !(values.target in TARGETS)) {
    throw new Error(`no such target: ${values.target}; there are ${Object.keys(TARGETS).join(', ')}`);
  }
  if (!values['no-build']) await run(process.execPath, ['scripts/build.mjs'], { cwd: root, show: true });
  const targets = /** @type {Target[]} */ (values.all ? Object.keys(TARGETS) : [values.target]);
  for (const target of targets) await makePackage(target, values.all ? undefined : values.out);
}

const results = process.env.FORKSCOPE_TEST_RESULTS;
const record = (/** @type {object} */ result) =>
  results &&
  writeFileSync(results, `${JSON.stringify({ name: 'the package is made and checked', ...result })}\n`);
main().then(
  () => record({ status: 'passed' }),
  (error) => {
    console.error(error.message);
    process.exitCode = 1;
    record({ status: 'failed', error: error.message });
  },
);
