// What Node has already, on the same work: `process.send`, and the pools of piscina (threads) and workerpool (processes).
// A case a line on stdin, {"us"} a line on stdout, per operation. The packages come from the current folder.
const { fork } = require('node:child_process');
const { createRequire } = require('node:module');
const path = require('node:path');
const { createInterface } = require('node:readline');

const PAYLOADS = {
  int: [100_000, () => 12345],
  string: [100_000, () => 'hello world'],
  object: [100_000, () => ({ id: 7, name: 'abc', ok: true })],
  '1KB': [50_000, () => Buffer.alloc(1024, 120)],
  '64KB': [2000, () => Buffer.alloc(65_536, 120)],
  '1MB': [200, () => Buffer.alloc(1_048_576, 120)],
};
const TASKS = 10_000;
const tinyFile = path.join(__dirname, 'tiny.cjs');
const installed = createRequire(`${process.cwd()}/`);

function sendAll(kind) {
  const [count, make] = PAYLOADS[kind];
  const item = make();
  process.once('message', () => {
    for (let i = 0; i < count; i++) process.send(item);
  });
  process.send('ready');
}

function transfer(kind) {
  const [count] = PAYLOADS[kind];
  // JSON would turn a Buffer into a list of numbers.
  const serialization = kind.endsWith('B') ? 'advanced' : 'json';
  const child = fork(__filename, ['send', kind], { serialization });
  return new Promise((resolve) => {
    let got = -1;
    let begin = 0;
    child.on('message', () => {
      if (++got === 0) {
        begin = performance.now();
        child.send('go');
      } else if (got === count) {
        const us = ((performance.now() - begin) * 1e3) / count;
        child.once('exit', () => resolve({ us, cpu: 0 }));
        child.disconnect();
      }
    });
  });
}

async function tasks(run) {
  const begin = performance.now();
  await Promise.all(Array.from({ length: TASKS }, (_, i) => run(i)));
  return { us: ((performance.now() - begin) * 1e3) / TASKS, cpu: 0 };
}

async function main() {
  const { Piscina } = installed('piscina');
  const workerpool = installed('workerpool');
  const threads = new Piscina({ filename: tinyFile, minThreads: 2, maxThreads: 2 });
  const processes = workerpool.pool(tinyFile, { workerType: 'process', minWorkers: 2, maxWorkers: 2 });
  const cases = {
    piscina: () => tasks((i) => threads.run(i)),
    workerpool: () => tasks((i) => processes.exec('tiny', [i])),
  };
  for (const run of Object.values(cases)) await run();
  for await (const line of createInterface({ input: process.stdin })) {
    const [name, kind] = line.trim().split(' ');
    console.log(JSON.stringify(await (name === 'send' ? transfer(kind) : cases[name]())));
  }
  await threads.close();
  await processes.terminate();
}

if (process.argv[2] === 'send') sendAll(process.argv[3]);
else main();
