// Runs the benchmarks under bench/: all, or those whose path contains an argument. Each prints its own ratios.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const wanted = process.argv.slice(2);
/** Entry points are the files directly in bench/; folders hold what they run. */
const files = readdirSync(path.join(root, 'bench'))
  .filter((file) => /\.(ts|mjs)$/.test(file))
  .map((file) => path.join('bench', file))
  .filter((file) => wanted.length === 0 || wanted.some((word) => file.includes(word)));

if (files.length === 0) {
  console.error(`bench: nothing in bench/ matches ${wanted.join(', ')}`);
  process.exit(2);
}
let failed = 0;
for (const file of files) {
  console.log(`\n# ${file}`);
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', file], { cwd: root, stdio: 'inherit' });
  if (status !== 0) failed++;
}
process.exit(failed === 0 ? 0 : 1);
