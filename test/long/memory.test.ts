import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { Report } from '../../src/model/types/index.ts';

const ROOT = path.resolve(__dirname, '../..');
const REQUESTS = 1_500_000;
/** Megabytes that the launcher may take, however many messages there are. */
const MOST = 120;

test(`the launcher stays below ${MOST} MB for 3,000,000 messages, and its counts are exact`, {
  skip: process.platform !== 'linux' && 'memory is read from /proc',
}, async () => {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-memory-'));
  try {
    const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
    const json = path.join(scratch, 'report.json');
    const options = ['--no-report', '--json', json, '--trace', path.join(scratch, 'trace')];
    const program = path.join(ROOT, 'test/fixtures/long/requests.cjs');
    const cli = path.join(ROOT, 'dist/cli.js');
    const args = [cli, 'run', ...options, '--node', process.execPath, program, String(REQUESTS)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    assert.ok(Number(stdout) > 0 && Number(stdout) <= MOST, `${stdout} MB`);
    const { channels, exact }: Report = JSON.parse(readFileSync(json, 'utf8'));
    assert.ok(exact);
    const counts = channels
      .filter(({ kind }) => kind === 'ipc')
      .map(({ sent, received }) => [sent, received]);
    assert.deepEqual(counts, [
      [REQUESTS, REQUESTS],
      [REQUESTS, REQUESTS],
    ]);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});
