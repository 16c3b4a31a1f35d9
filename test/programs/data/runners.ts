import type { Program } from '../types.ts';

const TEST_NAMES = ['a', 'b', 'c', 'd'] as const;
const files = (name: (n: string) => string, text: (n: string) => string): Record<string, string> =>
  Object.fromEntries(TEST_NAMES.map((n) => [name(n), text(n)]));

const JEST_FILES = {
  'jest.config.json': '{"cacheDirectory":"<rootDir>/cache","testMatch":["**/jest-*.test.js"]}',
  'jest.threads.json':
    '{"cacheDirectory":"<rootDir>/cache","testMatch":["**/jest-*.test.js"],"workerThreads":true}',
  ...files(
    (n) => `jest-${n}.test.js`,
    (n) => `test('${n} adds', () => { expect(1 + 1).toBe(2); });\n`,
  ),
};

/** TAP numbers its lines as they come. */
const NUMBERED = [[/^ok \d+/gm, 'ok <n>']] as const;

const VITEST = {
  packages: ['vitest@4.1.12'],
  install: 'vitest',
  varies: NUMBERED,
  files: files(
    (n) => `vitest-${n}.test.js`,
    (n) => `import { expect, test } from 'vitest';\ntest('${n} adds', () => { expect(1 + 1).toBe(2); });\n`,
  ),
  removes: ['node_modules/.vite', 'node_modules/.vitest'],
} as const;

/** Test runners, each with four small test files on two workers. */
export const RUNNERS: readonly Program[] = [
  {
    id: 'jest_processes',
    packages: ['jest@30.5.2'],
    install: 'jest',
    files: JEST_FILES,
    // With a cache of short durations jest would run everything in one process.
    removes: ['cache'],
    command: [
      'node_modules/.bin/jest',
      '--config=jest.config.json',
      '--maxWorkers=2',
      '--ci',
      '--watchman=false',
    ],
    unordered: true,
    expect: { processes: 5, nodeExecs: 5, ipcDown: 19, ipcUp: 19, ipcDownReceived: 19, ipcUpReceived: 19 },
  },
  {
    id: 'jest_threads',
    packages: ['jest@30.5.2'],
    install: 'jest',
    files: JEST_FILES,
    removes: ['cache'],
    command: [
      'node_modules/.bin/jest',
      '--config=jest.threads.json',
      '--maxWorkers=2',
      '--ci',
      '--watchman=false',
    ],
    unordered: true,
    expect: { processes: 1, nodeExecs: 1, threads: 4, portPosts: 54, workerPosts: 19 },
  },
  {
    id: 'vitest_forks',
    ...VITEST,
    command: ['node_modules/.bin/vitest', 'run', '--pool=forks', '--maxWorkers=2', '--reporter=tap-flat'],
    unordered: true,
    kills: 'vitest ends its workers with a signal',
    expect: { processes: 5, nodeExecs: 5, ipcDown: 44, ipcUp: 44, ipcDownReceived: 44, ipcUpReceived: 44 },
  },
  {
    id: 'vitest_threads',
    ...VITEST,
    command: ['node_modules/.bin/vitest', 'run', '--pool=threads', '--maxWorkers=2', '--reporter=tap-flat'],
    unordered: true,
    expect: { processes: 1, nodeExecs: 1, threads: 4, portPosts: 104, workerPosts: 44 },
  },
  {
    id: 'vitest_vm_threads',
    ...VITEST,
    // A thread runs several files, each in a realm of its own.
    command: ['node_modules/.bin/vitest', 'run', '--pool=vmThreads', '--maxWorkers=2', '--reporter=tap-flat'],
    unordered: true,
    expect: { processes: 1, nodeExecs: 1, threads: 2, portPosts: 104, workerPosts: 48 },
  },
  {
    id: 'mocha_parallel',
    packages: ['mocha@11.8.0'],
    files: files(
      (n) => `spec/${n}.cjs`,
      (n) => `describe('${n}', () => { it('adds', () => { require('node:assert').equal(1 + 1, 2); }); });\n`,
    ),
    command: ['node_modules/.bin/mocha', '--parallel', '--jobs', '2', 'spec/*.cjs'],
    unordered: true,
    expect: { processes: 3, nodeExecs: 3, ipcDown: 6, ipcUp: 6, ipcDownReceived: 6, ipcUpReceived: 6 },
  },
  {
    id: 'ava_threads',
    packages: ['ava@6.4.1'],
    install: 'ava',
    varies: NUMBERED,
    files: files(
      (n) => `test/${n}.mjs`,
      (n) => `import test from 'ava';\ntest('${n} adds', (t) => { t.is(1 + 1, 2); });\n`,
    ),
    removes: ['node_modules/.cache'],
    command: ['node_modules/.bin/ava', '--concurrency=2', '--tap'],
    unordered: true,
    expect: { processes: 1, nodeExecs: 1, threads: 4, portPosts: 48, workerPosts: 4 },
  },
  {
    id: 'ava_processes',
    packages: ['ava@6.4.1'],
    install: 'ava',
    varies: NUMBERED,
    files: files(
      (n) => `test/${n}.mjs`,
      (n) => `import test from 'ava';\ntest('${n} adds', (t) => { t.is(1 + 1, 2); });\n`,
    ),
    removes: ['node_modules/.cache'],
    command: ['node_modules/.bin/ava', '--concurrency=2', '--no-worker-threads', '--tap'],
    unordered: true,
    expect: { processes: 5, nodeExecs: 5, ipcDown: 8, ipcUp: 28, ipcDownReceived: 8, ipcUpReceived: 28 },
  },
  {
    id: 'node_test',
    packages: [],
    files: files(
      (n) => `node-${n}.test.mjs`,
      (n) => `import test from 'node:test';\ntest('${n} adds', () => {});\n`,
    ),
    command: ['node', '--test', '--test-concurrency=2', '--test-reporter=tap'],
    expect: { processes: 5, nodeExecs: 5 },
  },
  {
    id: 'node_test_coverage',
    packages: [],
    files: files(
      (n) => `node-${n}.test.mjs`,
      (n) => `import test from 'node:test';\ntest('${n} adds', () => {});\n`,
    ),
    // Every file that a process loads is in its report, unless it is installed.
    command: [
      'node',
      '--test',
      '--experimental-test-coverage',
      '--test-reporter=tap',
      ...TEST_NAMES.map((n) => `node-${n}.test.mjs`),
    ],
    expect: { processes: 5, nodeExecs: 5 },
  },
];
