import assert from 'node:assert/strict';
import { test } from 'node:test';
import worker from 'node:worker_threads';
import { Model } from '../../src/model/index.ts';
import { openTrace } from '../../src/trace/reader/open.ts';
import { type Fed, lineOf, program, runTraced, type Trace, temporaryDirectory } from './helpers.ts';

const MAIN = `const { Worker, MessageChannel, receiveMessageOnPort, BroadcastChannel } = require('node:worker_threads');
const { once } = require('node:events');
(async () => {
  const { port1, port2 } = new MessageChannel();
  const early = new MessageChannel();
  early.port1.postMessage('waits in the port');
  const options = { name: 'echo', workerData: { deep: [{ port: early.port2 }] }, transferList: [early.port2] };
  const worker = new Worker(__dirname + '/worker.cjs', options);
  const other = new Worker(__dirname + '/worker.cjs', { name: 'other', workerData: {} });
  worker.postMessage({ port: port1 }, [port1]);
  other.postMessage({ port: port2 }, { transfer: [port2] });
  const answers = [];
  for (const w of [worker, other]) w.on('message', (m) => answers.push(m));
  early.port1.on('message', (m) => { answers.push(m); early.port1.close(); });
  await Promise.all([once(worker, 'exit'), once(other, 'exit')]);
  const own = new MessageChannel();
  own.port1.postMessage(1);
  own.port1.postMessage(2);
  answers.push(receiveMessageOnPort(own.port2).message, receiveMessageOnPort(own.port2).message);
  const [x, y, z] = [0, 0, 0].map(() => new MessageChannel());
  own.port1.postMessage({ z: z.port1, y: y.port1, x: x.port1 }, [x.port1, y.port1, z.port1]);
  const many = receiveMessageOnPort(own.port2).message;
  for (const [i, { port2 }] of [x, y, z].entries()) for (let j = i; j < 3; j++) port2.postMessage('of three');
  for (const port of [many.x, many.x, many.x, many.y, many.y, many.z]) receiveMessageOnPort(port);
  for (const { port2 } of [x, y, z]) port2.close();
  try { own.port1.postMessage(() => {}); } catch (error) { answers.push(error.name); }
  own.port1.close();
  structuredClone({ a: 1 });
  const a = new BroadcastChannel('news');
  const b = new BroadcastChannel('news');
  a.postMessage('hear');
  await new Promise((resolve) => { b.onmessage = resolve; });
  a.close(); b.close();
  console.log(answers.map(String).sort().join(), Reflect.ownKeys(port1).length, new MessageChannel() instanceof MessageChannel);
})();
`;
const WORKER = `const { parentPort, workerData, threadId } = require('node:worker_threads');
const early = workerData.deep?.[0].port;
early?.once('message', (m) => { early.postMessage('got ' + m); early.close(); });
parentPort.once('message', ({ port }) => {
  port.postMessage('between workers');
  port.once('message', (m) => { parentPort.postMessage(m); setImmediate(() => port.close()); });
});
`;

/** Sends and receives of each channel by its key, and how many threads used it. */
function channels(trace: Trace): Map<string, { sends: Fed[]; receives: Fed[]; name: string }> {
  const all = new Map<string, { sends: Fed[]; receives: Fed[]; name: string }>();
  for (const record of trace.records) {
    if (record.kind !== 'send' && record.kind !== 'receive' && record.kind !== 'sendRejected') continue;
    const resource = trace.resources.find(
      (r) => r.stream === record.stream.stream && r.id === record.resource,
    );
    assert.ok(resource, 'every record has its resource');
    const channel = all.get(resource.key) ?? { sends: [], receives: [], name: resource.name };
    all.set(resource.key, channel);
    if (record.kind === 'sendRejected') {
      const taken = channel.sends.pop();
      assert.equal(taken?.n, record.n, 'only the last send can be taken back');
    } else (record.kind === 'send' ? channel.sends : channel.receives).push(record);
  }
  return all;
}

