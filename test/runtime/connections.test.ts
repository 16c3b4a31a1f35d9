import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import net from 'node:net';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Address, Client, Listener, Lock, Pipe, Queue, wait } from '../../src/runtime/index.ts';
import { facts } from './facts.ts';

let seen: Record<string, unknown> = {};
before(async () => {
  seen = await facts('connections.ts');
});

async function connected(authkey?: Uint8Array) {
  const options = authkey === undefined ? {} : { authkey };
  const listener = await Listener.create({ family: 'AF_INET', ...options });
  const accepting = listener.accept();
  const client = await Client(listener.address, options);
  return { listener, client, server: await accepting };
}

test('[row 160] connections are sent through connections, both ways, and bring their ends of file', () => {
  assert.deepEqual(seen[160], ['sent on what was given', 'EOFError', 'sent from the child', 'EOFError']);
});

test('[row 162] listener and client of each family, between processes', () => {
  assert.deepEqual(seen[162], [
    ['AF_INET', 'hello', true, 'welcome'],
    ['AF_UNIX', 'hello', true, 'welcome'],
  ]);
});

test('[row 162] what was sent before the accept arrives', async () => {
  const listener = await Listener.create();
  const client = await Client(listener.address);
  await client.send('early');
  client.close();
  const server = await listener.accept();
  assert.equal(await server.recv(), 'early');
  await assert.rejects(server.recv(), { name: 'EOFError' });
  server.close();
  listener.close();
});

test('[row 163] an address is bound once; accept after close is refused; closing frees the address', async () => {
  const listener = await Listener.create({ address: ['127.0.0.1', 0] });
  await assert.rejects(Listener.create({ address: listener.address }), {
    name: 'OSError',
    code: 'EADDRINUSE',
  });
  const pending = assert.rejects(listener.accept(), { name: 'OSError', message: /closed/ });
  listener.close();
  listener.close();
  await pending;
  await assert.rejects(listener.accept(), { name: 'OSError' });
  await assert.rejects(Client(listener.address), { name: 'OSError', code: 'ECONNREFUSED' });
  const again = await Listener.create({ address: listener.address });
  again.close();
  const socket = await Listener.create({ family: 'AF_UNIX' });
  assert.equal(existsSync(String(socket.address)), true);
  socket.close();
  assert.equal(existsSync(String(socket.address)), false);
});

test('[row 164] the wrong key is an AuthenticationError on both sides; a key is bytes', async () => {
  assert.deepEqual(seen[164], ['AuthenticationError', 'AuthenticationError']);
  const key = 'text' as unknown as Uint8Array;
  await assert.rejects(Listener.create({ authkey: key }), TypeError);
  await assert.rejects(Client(['127.0.0.1', 1], { authkey: key }), TypeError);
  const right = await connected(Buffer.from('secret'));
  await right.client.send({ deep: [1, new Map([[2, 'x']])] });
  assert.deepEqual(await right.server.recv(), { deep: [1, new Map([[2, 'x']])] });
  for (const one of [right.client, right.server, right.listener]) one.close();
});

test('[row 164] garbage and silence on a listener with a key do not harm it', async () => {
  const authkey = Buffer.from('secret');
  const listener = await Listener.create({ family: 'AF_INET', authkey });
  const [host, port] = listener.address as [string, number];
  for (const garbage of [Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.alloc(300, 255), Buffer.from([0])]) {
    const socket = net.connect(port, host);
    socket.on('error', () => {});
    socket.end(garbage);
    await assert.rejects(listener.accept(), { name: 'AuthenticationError' });
    socket.destroy();
  }
  const accepting = listener.accept();
  const client = await Client(listener.address, { authkey });
  await client.send('after all that');
  assert.equal(await (await accepting).recv(), 'after all that');
  client.close();
  listener.close();
});

