import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { inspect } from 'node:util';
import { TAG } from '../../src/runtime/core/codec/tags.ts';
import { Client, Listener, type SocketConnection, SyncManager } from '../../src/runtime/index.ts';
import { BROKEN, HARMLESS, handle, REFUSED } from './hostile-bytes.ts';
import { run, start, until } from './run-program.ts';
import { array, framed, int, nothing, number, tagged, text } from './wire-bytes.ts';

const LIMIT_MS = 120_000;
/** A raw socket, what it has received, and whether the other side has closed it. */
function stranger(listener: { readonly address: unknown }) {
  const [host, port] = listener.address as [string, number];
  const socket = net.connect(port, host);
  const seen = { socket, bytes: Buffer.alloc(0), closed: false };
  socket.on('data', (data: Buffer) => {
    seen.bytes = Buffer.concat([seen.bytes, data]);
  });
  socket
    .on('error', () => {})
    .on('close', () => {
      seen.closed = true;
    });
  return seen;
}

describe('a listener without a key', () => {
  let listener: Listener;
  const errors: string[] = [];
  let open: SocketConnection[] = [];

  before(async () => {
    listener = await Listener.create({ address: ['127.0.0.1', 0], backlog: 128 });
    void (async () => {
      for (;;) {
        const connection = await listener.accept().catch(() => undefined);
        if (connection === undefined) return;
        open.push(connection);
        void serve(connection);
      }
    })();
  });
  after(() => {
    listener.close();
    for (const connection of open) connection.close();
  });

  async function serve(connection: SocketConnection): Promise<void> {
    try {
      for await (const value of connection) await connection.send(value);
    } catch (error) {
      errors.push((error as Error).name);
      connection.close();
    }
  }

  async function isServed(): Promise<void> {
    using client = await Client(listener.address);
    const value = { text: 'good', list: [1, 2] };
    await client.send(value);
    assert.deepEqual(await client.recv({ timeout: LIMIT_MS / 1000 }), value);
  }

  const all = [
    ...Object.entries(REFUSED).map(([what, bytes]) => [what, framed(bytes), 'SerializationError'] as const),
    ...Object.entries(BROKEN).map(([what, bytes]) => [what, bytes, 'OSError'] as const),
  ];
  for (const [what, bytes, error] of all) {
    test(`refuses ${what}, and serves others meanwhile`, async () => {
      const before = errors.length;
      const { arrayBuffers } = process.memoryUsage();
      const peer = stranger(listener);
      peer.socket.write(bytes);
      await isServed();
      await until(() => peer.closed, 'the hostile client is turned away');
      assert.deepEqual(errors.slice(before), [error]);
      assert.equal(peer.bytes.length, 0);
      assert.ok(process.memoryUsage().arrayBuffers - arrayBuffers < 64e6);
      open = [];
    });
  }

  for (const [what, bytes] of Object.entries(HARMLESS)) {
    test(`takes ${what} for what it is`, async () => {
      const before = errors.length;
      const peer = stranger(listener);
      peer.socket.write(framed(bytes));
      await until(() => peer.bytes.length > 0, 'the value comes back');
      peer.socket.destroy();
      assert.equal(({} as Record<string, unknown>).polluted, undefined);
      assert.deepEqual(errors.slice(before), []);
      await isServed();
    });
  }

  test('is not held up by one that sends a byte now and then, nor filled by small pieces', async () => {
    const peer = stranger(listener);
    peer.socket.setNoDelay(true);
    for (const byte of framed(array(int(1), int(2))).subarray(0, 12)) peer.socket.write(Buffer.from([byte]));
    await isServed();
    peer.socket.destroy();
  });

  test('takes messages up to the size that it allows', async () => {
    using small = await Listener.create({ address: ['127.0.0.1', 0], maxMessageSize: 1000 });
    const accepting = small.accept();
    using client = await Client(small.address);
    using server = await accepting;
    await client.sendBytes(Buffer.alloc(1000));
    assert.equal((await server.recvBytes()).length, 1000);
    await client.sendBytes(Buffer.alloc(1001));
    await assert.rejects(server.recvBytes(), { name: 'OSError', message: /1001 bytes, at most 1000/ });
    for (const maxMessageSize of [0, -1, 0.5, 2 ** 32, '5' as unknown as number])
      await assert.rejects(Listener.create({ maxMessageSize }), { name: 'ValueError' });
  });
});

