import { readdirSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { repository } from './page.ts';

/**
 * Bundles the tests of a folder for the extension host.
 * @param folder whose `*.test.ts` are taken
 * @param into gets `index.js`, whose `run()` runs them, and one bundle a test file
 * @returns how many test files there are
 */
export async function bundleTests(folder: string, into: string): Promise<number> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.test.ts'));
  const tests = files.map((file) => ({ in: path.join(folder, file), out: path.basename(file, '.ts') }));
  await build({
    entryPoints: [{ in: path.join(__dirname, 'entry.ts'), out: 'index' }, ...tests],
    outdir: into,
    absWorkingDir: repository,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    sourcemap: 'inline',
    external: ['vscode'],
    logLevel: 'warning',
    plugins: [
      {
        // One Mocha for all bundles: the one of the repository, which the temporary folder cannot find by itself.
        name: 'mocha',
        setup: ({ onResolve }) => {
          onResolve({ filter: /^mocha$/ }, () => ({ path: require.resolve('mocha'), external: true }));
        },
      },
    ],
  });
  return files.length;
}