test('messages of ports are paired, also of ports that travel', async (t) => {
  const dir = temporaryDirectory(t);
  program(dir, 'worker.cjs', WORKER);
  const file = program(dir, 'main.cjs', MAIN);
  const { code, stdout, stderr, trace } = await runTraced(t, process.execPath, [file]);
  assert.deepEqual([code, stderr, trace.problems, trace.damages], [0, '', [], []]);
  assert.match(
    stdout,
    /^1,2,DataCloneError,between workers,between workers,got waits in the port \d+ true\n$/,
  );
  const all = [...channels(trace)];
  const program_ = all.filter(([key, { name }]) => key.startsWith('port:') && !name.startsWith('Node'));
  for (const [key, { sends, receives }] of program_) {
    const numbers = (records: Fed[]) => records.map((r) => r.n).sort();
    assert.deepEqual(numbers(receives), numbers(sends), `${key} is paired`);
    assert.deepEqual(
      numbers(sends),
      sends.map((_, i) => i + 1),
    );
  }
  const byName = (name: string) => program_.filter(([, c]) => c.name === name).map(([, c]) => c);
  assert.equal(byName('to worker echo')[0]?.sends.length, 1);
  assert.equal(byName('from worker other')[0]?.sends.length, 1);
  const between = program_.filter(([, { sends, receives }]) => {
    const threads = [...sends, ...receives].map((r) => r.stream.threadId);
    return threads.length > 0 && threads.every((id) => id > 0);
  });
  assert.equal(between.length, 2, 'one channel, both directions, between the two workers');
  const made = trace
    .of('create')
    .map((r) => trace.resources.find((d) => d.stream === r.stream.stream && d.id === r.resource)?.key);
  assert.ok(
    between.every(([key]) => made.includes(key)),
    'where it was made is told, though both its ends have left',
  );
  const toWorker = byName('to worker echo')[0]!.sends[0]!;
  assert.equal(trace.at(toWorker), `main.cjs:${lineOf(MAIN, 'worker.postMessage({ port: port1 }')}`);
  const [, news] = all.find(([key]) => key.startsWith('broadcast:'))!;
  assert.deepEqual([news.sends.length, news.receives.length, news.name], [1, 1, 'news']);
  // Node's own: the start of each worker and its report that it runs.
  const nodes = all.filter(([, { name }]) => name.startsWith("Node's own")).map(([, c]) => c);
  assert.deepEqual([nodes.length, nodes.every((c) => c.sends.length === c.receives.length)], [4, true]);
});

const THREADS = `const { Worker, isMainThread, parentPort, postMessageToThread, threadId } = require('node:worker_threads');
let came = 0;
process.on('workerMessage', async (message, source) => {
  if (message === 'end') setImmediate(() => process.exit());
  else if (isMainThread) {
    console.log(source, message);
    if (++came < 3) return;
    await postMessageToThread(1, 'end');
    await postMessageToThread(2, 'end');
  }
  else await postMessageToThread(0, message + ' by ' + threadId);
});
if (isMainThread) {
  let up = 0;
  const make = () => new Worker(__filename).on('message', async () => {
    if (++up < 2) return;
    await postMessageToThread(1, 'one');
    await postMessageToThread(1, 'relay');
  });
  make(); make();
} else {
  if (threadId === 1) process.prependListener('workerMessage', async (message) => {
    if (message === 'relay') await postMessageToThread(2, 'two');
  });
  parentPort.postMessage('up');
  setInterval(() => {}, 1000);
}
`;
const direct = {
  skip: 'postMessageToThread' in worker ? false : 'this Node has no postMessageToThread',
};

test('messages from thread to thread are paired, on their way through the main thread', direct, async (t) => {
  const file = program(temporaryDirectory(t), 'threads.cjs', THREADS);
  const { code, stdout, stderr, trace } = await runTraced(t, process.execPath, [file]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(stdout.trim().split('\n').sort(), ['1 one by 1', '1 relay by 1', '2 two by 2']);
  const between = [...channels(trace).values()].filter(({ name }) => /thread \d/.test(name));
  const counts = between.map(({ name, sends, receives }) => [name, sends.length, receives.length]);
  assert.deepEqual(counts.sort(), [
    ['main to thread 1', 3, 3],
    ['main to thread 2', 2, 2],
    ['thread 1 to main', 3, 3],
    ['thread 2 to main', 1, 1],
  ]);
  for (const { sends, receives } of between)
    assert.deepEqual(
      sends.map(({ n }) => n),
      receives.map(({ n }) => n),
    );
});

test('a port that goes to the thread of module hooks is not told of as if nobody received there', async (t) => {
  const dir = temporaryDirectory(t);
  const hooks =
    'export function initialize({ port }) { port.on("message", (m) => port.postMessage(m * 2)); port.unref(); }';
  const main = program(
    dir,
    'main.mjs',
    `import { register } from 'node:module';
import { MessageChannel } from 'node:worker_threads';
const { port1, port2 } = new MessageChannel();
const url = 'data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)});
register(url, { data: { port: port2 }, transferList: [port2] });
let got = 0;
port1.on('message', () => { if (++got === 5) port1.close(); });
for (let i = 0; i < 5; i++) port1.postMessage(i);
`,
  );
  // From Node 26 on `register` is deprecated.
  const { code, stderr, dir: traceDir } = await runTraced(t, process.execPath, ['--no-deprecation', main]);
  assert.deepEqual([code, stderr], [0, '']);
  const model = new Model();
  openTrace(traceDir).drain(model);
  const ports = model.channels().filter(({ resourceKind }) => resourceKind === 'port');
  const counts = ports.map(({ sent, received, exact }) => [sent, received, exact]);
  counts.sort(([, a], [, b]) => Number(a) - Number(b));
  assert.deepEqual(counts, [
    [5, 0, false],
    [5, 5, false],
  ]);
});
