// Runs the tests, part by part, and ends with the line "N passed, N failed, N skipped".
//   npm test                       build, check, unit tests on this Node and on 20 and 24, browser, VS Code
//   npm test -- --only PART        one of check, unit, browser, vscode (may be repeated)
//   npm test -- --verify           keeps the traces of the tests, and checks every proof in them at the end; also with the others
//   npm run test:long              the long tests on Node 20, 22, 24 and 26, and the unit tests there (in CI: what npm test leaves)
// With CI set, a skipped test is a failure. FORKSCOPE_TEST_DEADLINE (epoch seconds): no part starts after it.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { tryRun } from './lib/exec.mjs';
import { root, runPart, runTestFiles, testFiles } from './lib/parts.mjs';
import { summarize } from './lib/results.mjs';
import { provideNode } from './nodes.mjs';

const PARTS = ['check', 'unit', 'browser', 'vscode'];
const APART = ['test/vscode', 'test/browser', 'test/long'];
/** Runs on one Node alone: VS Code's, the browser's, or whichever builds this. All else is what a user's own Node runs. */
const ON_ONE_NODE = ['model', 'extension', 'webview', 'scripts', 'programs'].map((name) => `test/${name}`);
/** `npm test` runs them on the Node that builds this alone, test:long on the others. */
const OTHERS_LATER = ['cpython', 'tutorials', 'docs', 'hostile', 'fuzz'].map((name) => `test/${name}`);
/** test/long compares the situations as well, and more of them. */
const LONGER_ELSEWHERE = ['test/situations'];
const onEveryNode = () => testFiles(['test'], [...APART, ...ON_ONE_NODE, ...LONGER_ELSEWHERE]);
const SUPPORTED = [20, 24];
const SUPPORTED_LONG = [20, 22, 24, 26];
/**
 * The tests mostly wait, so two processors carry four. The time is for what hangs: with both processors taken by others a file
 * may need ten times as long as alone.
 */
const UNIT = { concurrency: 4, timeoutMs: 600_000 };
/** Thousands of traces are read one after the other. */
const VERIFY = { concurrency: 1, timeoutMs: 30 * 60_000 };
const LONG = { concurrency: 2, timeoutMs: 20 * 60_000 };
/** Long tests of code that no Node runs otherwise than another: on the one that builds this. */
const LONG_ON_ONE_NODE = ['fuzz', 'hostile', 'paused'].map((name) => `test/long/${name}.test.ts`);

const own = Number(process.versions.node.split('.')[0]);
const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-test-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** @type {import('./lib/results.mjs').PartResult[]} */
const parts = [];

/** @param {string} part @param {() => ReturnType<typeof runPart>} start */
async function add(part, start) {
  const deadline = Number(process.env.FORKSCOPE_TEST_DEADLINE ?? Number.POSITIVE_INFINITY);
  if (Date.now() / 1000 > deadline) {
    console.log(`\n=== ${part}: NOT STARTED, no time left`);
    parts.push({ part, results: [], seconds: 0, notStarted: 'no time left' });
    return;
  }
  try {
    parts.push(await start());
  } catch (error) {
    console.log(`✖ ${part}: ${error}`);
    parts.push({
      part,
      seconds: 0,
      results: [{ name: 'the part starts', status: 'failed', error: String(error) }],
    });
  }
}

/**
 * Test files on one Node version.
 * @param {string} name @param {number} major @param {string[]} files
 * @param {{ concurrency: number, timeoutMs: number }} [limits] @param {NodeJS.ProcessEnv} [more]
 */
async function onNode(name, major, files, limits = UNIT, more = {}) {
  if (files.length === 0) return;
  const part = `${name} (Node ${major})`;
  await add(part, async () => {
    const node = await provideNode(major);
    const PATH = `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}`;
    return runTestFiles(part, node, files, { ...limits, env: { PATH, ...more } });
  });
}

