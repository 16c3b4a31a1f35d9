import type { Program } from '../types.ts';

/** Pools of workers and what blocks on one. */
export const POOLS: readonly Program[] = [
  {
    id: 'piscina_tasks',
    packages: ['piscina@5.3.2'],
    files: {
      'main.cjs':
        "const { Piscina } = require('piscina');\n" +
        'const pool = new Piscina({ filename: `${__dirname}/square.cjs`, minThreads: 2, maxThreads: 2 });\n' +
        'Promise.all(Array.from({ length: 200 }, (_, i) => pool.run(i))).then(async (r) => {\n' +
        '  console.log(r.reduce((a, b) => a + b));\n  await pool.close();\n});\n',
      'square.cjs': 'module.exports = (n) => n * n;\n',
    },
    command: ['node', 'main.cjs'],
    stdout: '2646700',
    expect: {
      processes: 1,
      nodeExecs: 1,
      threads: 2,
      portPosts: 412,
      workerPosts: 2,
      atomicsWaits: [201, 202],
    },
  },
  {
    id: 'tinypool_processes',
    packages: ['tinypool@2.2.0'],
    files: {
      'main.mjs':
        "import { Tinypool } from 'tinypool';\n" +
        "const pool = new Tinypool({ filename: new URL('./square.mjs', import.meta.url).href,\n" +
        "  runtime: 'child_process', minThreads: 2, maxThreads: 2 });\n" +
        'const r = await Promise.all(Array.from({ length: 20 }, (_, i) => pool.run(i)));\n' +
        'console.log(r.reduce((a, b) => a + b));\nawait pool.destroy();\n',
      'square.mjs': 'export default (n) => n * n;\n',
    },
    command: ['node', 'main.mjs'],
    stdout: '2470',
    kills: 'the pool ends its workers with a signal',
    expect: {
      processes: 3,
      nodeExecs: 3,
      ipcDown: 22,
      ipcUp: 22,
      ipcDownReceived: 22,
      ipcUpReceived: 22,
      portPosts: 40,
    },
  },
  {
    id: 'workerpool_processes',
    packages: ['workerpool@10.0.3'],
    install: 'workerpool',
    files: {
      'pool-process.cjs':
        "const workerpool = require('workerpool');\n" +
        "const pool = workerpool.pool({ workerType: 'process', maxWorkers: 2, minWorkers: 2 });\n" +
        'Promise.all(Array.from({ length: 20 }, (_, i) => pool.exec((n) => n * n, [i]))).then(async (r) => {\n' +
        '  console.log(r.reduce((a, b) => a + b));\n  await pool.terminate();\n});\n',
    },
    command: ['node', 'pool-process.cjs'],
    stdout: '2470',
    expect: { processes: 3, nodeExecs: 3, ipcDown: 22, ipcUp: 20, ipcDownReceived: 22, ipcUpReceived: 20 },
  },
  {
    id: 'workerpool_threads',
    packages: ['workerpool@10.0.3'],
    install: 'workerpool',
    files: {
      'pool-thread.cjs':
        "const workerpool = require('workerpool');\n" +
        "const pool = workerpool.pool({ workerType: 'thread', maxWorkers: 2, minWorkers: 2 });\n" +
        'Promise.all(Array.from({ length: 20 }, (_, i) => pool.exec((n) => n * n, [i]))).then(async (r) => {\n' +
        '  console.log(r.reduce((a, b) => a + b));\n  await pool.terminate();\n});\n',
    },
    command: ['node', 'pool-thread.cjs'],
    stdout: '2470',
    expect: { processes: 1, nodeExecs: 1, threads: 2, portPosts: 50, workerPosts: 22 },
  },
  {
    id: 'poolifier_cluster',
    packages: ['poolifier@5.3.2'],
    files: {
      'main.mjs':
        "import { FixedClusterPool } from 'poolifier';\n" +
        "const pool = new FixedClusterPool(2, './square.cjs');\n" +
        'const r = await Promise.all(Array.from({ length: 20 }, (_, i) => pool.execute(i)));\n' +
        'console.log(r.reduce((a, b) => a + b));\nawait pool.destroy();\n',
      'square.cjs':
        "const { ClusterWorker } = require('poolifier');\n" +
        'module.exports = new ClusterWorker((n) => n * n);\n',
    },
    command: ['node', 'main.mjs'],
    stdout: '2470',
    kills: 'the pool ends its workers by `cluster.Worker.kill`: SIGTERM',
    expect: { processes: 3, nodeExecs: 3, ipcDown: 28, ipcUp: 24, ipcDownReceived: 28, ipcUpReceived: 24 },
  },
  {
    id: 'synckit_calls',
    packages: ['synckit@0.11.13'],
    files: {
      'main.mjs':
        "import { createSyncFn } from 'synckit';\n" +
        "const square = createSyncFn(new URL('./worker.mjs', import.meta.url));\n" +
        'let sum = 0;\nfor (let i = 0; i < 20; i++) sum += square(i);\nconsole.log(sum);\n',
      'worker.mjs':
        "import { runAsWorker } from 'synckit';\n" +
        'runAsWorker(async (n) => { await new Promise((r) => setTimeout(r, 2)); return n * n; });\n',
    },
    command: ['node', 'main.mjs'],
    stdout: '2470',
    expect: { processes: 1, nodeExecs: 1, threads: 1, portPosts: 44, workerPosts: 20, atomicsWaits: 20 },
  },
  {
    id: 'pino_transport',
    packages: ['pino@10.4.0'],
    files: {
      'main.cjs':
        "const pino = require('pino');\n" +
        "const log = pino({ base: null, timestamp: false }, pino.transport({ target: 'pino/file', options: { destination: 1 } }));\n" +
        'for (let i = 0; i < 20; i++) log.info({ i });\n',
    },
    command: ['node', 'main.cjs'],
    // One that blocks, and two that do not: a worker that has read everything in the meantime saves them.
    expect: { processes: 1, nodeExecs: 1, threads: 1, portPosts: 6, workerPosts: 1, atomicsWaits: [1, 3] },
  },
  {
    id: 'threads_pool',
    packages: ['threads@1.7.0'],
    files: {
      'main.cjs':
        "const { Pool, Worker, spawn } = require('threads');\n" +
        '(async () => {\n' +
        "  const pool = Pool(() => spawn(new Worker('./worker.cjs')), 2);\n" +
        '  let sum = 0;\n' +
        '  for (let i = 0; i < 20; i++) pool.queue(async (square) => { const n = await square(i); sum += n; });\n' +
        '  await pool.completed();\n  await pool.terminate();\n  console.log(sum);\n})();\n',
      'worker.cjs': "const { expose } = require('threads/worker');\nexpose((n) => n * n);\n",
    },
    command: ['node', 'main.cjs'],
    stdout: '2470',
    expect: { processes: 1, nodeExecs: 1, threads: 2, portPosts: 70, workerPosts: 20 },
  },
];
