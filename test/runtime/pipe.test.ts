import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BufferTooShort, Pipe } from '../../src/runtime/index.ts';
import { run } from './run-program.ts';

test('values and 16 MiB messages go both ways (row 147)', async () => {
  const [left, right] = Pipe();
  await left.send([1, 2.25, null]);
  assert.deepEqual(await right.recv(), [1, 2.25, null]);
  const large = Buffer.alloc(16 << 20, 9);
  await right.sendBytes(large);
  assert.ok((await left.recvBytes()).equals(large));
});

test('duplex: false makes the first end read and the second write (row 148; S12)', async () => {
  const [reader, writer] = Pipe(false);
  assert.deepEqual(
    [reader.readable, reader.writable, writer.readable, writer.writable],
    [true, false, false, true],
  );
  await assert.rejects(reader.send(2), { name: 'OSError' });
  await assert.rejects(writer.recv(), { name: 'OSError' });
  await assert.rejects(writer.poll(), { name: 'OSError' });
  await writer.send(1);
  assert.equal(await reader.recv(), 1);
});

test('sendBytes with offset and size (row 149; S12)', async () => {
  const [left, right] = Pipe();
  const letters = Buffer.from('abcdefghijklmnopqrstuvwxyz');
  const cases: [number[], string][] = [
    [[], 'abcdefghijklmnopqrstuvwxyz'],
    [[5], 'fghijklmnopqrstuvwxyz'],
    [[7, 8], 'hijklmno'],
    [[26], ''],
    [[26, 0], ''],
    [[27], 'ValueError'],
    [[22, 5], 'ValueError'],
    [[26, 1], 'ValueError'],
    [[-1], 'ValueError'],
    [[4, -1], 'ValueError'],
  ];
  for (const [[offset, size], expected] of cases) {
    if (expected === 'ValueError') {
      await assert.rejects(left.sendBytes(letters, offset, size), { name: 'ValueError' });
    } else {
      await left.sendBytes(letters, offset, size);
      assert.equal((await right.recvBytes()).toString(), expected);
    }
  }
});

test('recvBytesInto counts, and BufferTooShort has the message (row 150)', async () => {
  const [left, right] = Pipe();
  const into = new Uint8Array(10);
  await left.sendBytes(Buffer.from('latin'));
  assert.equal(await right.recvBytesInto(into, 2), 5);
  assert.equal(Buffer.from(into).toString('latin1', 2, 7), 'latin');
  await left.sendBytes(Buffer.alloc(100, 1));
  await assert.rejects(
    right.recvBytesInto(into),
    (error) => error instanceof BufferTooShort && error.args[0].length === 100,
  );
  await assert.rejects(right.recvBytesInto(into, -1), { name: 'ValueError' });
  await assert.rejects(right.recvBytesInto(into, 11), { name: 'ValueError' });
});

test('recvBytes refuses what is longer than asked for (row 151)', async () => {
  const [left, right] = Pipe();
  await left.sendBytes(Buffer.alloc(10));
  await assert.rejects(right.recvBytes(9), { name: 'OSError' });
  await assert.rejects(right.recvBytes(-1), { name: 'ValueError' });
});

test('poll: at once, after a time, at the end of file; empty messages count (rows 152, 153)', async () => {
  const [left, right] = Pipe();
  assert.equal(await right.poll(), false);
  assert.equal(right.pollSync(-1), false);
  const begin = performance.now();
  assert.equal(await right.poll(0.15), false);
  assert.equal(right.pollSync(0.1), false);
  assert.ok(performance.now() - begin >= 240);
  const waiting = right.poll(null);
  await left.sendBytes(Buffer.alloc(0));
  assert.equal(await waiting, true);
  assert.equal((await right.recvBytes()).length, 0);
  left.close();
  assert.equal(await right.poll(), true);
});

test('messages are neither merged nor split (row 154)', async () => {
  const [left, right] = Pipe();
  for (const text of ['a', 'b', 'cd']) left.sendBytesSync(Buffer.from(text));
  assert.deepEqual([right.recvBytesSync(), right.recvBytesSync(), right.recvBytesSync()].map(String), [
    'a',
    'b',
    'cd',
  ]);
});

test('the other side closed: EOFError and EPIPE; the own side closed: OSError (rows 155, 159)', async () => {
  const [left, right] = Pipe();
  await left.send('last words');
  const waiting = (async () => [await right.recv(), await right.recv()])();
  left.close();
  await assert.rejects(waiting, { name: 'EOFError' });
  await assert.rejects(right.send('x'), { name: 'OSError', code: 'EPIPE' });
  await assert.rejects(left.recv(), { name: 'OSError', message: 'handle is closed' });
  right[Symbol.dispose]();
  assert.throws(() => right.sendSync(1), { name: 'OSError' });
});

test('send waits while the pipe is full (row 158)', async () => {
  const [left, right] = Pipe();
  const block = Buffer.alloc(200_000);
  let sent = 0;
  const sending = (async () => {
    for (; sent < 20; sent++) await left.sendBytes(block);
  })();
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(sent < 20, `${sent} were sent without a reader`);
  assert.throws(() => left.sendSync(block, { timeout: 0.05 }), { name: 'TimeoutError' });
  for (let i = 0; i < 20; i++) assert.equal((await right.recvBytes()).length, block.length);
  await sending;
});

test('between processes: who holds an end decides about its end of file (rows 156, 157, 160)', async () => {
  const { lines, stderr } = await run('pipe-processes.ts');
  assert.deepEqual(
    lines,
    [
      'no end while the parent holds its copy: TimeoutError',
      'end when all are closed: EOFError',
      'end when the writer is killed: EOFError',
      'a connection through a connection: through',
      'child got [66,null,"hello,word"]',
      'EPIPE when the reader is killed',
    ],
    stderr,
  );
});
