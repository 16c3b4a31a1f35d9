import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ChannelView, Report } from '../../src/model/types/index.ts';
import { BUNDLES, files, type Ran, scratch, start, until } from './support.ts';

const TIMEOUT = { timeout: 240_000 };

/**
 * Parent, `a` and `b`. The parent tells `a` to ask `b`, which asks `a` before it answers. What `a` does then is the first
 * argument.
 */
const SERVICES = `
import { fork } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { fileURLToPath } from 'node:url';

const [, , how, outside, name] = process.argv;
const get = (port) => new Promise((resolve, reject) => http.get({ port, host: '127.0.0.1', agent: false }, (response) => {
  let text = '';
  response.setEncoding('utf8').on('data', (part) => { text += part; }).on('end', () => resolve(text));
}).on('error', reject));
const busy = (ms) => { for (const end = Date.now() + ms; Date.now() < end; ); };

const ANSWERS = {
  'when it is answered itself': (answer, asked) => asked.then(answer),
  'by a timer': (answer) => setTimeout(answer, 3000),
  'when it has computed': (answer) => { busy(3000); answer(); },
  'when somebody outside has answered': (answer) => get(outside).then(answer),
};

if (name === undefined) {
  const [a, b] = ['a', 'b'].map((who) => fork(fileURLToPath(import.meta.url), [how, outside, who]));
  const [[ofA], [ofB]] = await Promise.all([once(a, 'message'), once(b, 'message')]);
  b.send({ port: ofA });
  a.send({ port: ofB });
  console.log((await once(a, 'message'))[0]);
  a.kill();
  b.kill();
} else {
  let other;
  let asked = Promise.resolve();
  process.on('message', ({ port }) => {
    other = port;
    if (name === 'a') (asked = get(port)).then((text) => process.send(text));
  });
  const server = http.createServer((request, response) => {
    const answer = () => response.end('done');
    if (name === 'b') get(other).then(answer);
    else ANSWERS[how](answer, asked);
  });
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
}
`;

interface Told {
  readonly kind: string;
  readonly certainty: string;
  readonly explanation: string;
}

/** Runs a program under trace, where one second of rest is enough for a suspicion. */
function traced(
  t: TestContext,
  source: string,
  ...args: string[]
): { run: Ran; findings(): Told[]; connections(): ChannelView[]; lastStates(): string[] } {
  const dir = scratch(t);
  files(dir, { 'main.mjs': source });
  const json = path.join(dir, 'report.json');
  const options = ['--threshold', 'suspectAfter=1000', '--json', json];
  const cli = [path.join(BUNDLES, 'cli.js'), 'run', ...options, 'main.mjs', ...args];
  const run = start(t, process.execPath, cli, { cwd: dir });
  const report = () =>
    JSON.parse(readFileSync(json, 'utf8')) as Pick<Report, 'channels' | 'processes'> & { findings: Told[] };
  return {
    run,
    findings: () => report().findings,
    lastStates: () => report().processes.flatMap(({ threads }) => threads.map(({ lastState }) => lastState)),
    connections: () => report().channels.filter(({ kind }) => kind === 'connection'),
  };
}

test('two services that ask each other before they answer are suspected', TIMEOUT, async (t) => {
  const { run, findings, connections, lastStates } = traced(t, SERVICES, 'when it is answered itself', '0');
  await until('it is said', () => run.err().includes('crossed-acks'));
  process.kill(-(run.child.pid ?? 0), 'SIGINT');
  await run.ended;
  const [found] = findings().filter(({ kind }) => kind === 'crossed-acks');
  assert.equal(found?.certainty, 'suspected', run.err());
  assert.match(
    found.explanation,
    /main\.mjs a has asked main\.mjs b \(127\.0\.0\.1:\d+\) and has had no answer/,
  );
  const asked = (who: string) =>
    new RegExp(`^idle for .*: waits for an answer from main\\.mjs ${who} \\(127`);
  for (const who of ['a', 'b'])
    assert.ok(
      lastStates().some((state) => asked(who).test(state)),
      run.err(),
    );
  const names = connections().map(({ name }) => name.replace(/:\d+/, ''));
  assert.deepEqual(names.sort(), [
    'main.mjs a → main.mjs b (127.0.0.1)',
    'main.mjs b → main.mjs a (127.0.0.1)',
  ]);
});

for (const how of ['by a timer', 'when it has computed', 'when somebody outside has answered']) {
  test(`services whose answer comes are not: ${how}`, TIMEOUT, async (t) => {
    const outside = http.createServer((_request, response) => setTimeout(() => response.end('ok'), 3000));
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    t.after(() => outside.close());
    const { run, findings, connections } = traced(
      t,
      SERVICES,
      how,
      String((outside.address() as AddressInfo).port),
    );
    await run.ended;
    assert.equal(run.out(), 'done\n', run.err());
    assert.deepEqual(findings(), []);
    // Not that to the outside, which `a` has asked for three seconds.
    for (const { name } of connections())
      assert.match(name, /^main\.mjs (?:a → main\.mjs b|b → main\.mjs a) /);
  });
}

/** Two children with a connection each to the other, over which they only tell something. */
const ONE_WAY = `
import { fork } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { fileURLToPath } from 'node:url';

if (process.send === undefined) {
  const children = ['a', 'b'].map((who) => fork(fileURLToPath(import.meta.url), [who]));
  const ports = await Promise.all(children.map(async (child) => (await once(child, 'message'))[0]));
  children.forEach((child, i) => child.send(ports[1 - i]));
  setTimeout(() => children.forEach((child) => child.kill()), 3500);
} else {
  process.once('message', (port) => { net.connect(port, '127.0.0.1').write('hello'); });
  const server = net.createServer((socket) => socket.resume());
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
}
`;

