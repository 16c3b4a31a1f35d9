// Runs the suites of suites.ts in a real VS Code by @vscode/test-electron's runTests.
//   node --import tsx test/vscode/harness/run.ts [suite name…]
// Environment: FORKSCOPE_TEST_RESULTS (file that gets a line of JSON a test), FORKSCOPE_TEST_VSIX (the packaged
// extension), FORKSCOPE_TEST_GREP, FORKSCOPE_TEST_VSCODE, FORKSCOPE_TEST_DEBUG.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { endWith } from '../../end.ts';
import { type Suite, suites } from '../suites.ts';
import { bundleTests } from './bundle.ts';
import { chooseVsCodes, type VsCodeKind } from './choose.ts';
import { copyWorkspace, packagedVsix, repository } from './page.ts';
import { testSettings } from './settings.ts';

interface Result {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly error?: string;
}

async function main(names: readonly string[]): Promise<number> {
  const chosen = suites.filter((suite) => names.length === 0 || names.includes(suite.name));
  if (chosen.length === 0) throw new Error(`no suite has a name out of ${names.join(', ')}`);
  const { kinds, missing } = await chooseVsCodes();
  for (const reason of missing) console.log(`VS Code is not to be had as ${reason}`);
  if (kinds.length === 0) {
    record(chosen.map((suite) => ({ name: suite.name, status: 'skipped', error: missing.join('; ') })));
    return 0;
  }
  const pageElsewhere = kinds.some((kind) => kind.hasPage);
  const results: Result[] = [];
  for (const kind of kinds) {
    for (const suite of chosen) {
      const own = await runSuite(suite, kind);
      // What needs the page and is run by the other VS Code is not missing.
      results.push(...own.filter((result) => kind.hasPage || !pageElsewhere || result.status !== 'skipped'));
    }
  }
  record(results);
  return results.some((result) => result.status === 'failed') ? 1 : 0;
}

/** @returns a result a test; a suite that VS Code did not finish has a failed result of its own */
async function runSuite(suite: Suite, kind: VsCodeKind): Promise<Result[]> {
  console.log(`\nsuite ${suite.name} in VS Code (${kind.name})`);
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-suite-'));
  const at = (name: string) => path.join(scratch, name);
  const folder = (relative: string) => path.join(repository, 'test/vscode', relative);
  const copy = copyWorkspace(folder(suite.workspace), suite.examples);
  let problem: string | undefined;
  try {
    const files = await bundleTests(folder(suite.tests), at('tests'));
    if (files === 0) throw new Error(`${suite.tests} has no tests`);
    const profile = [`--user-data-dir=${at('user')}`, `--extensions-dir=${at('extensions')}`];
    mkdirSync(at('user/User'), { recursive: true });
    writeFileSync(at('user/User/settings.json'), JSON.stringify(testSettings(suite.settings), null, 2));
    const installed = suite.extension === 'vsix';
    if (installed) await kind.install(await packagedVsix(), profile);
    await runTests({
      vscodeExecutablePath: kind.executable,
      extensionDevelopmentPath: folder(
        suite.extension === 'vsix' ? 'fixtures/no-extension' : suite.extension.development,
      ),
      extensionTestsPath: at('tests/index.js'),
      extensionTestsEnv: { FORKSCOPE_TEST_RESULTS: at('results') },
      launchArgs: [copy.workspace!, ...profile],
    });
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  const prefix = `${suite.name} (${kind.name}): `;
  const results = readResults(at('results')).map((result) => ({ ...result, name: prefix + result.name }));
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  copy.remove();
  // A failed test makes VS Code's exit code bad too, which is then no news.
  const unexplained = problem && !results.some((result) => result.status === 'failed');
  if (!unexplained && results.length > 0) return results;
  const error = problem ?? 'no test reported a result';
  console.log(`✖ ${prefix}${error}`);
  return [...results, { name: `${prefix}the suite runs to its end`, status: 'failed', error }];
}

const readResults = (file: string): Result[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];

function record(results: readonly Result[]): void {
  const file = process.env.FORKSCOPE_TEST_RESULTS;
  if (file) for (const result of results) appendFileSync(file, `${JSON.stringify(result)}\n`);
}

void endWith(() => main(process.argv.slice(2)));
