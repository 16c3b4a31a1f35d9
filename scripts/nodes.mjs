// Provides other Node versions for the tests, from npm's node-<platform>-<arch> packages (what `npm i node@N` brings,
// without the install script that newer npm versions may refuse to run).
//   node scripts/nodes.mjs 20 24     prints "<major> <path>" a line

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { provide } from './lib/cache.mjs';
import { npm, run } from './lib/exec.mjs';

/** @param {number} major */
const packageOf = (major) => {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  return { name: `node-${platform}-${process.arch}`, spec: `node-${platform}-${process.arch}@${major}` };
};

/**
 * A Node of one major version: this process's own where it fits, else one from the cache.
 * @param {number} major
 * @returns {Promise<string>} path of the executable
 */
export async function provideNode(major) {
  if (Number(process.versions.node.split('.')[0]) === major) return process.execPath;
  return (await provideNodePackage(major)).executable;
}

/**
 * A Node from npm, whatever this process runs on: `root` also holds the headers that native builds need.
 * @param {number} major
 */
export async function provideNodePackage(major) {
  const { name, spec } = packageOf(major);
  const bin = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  const at = (/** @type {string} */ folder) => path.join(folder, 'node_modules', name);
  const folder = await provide(`node-${major}`, spec, async (into) => {
    writeFileSync(path.join(into, 'package.json'), '{"private":true}\n');
    await npm(['install', spec], { cwd: into });
    const version = (await run(path.join(at(into), bin), ['--version'])).trim();
    if (!version.startsWith(`v${major}.`)) throw new Error(`${spec} brought Node ${version}`);
  });
  return { executable: path.join(at(folder), bin), root: at(folder) };
}

/** @param {string[]} majors */
async function main(majors) {
  for (const argument of majors) {
    const major = Number(argument);
    if (!Number.isInteger(major) || major < 18) throw new Error(`not a Node major version: ${argument}`);
    console.log(`${major} ${await provideNode(major)}`);
  }
}

// No top-level await: the tests' TypeScript loader turns this module into CommonJS on Node 20.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
