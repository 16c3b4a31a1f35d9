import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EXPECTATIONS, type Expectation, type Run } from './expectations.ts';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const folder = path.join(root, 'examples/tutorials');
/** Before Node strips types by itself, tsx does. */
const loader = Number(process.versions.node.split('.')[0]) >= 24 ? [] : ['--import', 'tsx'];
const LIMIT_MS = 60_000;
const groups = new Set<number>();

after(() => {
  for (const pid of groups) killGroup(pid);
});

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** Runs node in a process group of its own, which is gone afterwards. */
function run(args: readonly string[], second: number): Promise<Run> {
  const env = { ...process.env, TUTORIAL_SECOND: String(second), TUTORIAL_SLACK: '20', FORCE_COLOR: '0' };
  const child = spawn(process.execPath, args, {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const pid = child.pid!;
  groups.add(pid);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (d) => (out += d));
  child.stderr.setEncoding('utf8').on('data', (d) => (err += d));
  const timer = setTimeout(() => killGroup(pid), LIMIT_MS);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      killGroup(pid);
      groups.delete(pid);
      resolve({ out, err, code, lines: out.split('\n').filter((l) => l !== '') });
    });
  });
}

function check(expectation: Expectation, result: Run): void {
  try {
    expectation.check(result);
  } catch (error) {
    throw new Error(`${expectation.file}: exit ${result.code}\n${result.out}\n--- stderr\n${result.err}`, {
      cause: error,
    });
  }
}

describe('the tutorials', { concurrency: 2 }, () => {
  it('has an expectation for each program', () => {
    const files = readdirSync(folder).filter((f) => f.endsWith('.ts'));
    assert.deepEqual(
      EXPECTATIONS.map((e) => `${e.file}.ts`),
      files.sort(),
    );
    assert.equal(files.length, 43);
  });
  for (const expectation of EXPECTATIONS) {
    const file = path.join(folder, `${expectation.file}.ts`);
    const second = expectation.second ?? 100;
    it(`${expectation.file} by itself`, async () => check(expectation, await run([...loader, file], second)));
    it(`${expectation.file} traced`, async () => {
      const cli = [path.join(root, 'dist/cli.js'), 'run', '--no-report', '--node', process.execPath, file];
      check(expectation, await run(cli, second));
    });
  }
});
