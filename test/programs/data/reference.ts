import { cpus } from 'node:os';
import type { Program } from '../types.ts';

/** worker-farm starts one process a CPU, at most one a call. */
const FARM = Math.min(cpus().length, 10);

/**
 * The six programs that the tracer was specified with, and their counts. Taken again here with `--count 8` on Node 20
 * and 24: the same, with 3 calls of Atomics.wait in o6 every time and 2 workers in o5 every time.
 */
export const REFERENCE: readonly Program[] = [
  {
    id: 'o1_workerfarm_basic',
    packages: ['worker-farm@1.7.0'],
    command: ['node', 'node_modules/worker-farm/examples/basic/index.js'],
    // Each line names the pid of a worker, and the workers take the calls as they come.
    varies: [[/\(\d+\)|\b\d{3,7}\b/g, '<pid>']],
    unordered: true,
    // 10 calls + an init and a die for each worker; 10 results.
    expect: {
      processes: 1 + FARM,
      nodeExecs: 1 + FARM,
      ipcDown: 10 + 2 * FARM,
      ipcUp: 10,
      ipcDownReceived: 10 + 2 * FARM,
      ipcUpReceived: 10,
    },
  },
  {
    id: 'o3_eslint_concurrency',
    packages: ['eslint@9.39.5', 'lodash@4.18.1'],
    copies: [['node_modules/lodash', 'in']],
    command: ['node_modules/.bin/eslint', '--no-config-lookup', '--concurrency=2', 'in'],
    // 2 results, and 8 messages of Node's own: start and "up and running" of each worker, and the readiness of the
    // main thread for stdout and stderr of each.
    expect: { processes: 1, nodeExecs: 1, threads: 2, portPosts: 10 },
  },
  {
    id: 'o4_concurrently',
    packages: ['concurrently@9.2.5'],
    command: [
      'node_modules/.bin/concurrently',
      '-n',
      'a,b,c',
      'node --version',
      'node -p 1+1',
      'node -p process.arch',
    ],
    unordered: true,
    posix: true,
    // `node --version` never runs JavaScript: a preload sees 3 processes, the operating system 4.
    expect: { processes: 3, nodeExecs: 4, shells: 3 },
  },
  {
    id: 'o5_webpack_threadloader',
    packages: [
      'webpack@5.112.2',
      'webpack-cli@6.0.1',
      'thread-loader@4.0.4',
      'babel-loader@10.1.1',
      '@babel/core@7.29.13',
      'lodash-es@4.18.1',
    ],
    files: {
      'tl.config.cjs':
        "module.exports={mode:'production',entry:'./node_modules/lodash-es/lodash.js',output:{path:__dirname+'/dist'}," +
        'optimization:{minimize:false},module:{rules:[{test:/lodash-es.*\\.js$/,use:[{loader:"thread-loader",' +
        'options:{workers:2,poolTimeout:500}},{loader:"babel-loader",options:{babelrc:false,configFile:false}}]}]}}',
    },
    removes: ['dist', 'node_modules/.cache'],
    command: ['node_modules/.bin/webpack', '-c', 'tl.config.cjs', '--no-stats'],
    // Its workers talk over extra stdio pipes (fd 3 and 4). The second one starts only if the first is busy.
    expect: { processes: [2, 3], nodeExecs: [2, 3] },
  },
  {
    id: 'o6_prettier_sync',
    packages: ['@prettier/sync@0.6.1', 'prettier@3.10.1'],
    command: ['node', '-e', "console.log(require('@prettier/sync').format('a ( )',{parser:'babel'}))"],
    stdout: 'a();',
    // 3 calls to the worker, 3 answers, start and "up and running". The main thread waits while the worker formats;
    // a worker that is fast enough saves a wait.
    expect: { processes: 1, nodeExecs: 1, threads: 1, portPosts: 8, workerPosts: 3, atomicsWaits: [2, 3] },
  },
  {
    id: 'o7_multiprocessing_map',
    packages: ['multiprocessing@1.2.0'],
    command: [
      'node',
      '-e',
      "const P=require('multiprocessing').Pool;const p=new P(4);" +
        'p.map([1,2,3],function(x){return x*x}).then(r=>{console.log(r);process.exit(0)})',
    ],
    stdout: '[ 1, 4, 9 ]',
    unpaired: 'one worker may be killed before it reads its first message',
    kills: 'the pool ends its workers with SIGTERM when the main process exits',
    // A worker may be killed before it runs any JavaScript.
    expect: {
      processes: [4, 5],
      nodeExecs: 5,
      ipcDown: 8,
      ipcUp: 3,
      // The worker without a task may be killed before it reads one of its two messages.
      ipcDownReceived: [6, 8],
      ipcUpReceived: 3,
    },
  },
];
