import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import type { Framework, TestHome } from './frameworks.ts';

/** How a file's tests are run. */
export interface Invocation {
  readonly cwd: string;
  /** Arguments for Node itself. */
  readonly nodeArgs: readonly string[];
  /** A script and its arguments. */
  readonly target: readonly string[];
}

/**
 * @param results file that gets the results
 * @param reporter the built reporter for `node:test`
 * @throws Error for people where the package is not installed that runs them
 */
export function invocation(
  { framework, folder }: TestHome,
  file: string,
  { results, reporter }: { readonly results: string; readonly reporter: string },
): Invocation {
  if (framework === 'node:test') {
    const reporters = [['spec', 'stdout'] as const, [reporter, results] as const];
    const nodeArgs = reporters.flatMap(([name, to]) => [
      `--test-reporter=${name}`,
      `--test-reporter-destination=${to}`,
    ]);
    return { cwd: folder, nodeArgs, target: [file] };
  }
  const bin = binOf(framework, folder);
  const args =
    framework === 'vitest'
      ? [
          'run',
          file,
          '--reporter=default',
          '--reporter=json',
          `--outputFile.json=${results}`,
          '--includeTaskLocation',
        ]
      : ['--runTestsByPath', file, '--json', `--outputFile=${results}`, '--testLocationInResults'];
  return { cwd: folder, nodeArgs: [], target: [bin, ...args] };
}

/** The script of a package that is installed for a folder, as its `npx` finds it. */
function binOf(name: Exclude<Framework, 'node:test'>, folder: string): string {
  try {
    const at = createRequire(path.join(folder, 'package.json')).resolve(`${name}/package.json`);
    const { bin }: { readonly bin?: string | Readonly<Record<string, string>> } = JSON.parse(
      readFileSync(at, 'utf8'),
    );
    const script = typeof bin === 'string' ? bin : bin?.[name];
    if (script === undefined) throw new Error(`${at}: no bin`);
    return path.join(path.dirname(at), script);
  } catch (cause) {
    throw new Error(l10n.t('{0} is not installed in {1}.', name, folder), { cause });
  }
}
