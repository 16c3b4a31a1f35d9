// What a test run says about itself is right: failures, crashes, hangs and skips are all counted and fail the run.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { tryRun } from '../../scripts/lib/exec.mjs';

const root = path.resolve(__dirname, '../..');
const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-results-test-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs one test file as a part of its own and returns the summary's exit code and text. */
async function runAsPart(text: string, strict = false, timeoutMs = 60_000) {
  const file = path.join(scratch, `${Math.random().toString(36).slice(2)}.test.mjs`);
  writeFileSync(file, `import { it, describe } from 'node:test';\n${text}`);
  const script = `
    import { runTestFiles } from ${JSON.stringify(path.join(root, 'scripts/lib/parts.mjs'))};
    import { summarize } from ${JSON.stringify(path.join(root, 'scripts/lib/results.mjs'))};
    const files = [${JSON.stringify(file)}];
    const options = { concurrency: 1, timeoutMs: ${timeoutMs} };
    process.exitCode = summarize([await runTestFiles('it', process.execPath, files, options)], ${strict});`;
  const { code, output } = await tryRun(process.execPath, ['--input-type=module', '-e', script], {
    cwd: root,
  });
  return { code, output, closing: output.trimEnd().split('\n').at(-1) };
}

/** A killed process stays as a zombie until somebody asks for its exit code: that counts as ended. */
async function ended(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 50));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const status = `/proc/${pid}/status`;
    return !existsSync(status) || !/^State:\s+Z/m.test(readFileSync(status, 'utf8'));
  } catch {
    return false;
  }
}

describe('a test run', () => {
  it('counts passed tests, nested ones too', async () => {
    const run = await runAsPart(
      "describe('a', () => { it('b', () => {}); it('c', () => {}); }); it('d', () => {});",
    );
    assert.equal(run.closing, '3 passed, 0 failed, 0 skipped', run.output);
    assert.equal(run.code, 0);
  });

  it('fails with a failed test and names it', async () => {
    const run = await runAsPart("describe('a', () => it('b', () => { throw new Error('reason'); }));");
    assert.equal(run.closing, '0 passed, 1 failed, 0 skipped', run.output);
    assert.match(run.output, /FAILED: it: .*a › b: reason/);
    assert.equal(run.code, 1);
  });

  it('shows in its summary what was expected, and the line of the test', async () => {
    const run = await runAsPart(
      "import assert from 'node:assert/strict';\nit('b', () => {\n  assert.deepEqual([1], [2]);\n});",
    );
    const summary = run.output.slice(run.output.indexOf('Summary'));
    assert.match(summary, /FAILED: it: .*b: Expected values.*\n(?: {6}.*\n)* {6}\+ +1\n {6}- +2\n/);
    assert.match(summary, / {6}at .*test\.mjs:4:10/);
  });

  it('gives a file that fails no second try', async () => {
    const runs = path.join(scratch, 'runs');
    const text = `import { appendFileSync } from 'node:fs';
      appendFileSync(${JSON.stringify(runs)}, 'x');
      it('a', () => { throw new Error('always'); });`;
    const run = await runAsPart(text);
    assert.equal(run.closing, '0 passed, 1 failed, 0 skipped', run.output);
    assert.equal(run.code, 1);
    assert.equal(readFileSync(runs, 'utf8'), 'x');
  });

  it('fails when a file crashes', async () => {
    const run = await runAsPart(
      "it('a', () => {}); setTimeout(() => process.exit(7), 50); it('b', () => new Promise(() => setTimeout(() => {}, 1e6)));",
    );
    assert.match(run.closing ?? '', /[1-9] failed/, run.output);
    assert.equal(run.code, 1);
  });

  it('fails when a file hangs, after its time', async () => {
    const run = await runAsPart("it('a', () => {}); setInterval(() => {}, 1e6);", false, 3_000);
    assert.match(run.closing ?? '', /[1-9] failed/, run.output);
    assert.equal(run.code, 1);
  });

  it('ends what a file left behind', async () => {
    const pidFile = path.join(scratch, 'pid');
    const run = await runAsPart(`
      import { spawn } from 'node:child_process';
      import { writeFileSync } from 'node:fs';
      it('a', () => {
        const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'inherit' });
        writeFileSync(${JSON.stringify(pidFile)}, String(child.pid));
        child.unref();
      });`);
    assert.equal(run.closing, '1 passed, 0 failed, 0 skipped', run.output);
    await ended(Number(readFileSync(pidFile, 'utf8')));
  });

  it('shows skipped tests loudly, and fails where that is asked for', async () => {
    const skipping = "it('a', () => {}); it('b', { skip: 'no strace' }, () => {});";
    const run = await runAsPart(skipping);
    assert.equal(run.closing, '1 passed, 0 failed, 1 skipped', run.output);
    assert.match(run.output, /SKIPPED: it: .*b: no strace/);
    assert.equal(run.code, 0);
    assert.equal((await runAsPart(skipping, true)).code, 1);
  });

  it('does not fail for tests of another platform', async () => {
    const run = await runAsPart("it('a', () => {}); it('b', { skip: 'only on Windows' }, () => {});", true);
    assert.equal(run.code, 0, run.output);
  });

  it('prints the lines of a program after the name of its part, also one without an end', async () => {
    const script = `
      import { runPart } from ${JSON.stringify(path.join(root, 'scripts/lib/parts.mjs'))};
      await runPart('it', process.execPath, ['-e', 'process.stdout.write("one\\\\ntwo")'], { minutes: 1 });`;
    const { output } = await tryRun(process.execPath, ['--input-type=module', '-e', script], { cwd: root });
    assert.match(output, /^it: one\nit: two\n/m);
  });

  it('fails when there is no test', async () => {
    const run = await runAsPart('process.exit(0);');
    assert.equal(run.code, 1, run.output);
  });
});
