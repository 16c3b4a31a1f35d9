// _TestConnection, _TestListener, _TestPoll, TestWait and their relatives.
import assert from 'node:assert/strict';
import net from 'node:net';
import { type Address, Client, type Connection, isMain, Listener, Pipe, Process } from 'forkscope';
import { check, elsewhere, finish, sleep, tasks, thrown, timed } from './harness.ts';

export async function echo(connection: Connection): Promise<void> {
  for (;;) {
    const bytes = await connection.recvBytes();
    if (bytes.length === 0) return connection.close();
    await connection.sendBytes(bytes);
  }
}
export async function visit(address: Address, ...words: unknown[]): Promise<void> {
  const connection = await Client(address);
  for (const word of words) await connection.send(word);
  connection.close();
}
export async function relay(through: Connection<Connection | string>): Promise<void> {
  const connection = (await through.recv()) as Connection;
  await connection.send('through another');
  connection.close();
}
export async function sendAll(connection: Connection, ...messages: string[]): Promise<void> {
  for (const message of messages) {
    if (message === '…') await sleep(0.05);
    else await connection.sendBytes(Buffer.from(message));
  }
  connection.close();
}
export async function sendSlowly(connection: Connection, slow: boolean): Promise<void> {
  for (let i = 0; i < 10; i++) {
    if (slow) await sleep(0.01 * (i % 3));
    await connection.send([i, process.pid]);
  }
  connection.close();
}
export async function signalled(connection: Connection): Promise<void> {
  process.on('SIGUSR1', () => {});
  await connection.send('ready');
  await connection.send(await connection.recv());
}
export async function listenSignalled(connection: Connection): Promise<void> {
  process.on('SIGUSR1', () => {});
  const listener = await Listener.create();
  await connection.send(listener.address);
  const accepted = await listener.accept();
  await accepted.send('welcome');
  accepted.close();
}

const LETTERS = Buffer.from('abcdefghijklmnopqrstuvwxyz');

async function connection(prefix: string, run: typeof elsewhere): Promise<void> {
  await check(`${prefix}TestConnection.test_connection`, async () => {
    const [ours, theirs] = Pipe<unknown>();
    const echoing = run(echo, theirs as Connection);
    const seq = [1, 2.25, null];
    const message = Buffer.from('hello world');
    await ours.sendBytes(message);
    assert.deepEqual(await ours.recvBytes(), message);
    // A task of this process has this very end.
    if (run === elsewhere) theirs.close();
    const into = Buffer.alloc(40);
    await ours.sendBytes(message);
    assert.equal(await ours.recvBytesInto(into, 3), message.length);
    assert.deepEqual(into.subarray(3, 14), message);
    await ours.sendBytes(Buffer.from(' '.repeat(40)));
    const short = await ours.recvBytesInto(Buffer.alloc(10)).catch((error: unknown) => error);
    assert.equal((short as Error).name, 'BufferTooShort');
    assert.deepEqual([await ours.poll(), (await timed(() => ours.poll(0.1)))[1]], [false, false]);
    const large = Buffer.alloc(16 * 1024 * 1024, 'x');
    const sending = ours.sendBytes(large);
    assert.equal(Buffer.compare(await ours.recvBytes(), large), 0);
    await sending;
    await ours.sendBytes(Buffer.alloc(0));
    await echoing;
    assert.equal(await thrown(() => ours.recv()), 'EOFError');
    const [a, b] = Pipe<unknown>();
    await a.send(seq);
    assert.deepEqual(await b.recv(), seq);
  });
  await check(`${prefix}TestConnection.test_duplex_false`, async () => {
    const [reader, writer] = Pipe<number>(false);
    await writer.send(1);
    assert.equal(await reader.recv(), 1);
    assert.deepEqual(
      [reader.readable, reader.writable, writer.readable, writer.writable],
      [true, false, false, true],
    );
    assert.equal(await thrown(() => reader.send(2)), 'OSError');
    assert.equal(await thrown(() => writer.recv()), 'OSError');
    assert.equal(await thrown(() => writer.poll()), 'OSError');
  });
  await check(`${prefix}TestConnection.test_sendbytes`, async () => {
    const [a, b] = Pipe();
    const cases: [[number?, number?], string][] = [
      [[], 'abcdefghijklmnopqrstuvwxyz'],
      [[5], 'fghijklmnopqrstuvwxyz'],
      [[7, 8], 'hijklmno'],
      [[26], ''],
      [[26, 0], ''],
    ];
    for (const [part, expected] of cases) {
      await a.sendBytes(LETTERS, ...part);
      assert.equal((await b.recvBytes()).toString(), expected);
    }
    for (const part of [[27], [22, 5], [26, 1], [-1], [4, -1]] as [number, number?][])
      assert.equal(await thrown(() => a.sendBytes(LETTERS, ...part)), 'ValueError');
  });
  await check(`${prefix}TestConnection.test_context`, async () => {
    let kept: Connection<number>;
    {
      const [a, b] = Pipe<number>();
      using first = a;
      using second = b;
      kept = first;
      await first.send(1729);
      assert.deepEqual([await second.recv(), first.closed], [1729, false]);
    }
    assert.equal(kept.closed, true);
    assert.equal(await thrown(() => kept.recv()), 'OSError');
  });
}

