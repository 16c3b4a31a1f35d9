// What one event costs: encoded, with its time, through each sink, and read back.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
/** Inside the project, so that the bundle finds its FFI library. */
const folder = fs.mkdtempSync(path.join(root, 'dist', 'bench-'));
try {
  const outfile = path.join(folder, 'record.cjs');
  esbuild.buildSync({
    entryPoints: [path.join(root, 'bench', 'trace', 'record.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['koffi'],
    logLevel: 'warning',
  });
  const { stdout, stderr, status } = spawnSync(process.execPath, [outfile], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const { checksum: _, ...results } = JSON.parse(stdout) as Record<string, number>;
  const clock = results['clock alone']!;
  console.log('ns of CPU an operation, and as a multiple of reading the clock');
  for (const [name, ns] of Object.entries(results)) {
    console.log(`${name.padEnd(36)} ${ns.toFixed(1).padStart(8)} ns  ${(ns / clock).toFixed(2)}×`);
  }
} finally {
  fs.rmSync(folder, { recursive: true });
}
