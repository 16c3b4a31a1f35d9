// The parts of a test run: each starts a program that reports test by test into a results file.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readResults } from './results.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Groups of the parts that run now; an interrupted test run takes them along. @type {Set<number>} */
const groups = new Set();

/** @param {number} group */
function endGroup(group) {
  try {
    process.kill(process.platform === 'win32' ? group : -group, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.once(signal, () => {
    for (const group of groups) endGroup(group);
    process.exit(130);
  });
}

/**
 * Runs one part. A program that ends badly without a failed test, reports nothing, or takes too long is a failed test
 * of its own.
 * @param {string} part
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, minutes: number, reporter?: boolean }} options
 * @returns {Promise<import('./results.mjs').PartResult>}
 */
export async function runPart(part, command, args, { env, minutes }) {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-results-'));
  const file = path.join(scratch, 'results.jsonl');
  const full = args.map((argument) => (argument === RESULTS ? `--test-reporter-destination=${file}` : argument));
  const start = Date.now();
  console.log(`\n=== ${part}`);
  const problem = await new Promise((resolve) => {
    const child = spawn(command, full, {
      cwd: root,
      env: { ...process.env, ...env, FORKSCOPE_TEST_RESULTS: file },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: process.platform !== 'win32',
    });
    const group = child.pid ?? 0;
    groups.add(group);
    const timer = setTimeout(() => {
      resolve(`did not end within ${minutes} minutes`);
      endGroup(group);
    }, minutes * 60_000);
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      groups.delete(group);
      resolve(code === 0 ? undefined : `ended with ${signal ?? `exit code ${code}`}`);
    });
  });
  const results = readResults(file);
  rmSync(scratch, { recursive: true, force: true });
  const failed = results.some(({ status }) => status === 'failed');
  const bad = results.length === 0 ? (problem ?? 'reported no test') : failed ? undefined : problem;
  if (bad) {
    console.log(`✖ ${part} ${bad}`);
    results.push({ name: 'the part runs to its end', status: 'failed', error: bad });
  }
  return { part, results, seconds: Math.round((Date.now() - start) / 1000) };
}

const RESULTS = '{results}';

/**
 * Arguments of a Node that runs test files by node:test.
 * @param {string[]} files
 * @param {{ concurrency: number, timeoutMs: number }} options the timeout holds for each file, and each test in it
 */
export const nodeTestArguments = (files, { concurrency, timeoutMs }) => [
  '--import',
  'tsx',
  '--test',
  `--test-concurrency=${concurrency}`,
  `--test-timeout=${timeoutMs}`,
  '--test-reporter=spec',
  '--test-reporter-destination=stdout',
  '--test-reporter=./scripts/lib/results-reporter.mjs',
  RESULTS,
  ...files,
];

/** Test files below folders of test/, relative to the root. @param {string[]} folders @param {string[]} [except] */
export function testFiles(folders, except = []) {
  /** @type {string[]} */
  const found = [];
  const walk = (/** @type {string} */ folder) => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory() && !except.includes(name) && entry.name !== 'fixtures') walk(name);
      else if (entry.isFile() && entry.name.endsWith('.test.ts')) found.push(name);
    }
  };
  for (const folder of folders) {
    try {
      walk(folder);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
    }
  }
  return found.sort();
}