const polls: Readonly<Record<string, () => unknown>> = {
  async test_empty_string() {
    const [a, b] = Pipe();
    assert.equal(await a.poll(), false);
    await b.sendBytes(Buffer.alloc(0));
    assert.deepEqual([await a.poll(), await a.poll()], [true, true]);
  },
  async test_strings() {
    const [a, b] = Pipe();
    const words = ['hello', '', 'a', 'b', '', 'bye', '', 'lop'];
    const sending = elsewhere(sendAll, b as Connection, ...words);
    for (const word of words) {
      assert.equal(await a.poll(10), true);
      assert.equal((await a.recvBytes()).toString(), word);
    }
    await sending;
  },
  async test_boundaries() {
    const [reader, writer] = Pipe(false);
    const sending = elsewhere(sendAll, writer as Connection, 'first\n', 'second\n');
    assert.equal((await reader.recvBytes()).toString(), 'first\n');
    await sending;
    assert.equal((await reader.recvBytes()).toString(), 'second\n');
  },
  async test_dont_merge() {
    const [a, b] = Pipe();
    assert.equal((await timed(() => a.poll(0.05)))[1], false);
    const sending = elsewhere(sendAll, b as Connection, 'a', 'b', '…', 'cd');
    const got: string[] = [];
    for (let i = 0; i < 3; i++) {
      assert.equal(await a.poll(10), true);
      got.push((await a.recvBytes()).toString());
    }
    assert.deepEqual(got, ['a', 'b', 'cd']);
    await sending;
  },
};

