import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Finding, Report } from '../../src/model/types/index.ts';
import { BUNDLES, files, type Ran, scratch, start, until } from './support.ts';

const TIMEOUT = { timeout: 90_000 };

/** How a program takes a lock file (true: it has it), and gives it back. */
const WAYS: Readonly<Record<string, string>> = {
  'fs.promises.open': `
    import { open, rm } from 'node:fs/promises';
    export const take = (file) => open(file, 'wx').then((handle) => handle.close().then(() => true), () => false);
    export const give = (file) => rm(file);`,
  mkdir: `
    import fs from 'node:fs';
    export const take = (file) => new Promise((resolve) => fs.mkdir(file, (error) => resolve(error === null)));
    export const give = (file) => fs.rmdirSync(file);`,
  'writeFileSync wx': `
    import fs from 'node:fs';
    export const take = async (file) => {
      try { fs.writeFileSync(file, String(process.pid), { flag: 'wx' }); return true; } catch { return false; }
    };
    export const give = (file) => fs.unlinkSync(file);`,
};

interface Traced {
  readonly run: Ran;
  findings(): readonly Finding[];
}

/** Runs a program under trace, where one second is enough for a suspicion. */
function traced(t: TestContext, way: string, main: string): Traced {
  const dir = scratch(t);
  files(dir, { 'way.mjs': WAYS[way] ?? '', 'main.mjs': main });
  const json = path.join(dir, 'report.json');
  const options = ['--threshold', 'suspectAfter=1000', '--json', json];
  const run = start(t, process.execPath, [path.join(BUNDLES, 'cli.js'), 'run', ...options, 'main.mjs'], {
    cwd: dir,
  });
  return { run, findings: () => (JSON.parse(readFileSync(json, 'utf8')) as Report).findings };
}

async function interrupted({ run, findings }: Traced): Promise<readonly Finding[]> {
  process.kill(-(run.child.pid ?? 0), 'SIGINT');
  await run.ended;
  return findings();
}

const HEAD = `
import { fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { give, take } from './way.mjs';
const [, , ...args] = process.argv;
const child = (...args) => fork(fileURLToPath(import.meta.url), args);
async function wait(file) { while (!(await take(file))) await sleep(50); }
`;

/** A child takes the lock and is killed; another one waits for it. */
const LEFT = `${HEAD}
if (args[0] === 'first') {
  await sleep(50);
  await wait('job.lock');
  setInterval(() => {}, 1000);
  process.send('has it');
} else if (args[0] === 'second') {
  await wait('job.lock');
} else {
  const first = child('first');
  first.once('message', () => setTimeout(() => first.kill('SIGKILL'), 300));
  first.once('exit', () => child('second'));
}
`;

for (const way of Object.keys(WAYS)) {
  test(`a lock file that a dead process has left is told with its end: ${way}`, TIMEOUT, async (t) => {
    const left = traced(t, way, LEFT);
    await until('it is said', () => left.run.err().includes('stale-lock-file (suspected)'), 40_000);
    const found = await interrupted(left);
    const [finding, more] = found;
    assert.equal(more, undefined, left.run.err());
    assert.equal(finding?.kind, 'stale-lock-file');
    assert.equal(finding.certainty, 'suspected');
    assert.match(
      finding.title,
      /^main\.mjs first was killed by SIGKILL while it held lock file job\.lock, and main\.mjs second waits/,
    );
    assert.ok(finding.sites.some(({ role }) => role === 'acquired'));
    assert.ok(finding.sites.some(({ role }) => role === 'waits'));
  });
}

/** Two children that take two locks in both orders. */
const CROSSED = `${HEAD}
if (args.length > 0) {
  await sleep(50);
  await wait(args[0]);
  while (!existsSync(args[1])) await sleep(50);
  await wait(args[1]);
  give(args[1]);
  give(args[0]);
} else {
  child('a.lock', 'b.lock');
  child('b.lock', 'a.lock');
}
`;

test('lock files that are taken in both orders are a circle', TIMEOUT, async (t) => {
  const crossed = traced(t, 'mkdir', CROSSED);
  await until('it is said', () => crossed.run.err().includes('lock-cycle (suspected)'), 40_000);
  const [finding, more] = await interrupted(crossed);
  assert.equal(more, undefined, crossed.run.err());
  assert.match(finding?.title ?? '', /lock file [ab]\.lock and lock file [ab]\.lock/);
  assert.equal(finding?.chain.length, 2);
});

/** What only looks so: each waits or makes files, for longer than a suspicion needs. */
const FINE: Readonly<Record<string, string>> = {
  'a holder that works for long': `
if (args.length > 0) {
  await sleep(50);
  await wait('job.lock');
  await sleep(2500);
  await give('job.lock');
} else for (const n of ['1', '2', '3']) child(n);`,
  'a stale file that is taken over': `
if (args[0] === 'first') {
  await sleep(50);
  await wait('job.lock');
  process.send('has it');
  setInterval(() => {}, 1000);
} else if (args[0] === 'second') {
  // Some tries first, as long as the old one may still be alive.
  for (let n = 0; n < 5; n++) { await take('job.lock'); await sleep(100); }
  await give('job.lock');
  await wait('job.lock');
  await sleep(3000);
  await give('job.lock');
} else {
  const first = child('first');
  first.once('message', () => setTimeout(() => first.kill('SIGKILL'), 300));
  first.once('exit', () => child('second'));
}`,
  'who gives up': `
if (args[0] === 'first') {
  await sleep(50);
  await wait('job.lock');
  process.send('has it');
  setTimeout(() => process.exit(0), 300);
} else if (args[0] === 'second') {
  await sleep(50);
  for (let n = 0; n < 2; n++) { await take('job.lock'); await sleep(50); }
  await sleep(4000);
} else child('first').once('exit', () => child('second'));`,
  'temporary files': `
if (args.length > 0) {
  await sleep(50);
  for (let n = 0; n < 40; n++) {
    for (let i = 0; i < 20; i++) { await take(args[0] + i); await give(args[0] + i); }
    await take('out' + n);
    await sleep(50);
  }
} else for (const n of ['a', 'b']) child(n);`,
};

for (const [what, source] of Object.entries(FINE)) {
  test(`nothing is said of ${what}`, TIMEOUT, async (t) => {
    const fine = traced(t, 'writeFileSync wx', HEAD + source);
    await fine.run.ended;
    assert.deepEqual(fine.findings(), [], fine.run.err());
  });
}