test('who only tells the other one something asks nothing', TIMEOUT, async (t) => {
  const { run, findings } = traced(t, ONE_WAY);
  await run.ended;
  assert.deepEqual(findings(), [], run.err());
});

/** Two children and one connection between them, with no server left. `b` speaks when both have rested for a while. */
const PAIR = `
import { fork } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { fileURLToPath } from 'node:url';

const [, , answers, name] = process.argv;
if (name === undefined) {
  const [a, b] = ['a', 'b'].map((who) => fork(fileURLToPath(import.meta.url), [answers, who]));
  const [port] = await once(a, 'message');
  b.send(port);
  console.log((await once(b, 'message'))[0]);
  a.disconnect();
  b.disconnect();
} else if (name === 'a') {
  const server = net.createServer((socket) => {
    server.close();
    socket.on('data', () => {
      if (answers !== 'answers') return;
      for (const end = Date.now() + 3000; Date.now() < end; );
      socket.end('done');
    });
  });
  // Without an address it takes both kinds, and names the other end in its own way.
  server.listen(0, answers === 'answers' ? '127.0.0.1' : undefined, () => process.send(server.address().port));
  process.on('message', () => {});
} else {
  process.on('message', (port) => {
    const socket = net.connect(port, '127.0.0.1');
    setTimeout(() => socket.write('what?'), 700);
    socket.on('data', (text) => process.send(String(text)));
  });
}
`;

test('a connection belongs to the proof where both ends have read everything', TIMEOUT, async (t) => {
  const { run, findings, connections } = traced(t, PAIR, 'never');
  await until('it is said', () => run.err().includes('crossed-acks (certain)'));
  process.kill(-(run.child.pid ?? 0), 'SIGINT');
  await run.ended;
  const found = findings().find(({ kind, certainty }) => kind === 'crossed-acks' && certainty === 'certain');
  const text = found?.explanation ?? run.err();
  assert.match(
    text,
    /b waits for a message of main\.mjs and waits for an answer from main\.mjs a \(127\.0\.0\.1:\d+\)/,
  );
  const [row, ...others] = connections();
  assert.deepEqual(others, []);
  assert.match(row?.name ?? '', /^main\.mjs b → main\.mjs a \(127\.0\.0\.1:\d+\)$/);
  const { seen, toServer, toClients } = row?.connection ?? {};
  assert.deepEqual([seen, toServer, toClients], [1, 'what?'.length, 0]);
  assert.match(text, /a waits for a message of main\.mjs and waits for what comes from main\.mjs b/);
});

test('whoever has got something by a connection and computes is not stuck', TIMEOUT, async (t) => {
  const { run, findings } = traced(t, PAIR, 'answers');
  await run.ended;
  assert.equal(run.out(), 'done\n', run.err());
  assert.deepEqual(findings(), []);
});

/** A server and clients: a process and a worker thread of the server's own, which ask and are never answered. */
const PATH = `
import { fork } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { fileURLToPath } from 'node:url';
import { Worker, isMainThread } from 'node:worker_threads';

const [, file, name] = process.argv;
const path = './app.sock';
if (!isMainThread || name === 'client') http.get({ socketPath: path, path: '/' });
else if (name === 'server') {
  http.createServer(() => process.send('asked')).listen(path, () => {
    new Worker(new URL(import.meta.url), { name: 'asker' });
    process.send('listens');
  });
} else {
  const server = fork(fileURLToPath(import.meta.url), ['server']);
  let heard = 0;
  server.on('message', () => {
    if (++heard === 3) setTimeout(() => { client.kill(); server.kill(); }, 1500);
  });
  await once(server, 'message');
  const client = fork(fileURLToPath(import.meta.url), ['client']);
}
`;

test('connections by the path of a Unix socket lead to who listens there, from threads too', {
  ...TIMEOUT,
  skip: process.platform === 'win32',
}, async (t) => {
  const { run, connections } = traced(t, PATH);
  await run.ended;
  assert.deepEqual(
    connections()
      .map(({ name }) => name)
      .sort(),
    [
      'main.mjs client → main.mjs server (./app.sock)',
      'thread asker of main.mjs server → main.mjs server (./app.sock)',
    ],
    run.err(),
  );
  for (const { connection } of connections()) assert.ok((connection?.toServer ?? 0) > 0);
});

/** A server and a client that has very many connections to it. */
const MANY = `
import { fork } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { fileURLToPath } from 'node:url';

const [, file, name, port] = process.argv;
if (name === 'server') {
  const server = net.createServer((socket) => socket.resume());
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
} else if (name === 'client') {
  let open = 0;
  for (let i = 0; i < 300; i++) net.connect(Number(port), '127.0.0.1', () => {
    if (++open === 300) setTimeout(() => process.send('done'), 1000);
  });
} else {
  const server = fork(fileURLToPath(import.meta.url), ['server']);
  const [port] = await once(server, 'message');
  const client = fork(fileURLToPath(import.meta.url), ['client', String(port)]);
  await once(client, 'message');
  client.kill();
  server.kill();
}
`;

test('very many connections of a client are one row, with their number', TIMEOUT, async (t) => {
  const { run, connections } = traced(t, MANY);
  await run.ended;
  assert.deepEqual(
    connections().map(({ connection, bytes }) => [connection?.seen, bytes]),
    [[300, null]],
    run.err(),
  );
});
