import assert from 'node:assert/strict';
import { test } from 'node:test';
import { follow, ofKind, sourcesOf } from './sources-helpers.ts';

const TIMEOUT = { timeout: 240_000 };

test('servers and connections: addresses, direction, where they were made', TIMEOUT, async (t) => {
  const rest = await sourcesOf(
    t,
    `const net = require('node:net');
const server = net.createServer((socket) => socket.resume());
server.listen(0, '127.0.0.1', () => {
  net.connect(server.address().port, '127.0.0.1').resume();
});
net.createServer().listen(0, '127.0.0.1').unref();
net.connect(9, '192.0.2.1').on('error', () => {});`,
    ({ list }) => list.filter(({ kind, state }) => kind === 'socket' && state === undefined).length === 2,
  );
  const [server, quiet] = ofKind(rest, 'server');
  assert.deepEqual([server?.ref, server?.site], [true, 'main.cjs:3']);
  assert.deepEqual([quiet?.ref, quiet?.site], [false, 'main.cjs:6']);
  const sockets = ofKind(rest, 'socket').sort((a, b) => (a.site ?? '').localeCompare(b.site ?? ''));
  const [accepted, connected, connecting] = sockets;
  assert.deepEqual([accepted?.site, accepted?.local, accepted?.listens], ['main.cjs:3', server?.local, true]);
  assert.deepEqual([connected?.site, connected?.remote], ['main.cjs:4', server?.local]);
  assert.equal(accepted?.remote, connected?.local);
  // Where nothing is routed there the attempt fails at once.
  if (connecting) assert.deepEqual([connecting.state, connecting.site], ['connecting', 'main.cjs:7']);
});

test(
  'many connections are counted, those that the program has made by where they lead to',
  TIMEOUT,
  async (t) => {
    const rest = await sourcesOf(
      t,
      `const net = require('node:net');
const server = net.createServer((socket) => socket.resume()).listen(0, '127.0.0.1', () => {
  for (let i = 0; i < 500; i++) net.connect(server.address().port, '127.0.0.1').resume();
});`,
      // Both ends of all of them.
      ({ list }) => list.reduce((n, { kind, count }) => (kind === 'socket' ? n + count : n), 0) === 1000,
    );
    const [out, others, ...more] = ofKind(rest, 'socket');
    assert.match(out?.remote ?? '', /^127\.0\.0\.1:\d+$/);
    assert.deepEqual(
      [out, others, more],
      [
        { count: 500, ref: true, listens: true, remote: out?.remote },
        { count: 500, ref: true, listens: true },
        [],
      ],
    );
  },
);

test('datagrams, watchers, signals, each with its line', TIMEOUT, async (t) => {
  const rest = await sourcesOf(
    t,
    `const dgram = require('node:dgram');
const fs = require('node:fs');
dgram.createSocket('udp4').bind(0, '127.0.0.1');
fs.watch(__dirname, () => {});
fs.watch(__dirname, { persistent: false }, () => {});
fs.watchFile(__filename, () => {}).unref();
process.on('SIGUSR2', () => {});
for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => {});
process.on('SIGWINCH', () => {});`,
    ({ list }) => list.some(({ kind, local }) => kind === 'datagram' && local !== undefined),
  );
  assert.deepEqual(
    ofKind(rest, 'datagram').map(({ ref, site }) => [ref, site]),
    [[true, 'main.cjs:3']],
  );
  assert.deepEqual(
    ofKind(rest, 'watcher').map(({ ref, site }) => [ref, site]),
    [
      [true, 'main.cjs:4'],
      [false, 'main.cjs:5'],
      [false, 'main.cjs:6'],
    ],
  );
  assert.match(ofKind(rest, 'watcher')[2]?.detail ?? '', /main\.cjs$/);
  assert.deepEqual(ofKind(rest, 'signal'), [
    { count: 1, ref: false, listens: true, detail: 'SIGUSR2', site: 'main.cjs:7' },
    { count: 1, ref: false, listens: true, detail: 'SIGINT, SIGTERM', site: 'main.cjs:8' },
  ]);
  assert.equal(rest.list.length, 6);
});

test('stdin is a source while it is read, and output is none', TIMEOUT, async (t) => {
  const { rests } = await follow(
    t,
    `if (process.argv[2] === 'child') {
  console.log('to a pipe');
  process.stdin.on('data', () => {});
} else require('node:child_process').spawn(process.execPath, [__filename, 'child'], { stdio: ['pipe', 'pipe', 'inherit'] });`,
    ({ now }) => now.some(({ list }) => list.some(({ detail }) => detail === 'stdin')),
  );
  const child = rests.now.find(({ list }) => list.some(({ detail }) => detail === 'stdin'))!;
  assert.deepEqual(
    child.list.map(({ kind, resource, listens, site }) => [kind, resource, listens, site]),
    [['stdio', 'stdio stdin', true, 'main.cjs:3']],
  );
});

test('what Node works on: file operations and lookups', TIMEOUT, async (t) => {
  const rest = await sourcesOf(
    t,
    `const { execFileSync } = require('node:child_process');
execFileSync('mkfifo', [__dirname + '/fifo']);
require('node:fs').open(__dirname + '/fifo', () => {});`,
  );
  assert.deepEqual(
    rest.list.map(({ kind, ref, detail }) => [kind, ref, detail]),
    [['request', true, 'file operation']],
  );
});

test('an open inspector may mean a person', TIMEOUT, async (t) => {
  const rest = await sourcesOf(
    t,
    `require('node:inspector').open(0, '127.0.0.1'); setInterval(() => {}, 60_000);`,
  );
  assert.match(ofKind(rest, 'debugger')[0]?.detail ?? '', /^ws:\/\/127\.0\.0\.1:/);
});

test('a worker of a cluster lists the server that it shares', TIMEOUT, async (t) => {
  const { rests } = await follow(
    t,
    `const cluster = require('node:cluster');
if (cluster.isPrimary) cluster.fork();
else require('node:net').createServer().listen(0, '127.0.0.1');`,
    ({ now }) => now.some(({ list }) => list.some(({ kind, site }) => kind === 'server' && site !== '')),
  );
  const worker = rests.now.find(({ list }) =>
    list.some(({ kind, site }) => kind === 'server' && site !== ''),
  )!;
  assert.deepEqual(
    worker.list.map(({ kind, ref, site, events }) => [kind, ref, site, events]),
    [
      ['ipc', true, '', ['disconnect', 'internalMessage', 'message']],
      ['server', true, 'main.cjs:3', undefined],
    ],
  );
});

test(
  'of a worker of a cluster a primary hears what the program listens for, not Node',
  TIMEOUT,
  async (t) => {
    const heard: (readonly string[] | undefined)[] = [];
    for (const listener of ['', "worker.on('exit', () => {});", "cluster.on('message', () => {});"]) {
      const rest = await sourcesOf(
        t,
        `const cluster = require('node:cluster');
cluster.setupPrimary({ exec: '/dev/null', execArgv: ['-e', "process.on('message', () => {})"] });
const worker = cluster.fork();
${listener}`,
      );
      heard.push(ofKind(rest, 'child')[0]?.events);
    }
    assert.deepEqual(heard, [[], ['exit'], ['message']]);
  },
);