async function unit() {
  await onNode('unit', own, testFiles(['test'], APART));
  const elsewhere = testFiles(['test'], [...APART, ...ON_ONE_NODE, ...LONGER_ELSEWHERE, ...OTHERS_LATER]);
  for (const major of SUPPORTED) if (major !== own) await onNode('unit', major, elsewhere);
}

/** In pages of a Chromium, without VS Code. */
async function browser() {
  await onNode('browser', own, testFiles(['test/browser']), { concurrency: 1, timeoutMs: 300_000 });
}

async function vscode() {
  const env = { FORKSCOPE_TEST_VSIX: path.join(scratch, 'forkscope.vsix') };
  if (existsSync(path.join(root, 'src/extension/extension.ts'))) {
    const args = ['scripts/package.mjs', '--no-build', '--out', env.FORKSCOPE_TEST_VSIX];
    await add('package', () => runPart('package', process.execPath, args, { minutes: 5 }));
  }
  const suites = ['--import', 'tsx', 'test/vscode/harness/run.ts'];
  await add('vscode suites', () => runPart('vscode suites', process.execPath, suites, { minutes: 25, env }));
  await onNode(
    'vscode pages',
    own,
    testFiles(['test/vscode/page']),
    { concurrency: 1, timeoutMs: 600_000 },
    env,
  );
}

/** The unit tests first: they take a few minutes a Node, and a deadline leaves what stands last. */
async function long() {
  for (const major of SUPPORTED_LONG)
    await onNode('unit', major, process.env.CI ? left(major) : onEveryNode());
  if (process.env.CI)
    console.log(`\nunit tests that npm test runs are left out; without CI set they run here too`);
  const files = testFiles(['test/long']);
  const everywhere = files.filter((file) => !LONG_ON_ONE_NODE.includes(file));
  for (const major of SUPPORTED_LONG) await onNode('long', major, major === own ? files : everywhere, LONG);
  if (!SUPPORTED_LONG.includes(own)) await onNode('long', own, LONG_ON_ONE_NODE, LONG);
}

/** The unit tests that `npm test` does not run on a Node. @param {number} major */
function left(major) {
  if (major === own) return [];
  return SUPPORTED.includes(major) ? testFiles(OTHERS_LATER) : onEveryNode();
}

const check = () =>
  add('check', () => runPart('check', process.execPath, ['scripts/check.mjs'], { minutes: 15 }));

/**
 * What is shown on a screen mostly waits for it, so the unit tests run beside it; in CI, which tells more when nothing competes
 * for the processors, after it.
 * @param {string[]} chosen
 */
async function usual(chosen) {
  if (chosen.includes('check')) await check();
  const shown = async () => {
    if (chosen.includes('browser')) await browser();
    if (chosen.includes('vscode')) await vscode();
  };
  const first = shown();
  if (process.env.CI) await first;
  await Promise.all([first, chosen.includes('unit') && unit()]);
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    long: { type: 'boolean' },
    verify: { type: 'boolean' },
  },
});
const unknown = values.only?.filter((part) => !PARTS.includes(part)) ?? [];
if (unknown.length > 0) throw new Error(`--only takes ${PARTS.join(', ')}; not ${unknown.join(', ')}`);

if (values.verify) process.env.FORKSCOPE_TEST_TRACES ??= path.join(scratch, 'traces');
const build = await tryRun(process.execPath, ['scripts/build.mjs'], { cwd: root, show: true });
if (build.code !== 0) {
  parts.push({ part: 'build', seconds: 0, results: [{ name: 'npm run build', status: 'failed' }] });
} else if (values.long) {
  await long();
} else {
  await usual(values.only ?? PARTS);
}
if (values.verify && build.code === 0)
  await onNode('verify', own, [path.join('test', 'verify', 'kept-traces.ts')], VERIFY);
process.exitCode = summarize(parts, Boolean(process.env.CI));
