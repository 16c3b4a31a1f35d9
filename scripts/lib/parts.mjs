// The parts of a test run: each starts programs that report test by test into a results file.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readResults } from './results.mjs';

/** @typedef {import('./results.mjs').Result} Result */
/** @typedef {import('./results.mjs').PartResult} PartResult */

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Process groups of the programs that run now; an interrupted test run takes them along. @type {Set<number>} */
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
 * Starts a program in a group of its own, waits for its end and ends what it left behind.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env: NodeJS.ProcessEnv, timeoutMs: number, output: (text: string) => void }} options
 * @returns {Promise<string | undefined>} what went wrong
 */
function supervise(command, args, { env, timeoutMs, output }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    });
    const group = child.pid;
    if (group !== undefined) groups.add(group);
    const end = (/** @type {string | undefined} */ problem) => {
      clearTimeout(timer);
      if (group !== undefined) {
        endGroup(group);
        groups.delete(group);
      }
      // With the group gone the pipes close; a process that left the group may hold them open.
      const patience = setTimeout(() => resolve(problem), 2_000);
      child.once('close', () => {
        clearTimeout(patience);
        resolve(problem);
      });
    };
    const timer = setTimeout(() => end(`did not end within ${Math.round(timeoutMs / 1000)} s`), timeoutMs);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', output);
      stream.once('end', () => output('\n'));
    }
    child.once('error', (error) => end(error.message));
    child.once('exit', (code, signal) =>
      end(code === 0 ? undefined : `ended with ${signal ?? `exit code ${code}`}`),
    );
  });
}

/**
 * Results of a program, which has a failed test of its own when it ends badly without one, or reports nothing.
 * @param {string} file
 * @param {string} name
 * @param {string | undefined} problem
 * @returns {Result[]}
 */
function resultsOf(file, name, problem) {
  const results = readResults(file);
  const isExplained = results.some(({ status }) => status === 'failed');
  const error = results.length === 0 ? (problem ?? 'has no tests') : isExplained ? undefined : problem;
  if (error) console.log(`✖ ${name} ${error}`);
  return error ? [...results, { name, status: 'failed', error }] : results;
}

/** @template T @param {(folder: string) => Promise<T>} use */
async function withScratch(use) {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-results-'));
  try {
    return await use(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Prints whole lines after the name of the part that they come from: others run beside it. @param {string} part */
function named(part) {
  let rest = '';
  return (/** @type {string} */ text) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') console.log(`${part}: ${line}`);
  };
}

/**
 * Runs a program that is a part by itself; FORKSCOPE_TEST_RESULTS tells it where its results go.
 * @param {string} part
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, minutes: number }} options
 * @returns {Promise<PartResult>}
 */
export function runPart(part, command, args, { env, minutes }) {
  return withScratch(async (scratch) => {
    const start = Date.now();
    const file = path.join(scratch, 'results');
    console.log(`\n=== ${part}`);
    const all = { ...env, FORKSCOPE_TEST_RESULTS: file };
    const output = named(part);
    const problem = await supervise(command, args, { env: all, timeoutMs: minutes * 60_000, output });
    const results = resultsOf(file, part, problem);
    return { part, results, seconds: Math.round((Date.now() - start) / 1000) };
  });
}

/**
 * Runs test files of node:test, each in a process of its own. (Node's own runner, `node --test`, does not end a file
 * that hangs.)
 * @param {string} part
 * @param {string} node
 * @param {string[]} files relative to the root
 * @param {{ env?: NodeJS.ProcessEnv, concurrency: number, timeoutMs: number }} options the timeout is for a file
 * @returns {Promise<PartResult>}
 */
export function runTestFiles(part, node, files, { env, concurrency, timeoutMs }) {
  return withScratch(async (scratch) => {
    const start = Date.now();
    console.log(`\n=== ${part}: ${files.length} files`);
    /** @type {Result[][]} */
    const results = files.map(() => []);
    const waiting = files.map((file, index) => ({ file, index }));
    const worker = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const destination = path.join(scratch, String(next.index));
        results[next.index] = await runTestFile(node, next.file, destination, { env, timeoutMs });
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    return { part, results: results.flat(), seconds: Math.round((Date.now() - start) / 1000) };
  });
}

/**
 * @param {string} node
 * @param {string} file
 * @param {string} destination
 * @param {{ env?: NodeJS.ProcessEnv | undefined, timeoutMs: number }} options
 */
async function runTestFile(node, file, destination, { env, timeoutMs }) {
  const reporters = [
    ['spec', 'stdout'],
    ['./scripts/lib/results-reporter.mjs', destination],
  ].flatMap(([name, to]) => [`--test-reporter=${name}`, `--test-reporter-destination=${to}`]);
  const start = Date.now();
  let text = '';
  const problem = await supervise(node, ['--import', 'tsx', ...reporters, file], {
    env: { ...env, NODE_TEST_CONTEXT: undefined },
    timeoutMs,
    output: (data) => {
      text += data;
    },
  });
  const lines = text.split('\n').filter((line) => line && !line.startsWith('ℹ '));
  console.log(`\n--- ${file} (${((Date.now() - start) / 1000).toFixed(1)} s)\n${lines.join('\n')}`);
  return resultsOf(destination, file, problem).map((result) =>
    result.name === file ? result : { ...result, name: `${file}: ${result.name}` },
  );
}

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
