import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import { jsonResults } from '../../../src/extension/tests/json-results.ts';
import { NodeResults } from '../../../src/extension/tests/node-results.ts';
import type { TestResult } from '../../../src/extension/tests/result.ts';
import { BUNDLES, scratch } from '../../session/support.ts';

/** What the reporter tells of a program of `node:test` that runs on this Node. */
function resultsOf(t: TestContext, program: string): TestResult[] {
  const dir = scratch(t);
  mkdirSync(dir, { recursive: true });
  const [file, out] = [path.join(dir, 'a.test.mjs'), path.join(dir, 'out')];
  writeFileSync(file, program);
  const reporter = path.join(BUNDLES, 'node-test-reporter.mjs');
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const options = [`--test-reporter=${reporter}`, `--test-reporter-destination=${out}`];
  spawnSync(process.execPath, [...options, file], { env });
  const taking = new NodeResults();
  return readFileSync(out, 'utf8')
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => taking.take(line) ?? []);
}

test('node:test: each test by its path and place, running first, and how it has failed', (t) => {
  const results = resultsOf(
    t,
    `import { deepEqual } from 'node:assert/strict';
import { describe, it, test } from 'node:test';
describe('outer', () => {
  describe('inner', () => {
    it('same', () => {});
  });
  it('same', () => deepEqual({ a: 1 }, { a: 2 }));
  it.skip('out', () => {});
});
test('thrown', () => { throw 'a string'; });
`,
  );
  const told = results.map(({ path: names, state, place }) => `${names.join(' > ')} ${state} ${place?.line}`);
  for (const line of [
    'outer > inner > same running 5',
    'outer > inner > same passed 5',
    'outer > inner passed 4',
    'outer > same failed 7',
    'outer > out skipped 8',
    'thrown failed 10',
  ])
    assert.ok(told.includes(line), `${line} in ${told}`);
  // Its tests have failed, which is told of them.
  assert.ok(!told.some((line) => line.startsWith('outer failed')), String(told));
  assert.ok(told.indexOf('outer > same running 7') < told.indexOf('outer > same failed 7'));
  const failure = results.find(
    ({ state, path: names }) => state === 'failed' && names[0] === 'outer',
  )?.failure;
  assert.deepEqual(JSON.parse(failure?.expected ?? ''), { a: 2 });
  assert.deepEqual(JSON.parse(failure?.actual ?? ''), { a: 1 });
  assert.match(failure?.stack ?? '', /a\.test\.mjs:7:/);
  assert.equal(
    results.find(({ path: names, state }) => state === 'failed' && names[0] === 'thrown')?.failure?.message,
    'a string',
  );
});

test('jest and vitest: results of their JSON, and why a file could not be run', () => {
  const report = {
    testResults: [
      {
        name: '/w/a.test.js',
        assertionResults: [
          {
            ancestorTitles: ['', 'sums'],
            title: 'adds',
            status: 'passed',
            duration: 2,
            location: { line: 3, column: 5 },
          },
          { ancestorTitles: [], title: 'out', status: 'pending', duration: null, location: null },
          {
            ancestorTitles: [],
            title: 'bad',
            status: 'failed',
            failureMessages: ['Error: no\n    at f (/w/a.js:1:2)'],
          },
        ],
      },
      { name: '/w/b.test.js', message: 'SyntaxError', assertionResults: [] },
    ],
  };
  const { results, message } = jsonResults(JSON.stringify(report));
  assert.equal(message, 'SyntaxError');
  assert.deepEqual(
    results.map(({ path: names, state }) => [...names, state]),
    [
      ['sums', 'adds', 'passed'],
      ['out', 'skipped'],
      ['bad', 'failed'],
    ],
  );
  assert.deepEqual(results[0]?.place, { file: '/w/a.test.js', line: 3, column: 5 });
  assert.equal(results[2]?.failure?.message, 'Error: no');
});