test('[row 165] an abstract address', { skip: process.platform !== 'linux' && 'Linux only' }, async () => {
  const address: Address = `\0forkscope-test-${process.pid}`;
  const listener = await Listener.create({ address });
  const accepting = listener.accept();
  const client = await Client(address);
  await client.send('abstract');
  assert.equal(await (await accepting).recv(), 'abstract');
  client.close();
  listener.close();
});

test('[row 166] wait: what is ready, all of it; nothing at the time limit; negative limits are at once', async () => {
  assert.deepEqual(seen[166], [0, 1, true, 2]);
  const { listener, client, server } = await connected();
  const [a, b] = Pipe<number>();
  assert.deepEqual(await wait([server, a], 0), []);
  assert.deepEqual(await wait([server, a], -1), []);
  assert.deepEqual(await wait([] as (typeof a)[], 0), []);
  await client.send(1);
  assert.deepEqual(await wait([server, a]), [server]);
  await b.send(2);
  const done = Promise.resolve(5);
  assert.deepEqual(await wait([server, a, done, sleep(60_000, 0, { ref: false })], 5), [server, a, done]);
  for (const one of [client, server, listener]) one.close();
});

test('[row 167] four writers of ten messages; the end of file removes each', () => {
  assert.deepEqual(seen[167], [40, true]);
});

test('[row 168] recv and accept survive signals', {
  skip: process.platform === 'win32' && 'no signals',
}, async () => {
  let signals = 0;
  const listen = (): void => {
    signals++;
  };
  // Not SIGUSR2: Node 26's test runner has it write a report into the folder.
  process.on('SIGWINCH', listen);
  const listener = await Listener.create();
  const [a, b] = Pipe<string>();
  const [accepting, receiving] = [listener.accept(), a.recv()];
  process.kill(process.pid, 'SIGWINCH');
  while (signals === 0) await sleep(1);
  const client = await Client(listener.address);
  await b.send('through');
  assert.equal(await receiving, 'through');
  (await accepting).close();
  client.close();
  listener.close();
  process.off('SIGWINCH', listen);
});

test('[row 158] a peer that floods a connection which nobody reads is held up, and nothing is lost', async () => {
  for (const [size, total] of [
    [1 << 20, 200],
    [2000, 50_000],
  ] as const) {
    const { listener, client, server } = await connected();
    const message = Buffer.alloc(size, 5);
    let sent = 0;
    const sending = (async () => {
      for (; sent < total; sent++) await client.sendBytes(message);
    })();
    // Until the system takes no more: if the reader's side took everything, it would take all.
    for (let [before, turns] = [-1, 0]; turns < 20 && sent < total; turns++) {
      if (sent !== before) turns = 0;
      before = sent;
      await sleep(5);
    }
    assert.ok(
      sent < total / 2,
      `${sent} of ${total} messages of ${size} bytes were taken before any was read`,
    );
    for (let i = 0; i < total; i++) assert.equal((await server.recvBytes()).length, size);
    await sending;
    assert.equal(server.ready, false);
    client.close();
    await assert.rejects(server.recv(), { name: 'EOFError' });
    for (const one of [server, listener]) one.close();
  }
});

test('[row 169] invalid handles and addresses are errors', async () => {
  const [a, b] = Pipe<unknown>();
  a.close();
  await assert.rejects(wait([a]), { name: 'OSError', message: /closed/ });
  await assert.rejects(b.send(a), { name: 'OSError' });
  for (const address of [
    ['127.0.0.1', 70000],
    ['127.0.0.1', -1],
    [5, 5],
  ] as unknown as Address[]) {
    await assert.rejects(Client(address), { name: 'ValueError' });
    await assert.rejects(Listener.create({ address }), { name: 'ValueError' });
  }
  await assert.rejects(Client('/nonexistent/socket'), { name: 'OSError', code: 'ENOENT' });
  await assert.rejects(Listener.create({ address: '/nonexistent/socket' }), { name: 'OSError' });
});