const listeners: Readonly<Record<string, () => unknown>> = {
  async 'WithProcessesTestListener.test_multiple_bind'() {
    for (const family of ['AF_INET', 'AF_UNIX'] as const) {
      const listener = await Listener.create({ family });
      assert.equal(await thrown(() => Listener.create({ address: listener.address, family })), 'OSError');
      listener.close();
    }
  },
  async 'WithProcessesTestListener.test_context'() {
    let kept: Listener;
    {
      using listener = await Listener.create();
      kept = listener;
      const [accepted] = await Promise.all([listener.accept(), elsewhere(visit, listener.address, 1729)]);
      assert.equal(await accepted.recv(), 1729);
    }
    assert.equal(await thrown(() => kept.accept()), 'OSError');
  },
  async 'WithProcessesTestListener.test_abstract_socket'() {
    using listener = await Listener.create({ address: `\0forkscope-test-${process.pid}` });
    const [accepted] = await Promise.all([listener.accept(), elsewhere(visit, listener.address, 'abstract')]);
    assert.equal(await accepted.recv(), 'abstract');
  },
  async 'WithProcessesTestListenerClient.test_listener_client'() {
    for (const family of ['AF_INET', 'AF_UNIX'] as const) {
      using listener = await Listener.create({ family });
      const [accepted] = await Promise.all([listener.accept(), elsewhere(visit, listener.address, 'hello')]);
      assert.equal(await accepted.recv(), 'hello');
      accepted.close();
    }
  },
  async 'WithProcessesTestListenerClient.test_issue14725'() {
    using listener = await Listener.create({ family: 'AF_INET' });
    await elsewhere(visit, listener.address, 'hello');
    const accepted = await listener.accept();
    assert.equal(await accepted.recv(), 'hello');
    accepted.close();
  },
  async 'WithProcessesTestListenerClient.test_issue16955'() {
    for (const family of ['AF_INET', 'AF_UNIX'] as const) {
      using listener = await Listener.create({ family });
      const client = await Client(listener.address);
      const accepted = await listener.accept();
      await accepted.sendBytes(Buffer.from('hello'));
      assert.equal(await client.poll(5), true);
      client.close();
      accepted.close();
    }
  },
  async 'WithProcessesTestPicklingConnections.test_pickling'() {
    const [ours, theirs] = Pipe<Connection | string>();
    const relaying = elsewhere(relay, theirs as Connection<Connection | string>);
    const [reader, writer] = Pipe<string>(false);
    await ours.send(writer as Connection);
    writer.close();
    assert.equal(await reader.recv(), 'through another');
    await relaying;
    assert.equal(await thrown(() => reader.recv()), 'EOFError');
  },
  async 'WithProcessesTestPicklingConnections.test_access'() {
    const [reader, writer] = Pipe<number>(false);
    await elsewhere(sendSlowly, writer as Connection, false);
    writer.close();
    assert.deepEqual((await reader.recv()) as unknown as number[], [
      0,
      ...((await reader.recv()) as unknown as number[]).slice(1),
    ]);
  },
  async 'WithProcessesTestConnection.test_spawn_close'() {
    const [ours, theirs] = Pipe();
    const p = new Process({ target: echo, args: [theirs as Connection] });
    await p.start();
    theirs.close();
    await ours.sendBytes(Buffer.from('hello'));
    assert.equal((await ours.recvBytes()).toString(), 'hello');
    await ours.sendBytes(Buffer.alloc(0));
    ours.close();
    await p.join();
  },
  async 'TestInvalidFamily.test_invalid_family'() {
    assert.equal(await thrown(() => Listener.create({ address: '\\\\.\\test' })), 'ValueError');
    assert.equal(
      await thrown(() => Listener.create({ address: '/x.sock', family: 'AF_INET' })),
      'ValueError',
    );
  },
  async 'TestInvalidHandle.test_invalid_handles'() {
    const [a] = Pipe();
    a.close();
    for (const call of [() => a.poll(), () => a.recv(), () => a.send(1)])
      assert.equal(await thrown(call), 'OSError');
    assert.throws(() => new (a.constructor as new (fd: number) => unknown)(-1), TypeError);
  },
  'OtherTest.test_deliver_challenge_auth_failure': () => strangers('listener'),
  'OtherTest.test_answer_challenge_auth_failure': () => strangers('client'),
  async 'TestTimeouts.test_timeout'() {
    // Whoever connects first and is accepted late has sent already.
    using listener = await Listener.create({ family: 'AF_INET' });
    const client = await Client(listener.address);
    await client.send(123);
    client.close();
    assert.equal(await (await listener.accept({ timeout: 5 })).recv(), 123);
  },
  async 'TestIgnoreEINTR.test_ignore'() {
    const [ours, theirs] = Pipe<string>();
    const p = new Process({ target: signalled, args: [theirs as Connection] });
    await p.start();
    assert.equal(await ours.recv(), 'ready');
    process.kill(p.pid ?? 0, 'SIGUSR1');
    await sleep(0.05);
    await ours.send('1234');
    assert.equal(await ours.recv(), '1234');
    await p.join();
  },
  async 'TestIgnoreEINTR.test_ignore_listener'() {
    const [ours, theirs] = Pipe<Address>();
    const p = new Process({ target: listenSignalled, args: [theirs as Connection] });
    await p.start();
    const address = await ours.recv();
    process.kill(p.pid ?? 0, 'SIGUSR1');
    await sleep(0.05);
    assert.equal(await (await Client(address)).recv(), 'welcome');
    await p.join();
  },
};

/** One side does not know the key: both are told. */
async function strangers(side: 'listener' | 'client'): Promise<void> {
  const bogus = net.createServer((socket) =>
    socket.end(Buffer.from([0, 0, 0, 5, 1, 98, 111, 103, 117, 115])),
  );
  if (side === 'client') {
    await new Promise<void>((resolve) => bogus.listen(0, '127.0.0.1', resolve));
    const { port } = bogus.address() as net.AddressInfo;
    const error = await thrown(() => Client(['127.0.0.1', port], { authkey: Buffer.from('abc') }));
    assert.match(error, /AuthenticationError|OSError/);
    bogus.close();
    return;
  }
  using listener = await Listener.create({ family: 'AF_INET', authkey: Buffer.from('abc') });
  const accepting = thrown(() => listener.accept());
  assert.equal(
    await thrown(() => Client(listener.address, { authkey: Buffer.from('xyz') })),
    'AuthenticationError',
  );
  assert.equal(await accepting, 'AuthenticationError');
}

if (isMain(import.meta)) {
  void (async () => {
    await connection('WithProcesses', elsewhere);
    await connection('WithThreads', tasks.run as typeof elsewhere);
    for (const [name, body] of Object.entries(polls)) await check(`WithProcessesTestPoll.${name}`, body);
    for (const [name, body] of Object.entries(listeners)) await check(name, body);
    await finish();
  })();
}