describe('a listener with a key', () => {
  const authkey = Buffer.from('right');
  const challengeOf = (peer: { bytes: Buffer }): Buffer =>
    peer.bytes.subarray(5 + '#CHALLENGE#'.length, 5 + 51);
  const digest = (key: string, message: Buffer): Buffer => createHmac('sha256', key).update(message).digest();

  /** What strangers do who do not know the key. */
  const strangers: Readonly<Record<string, (peer: ReturnType<typeof stranger>) => void>> = {
    'says nothing': () => {},
    'sends another protocol': ({ socket }) => socket.write('GET / HTTP/1.1\r\n\r\n'),
    'sends a wrong digest': (peer) => peer.socket.write(framed(digest('wrong', challengeOf(peer)), 1)),
    'sends the challenge back': (peer) => peer.socket.write(peer.bytes),
    'sends a digest that is too long': ({ socket }) => socket.write(framed(Buffer.alloc(200), 1)),
    'sends an empty digest': ({ socket }) => socket.write(framed(Buffer.alloc(0), 1)),
    'sends a value': ({ socket }) => socket.write(framed(tagged(TAG.map, 2 ** 45))),
    'sends a welcome': ({ socket }) => socket.write(framed(Buffer.from('#WELCOME#'), 1)),
    'sends much': ({ socket }) => socket.write(framed(Buffer.alloc(1 << 20), 1)),
    'goes away at once': ({ socket }) => socket.destroy(),
    'closes its half': ({ socket }) => socket.end(),
  };

  for (const [what, act] of Object.entries(strangers)) {
    test(`serves others while a stranger ${what}`, async () => {
      using listener = await Listener.create({ address: ['127.0.0.1', 0], authkey });
      const peer = stranger(listener);
      await until(() => peer.bytes.length >= 56, 'the challenge');
      act(peer);
      const start = performance.now();
      using client = await Client(listener.address, { authkey });
      let server: SocketConnection | undefined;
      while (server === undefined)
        server = await listener.accept().catch((error: Error) => {
          assert.equal(error.name, 'AuthenticationError');
          return undefined;
        });
      await client.send('hello');
      assert.equal(await server.recv(), 'hello');
      assert.ok(performance.now() - start < 10_000, 'the stranger held it up');
      server.close();
      peer.socket.destroy();
    });
  }

  test('serves others though hundreds say nothing, and lets the oldest of them go', async () => {
    using listener = await Listener.create({ address: ['127.0.0.1', 0], authkey, backlog: 511 });
    const silent = Array.from({ length: 300 }, () => stranger(listener));
    await until(() => silent.filter((peer) => peer.closed).length >= 200, 'the oldest are turned away');
    using client = await Client(listener.address, { authkey });
    let server: SocketConnection | undefined;
    while (server === undefined) server = await listener.accept().catch(() => undefined);
    await client.send('through');
    assert.equal(await server.recv(), 'through');
    server.close();
    for (const { socket } of silent) socket.destroy();
  });

  test('takes a first message that comes with the last word of the handshake', async () => {
    using listener = await Listener.create({ address: ['127.0.0.1', 0], authkey });
    const accepting = listener.accept();
    const peer = stranger(listener);
    await until(() => peer.bytes.length >= 56, 'the challenge');
    peer.socket.write(framed(digest('right', challengeOf(peer)), 1));
    await until(() => peer.bytes.includes('#WELCOME#'), 'the welcome');
    peer.socket.write(framed(Buffer.concat([Buffer.from('#CHALLENGE#'), randomBytes(40)]), 1));
    await once(peer.socket, 'data');
    const long = Buffer.from('x'.repeat(5000));
    peer.socket.write(
      Buffer.concat([framed(Buffer.from('#WELCOME#'), 1), framed(long, 1), framed(text('next'))]),
    );
    using server = await accepting;
    assert.deepEqual(await server.recvBytes(), long);
    assert.equal(await server.recv(), 'next');
    peer.socket.destroy();
  });
});

