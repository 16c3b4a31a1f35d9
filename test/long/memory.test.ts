import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { Report } from '../../src/model/types/index.ts';

const ROOT = path.resolve(__dirname, '../..');
const REQUESTS = 1_500_000;
/** Megabytes that a process may take, however many messages there are. */
const MOST_LAUNCHER = 120;
/** Megabytes for 3,000,000 messages whose slices and arrows can be looked at. */
const MOST_TIMELINE = 250;

describe('memory for 3,000,000 messages', {
  skip: process.platform !== 'linux' && 'memory is read from /proc',
}, () => {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-memory-'));
  const trace = path.join(scratch, 'trace');
  after(() => rmSync(scratch, { recursive: true, force: true }));

  test(`the launcher stays below ${MOST_LAUNCHER} MB, and its counts are exact`, async () => {
    const json = path.join(scratch, 'report.json');
    const options = ['--no-report', '--json', json, '--trace', trace, '--node', process.execPath];
    const program = path.join(ROOT, 'test/fixtures/long/requests.cjs');
    const launcher = path.join(ROOT, 'dist/cli.js');
    assertMegabytes(await node(launcher, 'run', ...options, program, String(REQUESTS)), MOST_LAUNCHER);
    const { channels, exact }: Report = JSON.parse(readFileSync(json, 'utf8'));
    assert.ok(exact);
    const counts = channels
      .filter(({ kind }) => kind === 'ipc')
      .map(({ sent, received }) => [sent, received]);
    assert.deepEqual(counts, [
      [REQUESTS, REQUESTS],
      [REQUESTS, REQUESTS],
    ]);
  });

  test(`the editor's thread with the timeline stays below ${MOST_TIMELINE} MB`, async () => {
    const opening = path.join(ROOT, 'test/fixtures/long/open-trace.cjs');
    assertMegabytes(await node(opening, path.join(ROOT, 'dist/worker.cjs'), trace), MOST_TIMELINE);
  });
});

async function node(...args: string[]): Promise<string> {
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
  return (await promisify(execFile)(process.execPath, args, { env })).stdout;
}

function assertMegabytes(told: string, most: number): void {
  assert.ok(Number(told) > 0 && Number(told) <= most, `${told} MB`);
}
