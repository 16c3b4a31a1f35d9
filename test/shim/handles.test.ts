import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Session } from '../../src/session/index.ts';
import { program, run, runTraced, type Trace, temporaryDirectory } from './helpers.ts';

/** Two workers that share one server; each request is told over IPC, with Node's own handle messages beside. */
const CLUSTER = `const cluster = require('node:cluster');
const net = require('node:net');
const { once } = require('node:events');
if (cluster.isPrimary) {
  const workers = [cluster.fork(), cluster.fork()];
  const told = [];
  cluster.on('message', (_w, m) => told.push(m));
  (async () => {
    const addresses = [];
    cluster.on('listening', (_w, address) => addresses.push(address));
    while (addresses.length < 2) await once(cluster, 'listening');
    const answers = [];
    for (let i = 0; i < 8; i++) {
      const socket = net.connect(addresses[0].port, '127.0.0.1');
      let text = '';
      socket.setEncoding('utf8').on('data', (d) => { text += d; });
      await once(socket, 'close');
      answers.push(text);
    }
    while (told.length < 8) await once(cluster, 'message');
    for (const w of workers) w.disconnect();
    await Promise.all(workers.map((w) => once(w, 'exit')));
    console.log(answers.join(''), told.length, new Set(addresses.map((a) => a.port)).size);
  })();
} else {
  net.createServer((s) => { process.send('connection'); s.end('x'); }).listen(0, '127.0.0.1');
}`;

/** The parent accepts and gives every other connection, and once the server itself, to its child. */
const HANDLES = `const { fork } = require('node:child_process');
const net = require('node:net');
const { once } = require('node:events');
(async () => {
  const child = fork(__dirname + '/child.cjs');
  const server = net.createServer({ pauseOnConnect: true });
  let n = 0;
  server.on('connection', (socket) => {
    if (n++ % 2) socket.end('parent ');
    else child.send('socket', socket, { keepOpen: n === 1 }, () => {});
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  const ask = async () => {
    const socket = net.connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8').on('data', (d) => { text += d; });
    await once(socket, 'end');
    socket.destroy();
    return text;
  };
  let answers = '';
  for (let i = 0; i < 6; i++) answers += await ask();
  child.send('server', server);
  await once(child, 'message');
  server.close();
  answers += await ask();
  child.send('stop');
  const [code] = await once(child, 'exit');
  console.log(answers, code);
})();`;
const CHILD = `process.on('message', (m, handle) => {
  if (m === 'socket') handle.end('child ');
  else if (m === 'server') { handle.on('connection', (s) => s.end('shared ')); process.send('has it'); globalThis.server = handle; }
  else { globalThis.server.close(); process.disconnect(); }
});`;

/** Sends and receives of the IPC channels whose name fits. */
function messages(trace: Trace, name: RegExp): { readonly sent: number; readonly received: number } {
  const ids = new Set(
    trace.resources.filter((r) => r.kind === 'ipc' && name.test(r.name)).map((r) => `${r.stream} ${r.id}`),
  );
  const count = (kind: 'send' | 'receive') =>
    trace.of(kind).filter((r) => ids.has(`${r.stream.stream} ${r.resource}`)).length;
  return { sent: count('send'), received: count('receive') };
}

test('a cluster that shares its server', async (t) => {
  const file = program(temporaryDirectory(t), 'main.cjs', CLUSTER);
  const untraced = await run(process.execPath, [file]);
  const { trace, dir, ...traced } = await runTraced(t, process.execPath, [file]);
  assert.deepEqual(traced, untraced);
  assert.equal(traced.stdout, 'xxxxxxxx 8 1\n');
  assert.deepEqual([trace.damages, trace.problems], [[], []]);
  assert.deepEqual(messages(trace, /to parent/), { sent: 8, received: 8 });
  const session = Session.open(dir);
  t.after(() => session.close());
  const processes = session.model.processes();
  assert.deepEqual(
    processes.map((p) => p.api),
    [null, 'cluster', 'cluster'],
  );
  assert.ok(processes.every((p) => p.end !== null));
});

test('sockets and servers that are sent to a child', async (t) => {
  const dir = temporaryDirectory(t);
  program(dir, 'child.cjs', CHILD);
  const file = program(dir, 'main.cjs', HANDLES);
  const untraced = await run(process.execPath, [file]);
  const { trace, dir: _, ...traced } = await runTraced(t, process.execPath, [file]);
  assert.deepEqual(traced, untraced);
  assert.equal(traced.stdout, 'child parent child parent child parent shared  0\n');
  assert.deepEqual([trace.damages, trace.problems], [[], []]);
  assert.deepEqual(messages(trace, /to child \(handles\)/), { sent: 4, received: 4 });
  assert.deepEqual(messages(trace, /to child$/), { sent: 1, received: 1 });
  assert.deepEqual(messages(trace, /to parent/), { sent: 1, received: 1 });
});

/** The second handle is gone when its turn comes, after the first has arrived. */
const LOST = `const { fork } = require('node:child_process');
const net = require('node:net');
const child = fork(__dirname + '/child.cjs');
const kept = net.createServer().listen(0, () => {
  const lost = net.createServer().listen(0, () => {
    child.send('kept', kept, () => kept.close());
    child.send('lost', lost);
    lost.close();
    child.send('é');
  });
});
child.on('message', (all) => { console.log(...all); child.disconnect(); });`;
const LOST_CHILD = `const all = [];
process.on('message', (m, handle) => {
  handle?.close();
  if (m !== 'own') all.push(m, handle !== undefined);
  if (all.length === 6) process.send(all);
});
process.emit('message', 'own');`;

test('a handle that is lost on its way, and a message that a program tells itself', async (t) => {
  const dir = temporaryDirectory(t);
  program(dir, 'child.cjs', LOST_CHILD);
  const file = program(dir, 'main.cjs', LOST);
  const { trace, stdout } = await runTraced(t, process.execPath, [file]);
  assert.equal(stdout, 'kept true lost false é false\n');
  assert.deepEqual(trace.problems, []);
  assert.deepEqual(messages(trace, /to child \(handles\)/), { sent: 1, received: 1 });
  assert.deepEqual(messages(trace, /to child$/), { sent: 2, received: 2 });
  assert.deepEqual(messages(trace, /to parent/), { sent: 1, received: 1 });
});

test('messages that arrive where nobody listens were not lost by their sender', async (t) => {
  const dir = temporaryDirectory(t);
  program(dir, 'child.cjs', 'for (let i = 0; i < 5; i++) process.send(i);\nprocess.disconnect();');
  const file = program(dir, 'main.cjs', "require('node:child_process').fork(__dirname + '/child.cjs');");
  const { trace, dir: traces } = await runTraced(t, process.execPath, [file]);
  assert.deepEqual(messages(trace, /to parent/), { sent: 5, received: 0 });
  const session = Session.open(traces);
  t.after(() => session.close());
  assert.deepEqual(session.findings(), []);
});