describe("a manager's server", () => {
  const authkey = Buffer.from('key');
  const server = start('manager-server.ts');
  let manager: SyncManager;
  let address: readonly [string, number];
  let pid: number;
  before(async () => {
    ({ address, pid } = JSON.parse(await server.line(/address/)));
    manager = await new SyncManager({ address, authkey }).connect();
  });
  after(async () => {
    server.child.kill('SIGTERM');
    assert.equal((await server.done).code, 0);
  });

  async function knowing() {
    const connection = await Client(address, { authkey });
    return connection as SocketConnection<unknown>;
  }

  /** Sends bytes as one message, whatever they are; what comes back, undefined when the server closes. */
  async function ask(bytes: Buffer): Promise<Buffer | undefined> {
    const peer = stranger({ address });
    await until(() => peer.bytes.length >= 56, 'the challenge');
    const { socket } = peer;
    socket.write(framed(createHmac('sha256', authkey).update(peer.bytes.subarray(16, 56)).digest(), 1));
    await until(() => peer.bytes.includes('#WELCOME#'), 'the welcome');
    socket.write(framed(Buffer.concat([Buffer.from('#CHALLENGE#'), randomBytes(40)]), 1));
    const length = peer.bytes.length;
    await until(() => peer.bytes.length > length, 'the digest');
    const before = peer.bytes.length;
    socket.write(Buffer.concat([framed(Buffer.from('#WELCOME#'), 1), framed(bytes)]));
    await until(() => peer.closed || peer.bytes.length > before, 'an answer or the end');
    await until(
      () => peer.closed || peer.bytes.length >= before + 5 + peer.bytes.readUInt32BE(before),
      'all of it',
    );
    socket.destroy();
    return peer.bytes.length > before ? peer.bytes.subarray(before) : undefined;
  }

  test('gives no client a byte of its memory', async () => {
    const leak = Buffer.concat([Buffer.from([TAG.arrayBuffer]), number(65_536), Buffer.from('hi')]);
    const set = array(int(2), text('1'), text('set'), array(text('k'), leak));
    const answer = (await ask(set)) ?? Buffer.alloc(0);
    assert.ok(answer.length < 500, `${answer.length} bytes came back`);
    const dict = await manager.dict({ a: 1 });
    assert.deepEqual(await dict.get('a'), 1);
  });

  test('answers what is no request by closing, and names that objects inherit by an error', async () => {
    for (const request of [
      nothing,
      array(),
      array(int(1), text('')),
      array(text('x'), int(1), int(1), array(), int(0)),
    ])
      assert.match(String(await ask(request)), /#SERIALIZER#/);
    const client = await knowing();
    const dict = await manager.dict({});
    for (const [number, ident, method] of [
      [1, '', 'constructor'],
      [2, '__proto__', 'get'],
      [3, '1', '__proto__'],
      [4, '1', 'constructor'],
      [5, '', '__proto__'],
    ]) {
      await client.send([number, ident, method, [], 0]);
      const [, kind, value] = (await client.recv()) as [number, number, Error];
      assert.equal(kind, 1);
      assert.equal(value.name, 'RemoteError');
    }
    client.close();
    assert.deepEqual(await dict.keys(), []);
  });

  test('does not load a module, nor open shared memory, because a client says so', async () => {
    const evil = (serializer: Buffer, kind = 'socket') =>
      array(
        int(1),
        text('1'),
        text('set'),
        array(
          text('k'),
          handle(
            'proxy',
            text('dict'),
            text('1'),
            array(text('get')),
            text(kind),
            array(text('127.0.0.1'), int(1)),
            serializer,
          ),
        ),
        int(0),
      );
    const reference = tagged(
      TAG.object,
      4,
      text('kind'),
      text('export'),
      text('url'),
      text('data:text/javascript,process.exit(7)'),
      text('path'),
      array(text('x')),
      text('commonjs'),
      Buffer.from([TAG.false]),
    );
    for (const request of [evil(array(reference, reference)), evil(text('json'), 'memory'), evil(int(1))])
      assert.match(String(await ask(request)), /#SERIALIZER#/);
    assert.equal(await (await manager.list([1])).length(), 1);
  });

  test('takes no more calls of a client that does not read its answers, and serves the others', {
    skip: process.platform !== 'linux' && 'the memory of another process is seen on Linux only',
  }, async () => {
    const megabyte = Array.from({ length: 1000 }, () => 'x'.repeat(1000));
    const list = await manager.list(megabyte);
    const ident = /\((\d+)\)/.exec(inspect(list))?.[1];
    const client = await knowing();
    for (let i = 0; i < 3000; i++) await client.send([i, ident, 'copy', [], 0]);
    for (let i = 0; i < 200; i++) assert.equal(await list.length(), 1000);
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    assert.ok(pages * 4096 < 700e6, `the server has ${pages * 4096} bytes of memory`);
    assert.equal(((await client.recv()) as [number])[0], 0);
    client.close();
    assert.equal(await list.length(), 1000);
  });
});

test('an open connection keeps a program alive only while something is awaited from it', async () => {
  const { code, lines } = await run('idle-socket.ts');
  assert.equal(code, 0);
  assert.deepEqual(lines, ['x', 'late', 'main returns']);
});
