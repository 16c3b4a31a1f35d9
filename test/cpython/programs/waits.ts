// TestWait.
import assert from 'node:assert/strict';
import {
  type Address,
  Client,
  type Connection,
  isMain,
  Listener,
  Pipe,
  Process,
  Queue,
  type SocketConnection,
  wait,
} from 'forkscope';
import { check, elsewhere, finish, sleep, timed } from './harness.ts';

export async function sendSlowly(connection: Connection, slow: boolean): Promise<void> {
  for (let i = 0; i < 10; i++) {
    if (slow) await sleep(0.01 * (i % 3));
    await connection.send([i, process.pid]);
  }
  connection.close();
}
export async function connectSlowly(address: Address, slow: boolean): Promise<void> {
  const connection = await Client(address);
  for (let i = 0; i < 10; i++) {
    if (slow) await sleep(0.01 * (i % 3));
    await connection.send([i, process.pid]);
  }
  connection.close();
}
export const quick = async (seconds: number): Promise<void> => await sleep(seconds);
/** Reads all that several connections give, until each is at its end. */
async function readAll(all: (Connection | SocketConnection)[]): Promise<number> {
  let left = all;
  let messages = 0;
  while (left.length > 0) {
    for (const one of await wait(left)) {
      try {
        await one.recv();
        messages++;
      } catch {
        one.close();
        left = left.filter((other) => other !== one);
      }
    }
  }
  return messages;
}
async function pipes(slow: boolean): Promise<void> {
  const readers: Connection[] = [];
  const writing = [0, 1, 2, 3].map(() => {
    const [reader, writer] = Pipe(false);
    readers.push(reader as Connection);
    const done = elsewhere(sendSlowly, writer as Connection, slow);
    // Sent by the time that it is submitted, or soon after.
    return done.finally(() => writer.close());
  });
  assert.equal(await readAll(readers), 40);
  await Promise.all(writing);
}
async function sockets(slow: boolean): Promise<void> {
  using listener = await Listener.create({ family: 'AF_INET' });
  const writing = [0, 1, 2, 3].map(() => elsewhere(connectSlowly, listener.address, slow));
  const accepted: SocketConnection[] = [];
  for (const _ of writing) accepted.push(await listener.accept());
  assert.equal(await readAll(accepted), 40);
  await Promise.all(writing);
}
const waits: Readonly<Record<string, () => unknown>> = {
  test_wait: () => pipes(false),
  test_wait_slow: () => pipes(true),
  test_wait_socket: () => sockets(false),
  test_wait_socket_slow: () => sockets(true),
  async test_wait_timeout() {
    const [a, b] = Pipe<string>();
    const [took, ready] = await timed(() => wait([a, b], 0.2));
    assert.deepEqual(ready, []);
    assert.ok(took >= 0.18);
    await b.send('x');
    assert.deepEqual(await wait([a, b], 20), [a]);
  },
  async test_wait_integer() {
    const p = new Process({ target: quick, args: [0.1] });
    await p.start();
    const [a, b] = Pipe<null>();
    const queue = new Queue<number>();
    assert.deepEqual(await wait([a, p, queue], 20), [p]);
    await b.send(null);
    await queue.put(1);
    assert.deepEqual(await wait([a, p, queue], 20), [a, p, queue]);
  },
  async test_neg_timeout() {
    const [a, b] = Pipe();
    const [took, ready] = await timed(() => wait([a, b], -1));
    assert.deepEqual(ready, []);
    assert.ok(took < 20);
  },
};

if (isMain(import.meta)) {
  void (async () => {
    for (const [name, body] of Object.entries(waits)) await check(`TestWait.${name}`, body);
    await finish();
  })();
}