test('[rows 147, 149, 150, 151, 153, 155] a socket connection has the forms of a pipe', async () => {
  const { listener, client, server } = await connected();
  const big = Buffer.alloc(16 * 1024 * 1024, 'x');
  const [, back] = await Promise.all([client.sendBytes(big), server.recvBytes()]);
  assert.ok(back.equals(big));
  await client.sendBytes(Buffer.from('abcdef'), 2, 3);
  assert.equal(String(await server.recvBytes()), 'cde');
  await assert.rejects(client.sendBytes(Buffer.from('abc'), 4), { name: 'ValueError' });
  await assert.rejects(client.sendBytes(Buffer.from('abc'), -1), { name: 'ValueError' });
  await client.sendBytes(Buffer.alloc(0));
  assert.equal(await server.poll(5), true);
  assert.equal((await server.recvBytes()).length, 0);
  await client.sendBytes(Buffer.from('too long'));
  await assert.rejects(server.recvBytesInto(Buffer.alloc(3)), (error: { name: string; args: [Buffer] }) => {
    return error.name === 'BufferTooShort' && String(error.args[0]) === 'too long';
  });
  const into = Buffer.alloc(6);
  await client.sendBytes(Buffer.from('abc'));
  assert.equal(await server.recvBytesInto(into, 2), 3);
  assert.equal(String(into.subarray(2, 5)), 'abc');
  await assert.rejects(server.recv({ timeout: 0.01 }), { name: 'TimeoutError' });
  await assert.rejects(client.send(new Lock()), { name: 'SerializationError', message: /manager/ });
  await client.sendBytes(Buffer.from('too long'));
  await assert.rejects(server.recvBytes(3), { name: 'OSError' });
  assert.equal(server.closed, true);
  await assert.rejects(server.recv(), { name: 'OSError' });
  await assert.rejects(client.recv(), { name: 'EOFError' });
  await assert.rejects(client.send(1), { name: 'OSError', code: 'EPIPE' });
  client.close();
  await assert.rejects(client.send(1), { name: 'OSError', message: /closed/ });
  listener.close();
});

test('[row 166] wait takes queues beside connections, and says what it does not take', async () => {
  const [items, others] = [new Queue<number>(), new Queue<number>()];
  const [here, there] = Pipe<number>();
  assert.deepEqual(await wait([items, here, others], 0), []);
  setImmediate(() => others.putSync(1));
  assert.deepEqual(await wait([items, here, others], 60), [others]);
  there.sendSync(2);
  assert.deepEqual(await wait([items, here, others]), [here, others]);
  assert.equal(await items.get({ timeout: 0 }).catch((error: Error) => error.name), 'Empty');
  await assert.rejects(wait([{} as Queue]), { name: 'TypeError', message: /queues.*not \{\}/ });
});

test('a family that does not fit its address, or the system, is refused with a clear error', async () => {
  const wrong: [object, RegExp][] = [
    [{ address: ['127.0.0.1', 0], family: 'AF_UNIX' }, /'127.0.0.1', 0 \] is one of AF_INET, not of AF_UNIX/],
    [{ address: ['127.0.0.1', 0], family: 'AF_PIPE' }, /is one of AF_INET, not of AF_PIPE/],
    [{ address: '/tmp/forkscope-none.sock', family: 'AF_INET' }, /one of AF_UNIX, not of AF_INET/],
    [{ family: 'AF_NOPE' }, /unknown family 'AF_NOPE': it is one of AF_INET, AF_UNIX, AF_PIPE/],
    [{ family: 'toString' }, /unknown family/],
    [{ address: '\\\\.\\pipe\\forkscope-none' }, /AF_PIPE, named pipes, exists on Windows only/],
    [{ family: 'AF_PIPE' }, /exists on Windows only/],
    [{ address: 5 }, /an address is \[host, port\] or a path/],
  ];
  for (const [options, message] of wrong)
    await assert.rejects(Listener.create(options), { name: 'ValueError', message });
});
