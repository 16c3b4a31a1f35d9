// The module that VS Code loads as its tests: runs the bundled test files beside it by Mocha, in the extension host.
import { appendFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';
import { hasPage, inPage } from './suite.ts';

const TIMEOUT_MS = 240_000;

export async function run(): Promise<void> {
  const only = process.env.FORKSCOPE_TEST_GREP;
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: TIMEOUT_MS,
    reporter: Reporter,
    ...(only ? { grep: only } : {}),
  });
  for (const file of readdirSync(__dirname))
    if (file.endsWith('.test.js')) mocha.addFile(path.join(__dirname, file));
  const failures = await new Promise<number>((resolve) => {
    mocha.rootHooks({ afterEach: screenshotOfFailure });
    mocha.run(resolve);
  });
  if (failures > 0) throw new Error(`${failures} tests failed`);
}

async function screenshotOfFailure(this: Mocha.Context): Promise<void> {
  const test = this.currentTest;
  if (!hasPage || test?.state !== 'failed') return;
  const file = await inPage((workbench, name) => workbench.screenshot(name), `failed-${test.fullTitle()}`);
  console.log(`      screenshot: ${file}`);
}

/** Test by test: a line on the driver's console, and a line in the results file that scripts/test.mjs counts. */
class Reporter extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    report(runner);
  }
}

function report(runner: Mocha.Runner): void {
  const record = (test: Mocha.Test, status: 'passed' | 'failed' | 'skipped', error?: Error) => {
    const mark = { passed: '✔', failed: '✖', skipped: '﹣' }[status];
    console.log(
      `${mark} ${test.titlePath().join(' › ')} (${test.duration ?? 0} ms)${status === 'skipped' ? ' # SKIPPED' : ''}`,
    );
    if (error) console.log(String(error.stack ?? error));
    const file = process.env.FORKSCOPE_TEST_RESULTS;
    const line = { name: test.titlePath().join(' › '), status, error: error?.message };
    if (file) appendFileSync(file, `${JSON.stringify(line)}\n`);
  };
  runner.on('pass', (test) => record(test, 'passed'));
  runner.on('fail', (test, error) => record(test, 'failed', error));
  runner.on('pending', (test) => record(test, 'skipped'));
}
