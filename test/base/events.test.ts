import assert from 'node:assert/strict';
import test from 'node:test';
import { Disposables } from '../../src/base/disposables.ts';
import { Emitter } from '../../src/base/events.ts';
import { Throttle } from '../../src/base/throttle.ts';

test('what is added after disposal is disposed at once; the rest last first', () => {
  const order: string[] = [];
  const item = (name: string) => ({ dispose: () => void order.push(name) });
  const all = new Disposables();
  all.add(item('a'));
  all.add(item('b'));
  all.dispose();
  all.dispose();
  all.add(item('c'));
  assert.deepEqual(order, ['b', 'a', 'c']);
});

test('a listener that throws or leaves does not disturb the others', () => {
  const errors: unknown[] = [];
  const heard: string[] = [];
  const emitter = new Emitter<string>((error) => errors.push(error));
  emitter.on(() => {
    throw new Error('one');
  });
  const second = emitter.on((v) => {
    heard.push(`second ${v}`);
    second.dispose();
  });
  emitter.on((v) => heard.push(`third ${v}`));
  emitter.fire('x');
  emitter.fire('y');
  assert.deepEqual(heard, ['second x', 'third x', 'third y']);
  assert.equal(errors.length, 2);
});

test('throttled work runs once for many requests, never twice at a time, and after the last request', async () => {
  let running = 0;
  let runs = 0;
  let release: () => void = () => undefined;
  let began: () => void = () => undefined;
  const start = () => new Promise<void>((resolve) => (began = resolve));
  const throttle = new Throttle(
    async () => {
      assert.equal(running++, 0);
      runs++;
      began();
      await new Promise<void>((resolve) => (release = resolve));
      running--;
    },
    () => 1,
  );
  let started = start();
  for (let i = 0; i < 10; i++) throttle.request();
  await started;
  assert.equal(runs, 1);
  throttle.request();
  started = start();
  release();
  await started;
  assert.equal(runs, 2);
  throttle.dispose();
  release();
});
