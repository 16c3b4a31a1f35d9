// A thread that native code keeps asleep, by the system's own look at it; and what looks like that.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Finding, Report } from '../../src/model/types/index.ts';
import { BUNDLES, files, ROOT, scratch, start, until } from './support.ts';

const TIMEOUT = { timeout: 120_000, skip: process.platform !== 'linux' && 'no other system tells' };
const KOFFI = JSON.stringify(path.join(ROOT, 'node_modules/koffi'));

/** Main does `what` when a child has asked it something, and answers then. */
const program = (what: string) => `
const { execFile, execFileSync, fork } = require('node:child_process');
const { openSync, readSync } = require('node:fs');
if (process.argv[2] === 'child') {
  process.send('may I?');
  process.once('message', () => process.disconnect());
} else {
  const sleep = require(${KOFFI}).load('libc.so.6').func('unsigned int sleep(unsigned int)');
  const child = fork(__filename, ['child']);
  child.on('message', () => {
    ${what}
    child.send('yes');
  });
}
`;

function traced(t: TestContext, what: string) {
  const dir = scratch(t);
  files(dir, { 'main.cjs': program(what) });
  const json = path.join(dir, 'report.json');
  const options = ['--threshold', 'suspectAfter=1500', '--json', json];
  const run = start(t, process.execPath, [path.join(BUNDLES, 'cli.js'), 'run', ...options, 'main.cjs'], {
    cwd: dir,
  });
  const findings = (): readonly Finding[] => (JSON.parse(readFileSync(json, 'utf8')) as Report).findings;
  return { run, findings };
}

test('an answer that does not come since native code sleeps is told while it is so', TIMEOUT, async (t) => {
  const { run, findings } = traced(t, 'sleep(100);');
  await until('the finding', () => /loop-in-native-call \(suspected\)/.test(run.err()));
  assert.match(run.err(), /main\.cjs child waits for an answer of main\.cjs, whose loop does not turn/);
  run.child.kill('SIGINT');
  await run.ended;
  const found = findings().find(({ kind }) => kind === 'loop-in-native-call');
  assert.deepEqual(
    found?.sites.map(({ role, line }) => `${role} ${line}`),
    ['sent 5', 'waits 6'],
  );
});

const FINE: Readonly<Record<string, string>> = {
  'main that computes': 'for (const end = Date.now() + 5000; Date.now() < end; );',
  'a child that main waits for synchronously': "execFileSync('sleep', ['5']);",
  'main in Atomics.wait with a limit': 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5000);',
  'native code that sleeps for a moment': 'sleep(1);',
  'main that reads what somebody may still write':
    "execFileSync('mkfifo', ['f']); const f = openSync('f', 'r+'); execFile('sh', ['-c', 'sleep 4; echo > f']); readSync(f, Buffer.alloc(1));",
};
for (const [who, what] of Object.entries(FINE))
  test(`nothing is said of ${who}`, TIMEOUT, async (t) => {
    const { run, findings } = traced(t, what);
    assert.deepEqual(await run.ended, { code: 0, signal: null }, run.err());
    assert.deepEqual(findings(), []);
  });
