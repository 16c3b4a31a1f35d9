import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pipe, Queue } from '../../src/runtime/index.ts';

test('puts that wait side by side keep their items, in order', async () => {
  const queue = new Queue<unknown>(2);
  const items = [0, 'one', { two: [2] }, 3n, [4], 'ü'.repeat(5000), null, new Map([[7, 7]]), 'last'];
  const puts = items.map((item) => queue.put(item));
  const got: unknown[] = [];
  while (got.length < items.length) got.push(await queue.get());
  assert.deepEqual(got, items);
  await Promise.all(puts);
});

test('sends that wait for a full pipe keep their messages', async () => {
  const [reader, writer] = Pipe<string>(false);
  await writer.send('x'.repeat(1024 * 1024));
  const sends = ['a', 'b', 'c'].map((text) => writer.send(text.repeat(300_000)));
  const got: string[] = [];
  while (got.length < 4) got.push((await reader.recv()).slice(0, 1));
  assert.deepEqual(got, ['x', 'a', 'b', 'c']);
  await Promise.all(sends);
});
