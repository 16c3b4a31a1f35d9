import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Report } from '../../src/model/types/index.ts';
import { TRACE_VERSION } from '../../src/trace/format/definitions.ts';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const folder = path.join(root, 'test/fixtures/traces');

/** One trace of each version stays for ever: `forkscope run --on-deadlock kill examples/deadlock.ts`, as it was then. */
test('there is a saved trace of the current version', () => {
  assert.ok(readdirSync(folder).includes(`v${TRACE_VERSION}-deadlock`));
});

for (const name of readdirSync(folder)) {
  test(`${name} is read: the deadlock with its four lines, exact counts`, (t) => {
    const copy = mkdtempSync(path.join(os.tmpdir(), 'forkscope-saved-'));
    t.after(() => rmSync(copy, { recursive: true, force: true }));
    cpSync(path.join(folder, name), copy, { recursive: true });
    const args = [path.join(root, 'dist/cli.js'), 'report', copy, '--json'];
    const report = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Report;
    assert.deepEqual(
      report.processes.map((p) => p.name),
      ['deadlock.ts', 'alice-to-bob', 'bob-to-alice'],
    );
    assert.deepEqual(
      report.channels.map((c) => [c.kind, c.sent, c.received, c.exact]),
      [
        ['pipe', 1, 1, true],
        ['pipe', 1, 1, true],
      ],
    );
    assert.deepEqual(
      report.findings.map((f) => [f.kind, f.certainty]),
      [['lock-cycle', 'certain']],
    );
    const sites = report.findings[0]?.sites.map((s) => `${s.role} ${path.posix.basename(s.file)}:${s.line}`);
    const [waits, acquired] = ['waits deadlock.ts:10', 'acquired deadlock.ts:6'];
    assert.deepEqual(sites, [waits, acquired, waits, acquired]);
  });
}
