// The types of the package `forkscope` as one file: for the editor, which adds it to projects that have not installed the package.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './parts.mjs';

const TOOL = path.join(root, 'node_modules/dts-bundle-generator/dist/bin/dts-bundle-generator.js');
const OPTIONS = ['--no-banner', '--no-check', '--silent', '--export-referenced-types=false'];

/**
 * Rolls the declarations of `types` up into one module. It takes seconds: what is made of the same declarations stays as it is.
 * @param {string} types folder of the declarations @param {string} out @param {string} version of the package
 */
export function writeRuntimeTypes(types, out, version) {
  const names = readdirSync(types, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.d.ts'))
    .sort();
  const hash = createHash('sha256');
  for (const name of names) hash.update(name).update(readFileSync(path.join(types, name)));
  const head = `// Types of forkscope ${version}; made of ${hash.digest('hex').slice(0, 12)}\n`;
  if (existsSync(out) && readFileSync(out, 'utf8').startsWith(head)) return;
  if (!existsSync(TOOL)) {
    console.warn(
      'build: dts-bundle-generator is not installed; the editor has no types to add without it (npm ci)',
    );
    return;
  }
  const project = ['--project', path.join(root, 'src/runtime/tsconfig.json')];
  const { status, stderr } = spawnSync(
    process.execPath,
    [TOOL, ...OPTIONS, ...project, '--out-file', out, path.join(types, 'runtime', 'index.d.ts')],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`the types of the runtime could not be put into one file: ${stderr}`);
  writeFileSync(out, head + readFileSync(out, 'utf8'));
}
