import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { inspect } from 'node:util';
import {
  Lock,
  RawArray,
  RawValue,
  RLock,
  Array as SharedArray,
  type Typecode,
  Value,
} from '../../src/runtime/index.ts';
import { facts } from './facts.ts';

let seen: Record<string, unknown> = {};
before(async () => {
  seen = await facts('shared-data.ts');
});

test("[row 102] a child's writes to values of every kind are seen", () => {
  const values = { i: 42, d: 3.5, h: -232, q: '9007199254740993', c: 'y' };
  assert.deepEqual(seen[102], { synchronized: values, raw: values });
});

test('[row 103] getLock and getObj; none without a lock; a lock that is given is used', () => {
  const value = Value('i', 5);
  assert.ok(value.getLock() instanceof RLock);
  assert.equal(value.getObj().value, 5);
  const lock = new Lock();
  assert.equal(Value('i', 5, { lock }).getLock(), lock);
  for (const bare of [
    Value('i', 5, { lock: false }),
    RawValue('i', 5),
    RawArray('i', 3),
    SharedArray('i', 3, { lock: false }),
  ]) {
    assert.equal('getLock' in bare, false);
    assert.equal('getObj' in bare, false);
  }
  const wrong = { lock: 'x' as unknown as Lock };
  assert.throws(() => Value('i', 5, wrong), { name: 'AttributeError' });
  assert.throws(() => SharedArray('i', 5, wrong), { name: 'AttributeError' });
  assert.ok(SharedArray('i', [1]).getLock() instanceof RLock);
});

test('[row 104] arrays from lists: length, indices, slices, and sums that a child made', () => {
  const array = SharedArray('i', [680, 626, 934, 821, 150, 233, 548, 982, 714, 831]);
  assert.equal(array.length, 10);
  assert.deepEqual([array.get(3), array.get(-1)], [821, 831]);
  assert.deepEqual(array.slice(2, 5), [934, 821, 150]);
  assert.deepEqual(array.slice(-2), [714, 831]);
  assert.deepEqual(array.slice(7, 2), []);
  array.setSlice(4, 8, [1, 2, 3, 4]);
  assert.deepEqual([...array], [680, 626, 934, 821, 1, 2, 3, 4, 714, 831]);
  assert.deepEqual(seen[104], { synchronized: [1, 3, 6, 10, 15], raw: [1, 3, 6, 10, 15] });
});

test('[row 105] arrays by size are zeros every time, small or large', () => {
  for (const size of [10, 5000, 100_000, 10]) {
    for (let i = 0; i < 3; i++) {
      const array = RawArray('i', size);
      assert.ok(
        [...array].every((one) => one === 0),
        `size ${size}`,
      );
      array.setSlice(0, size, new Array<number>(size).fill(7));
      array.close();
    }
  }
  assert.equal(SharedArray('d', 0).length, 0);
  assert.throws(() => RawArray('i', -1), { name: 'ValueError' });
  assert.throws(() => RawArray('i', 1.5), { name: 'ValueError' });
});

test('[row 106] what an array refuses: indices, slices of another length, wrong types', () => {
  const array = SharedArray('i', 3);
  for (const index of [3, -4, 1.5]) assert.throws(() => array.get(index), { name: 'IndexError' });
  assert.throws(() => array.set(3, 1), { name: 'IndexError' });
  assert.throws(() => array.setSlice(0, 2, [1, 2, 3]), { name: 'ValueError' });
  assert.throws(() => array.set(0, 1.5), TypeError);
  assert.throws(() => array.set(0, '1' as unknown as number), TypeError);
  assert.throws(() => Value('d', 'x' as unknown as number), TypeError);
  assert.throws(() => Value('z' as unknown as Typecode), { name: 'ValueError' });
  assert.deepEqual([...array], [0, 0, 0]);
});

test('[row 107] integers wrap as those of C do', () => {
  const cases: [Typecode, number, number][] = [
    ['i', 2 ** 31, -(2 ** 31)],
    ['I', -1, 2 ** 32 - 1],
    ['h', 32768, -32768],
    ['H', -1, 65535],
    ['b', 128, -128],
    ['B', 256, 0],
  ];
  for (const [type, given, kept] of cases) assert.equal(RawValue(type, given as never).value, kept, type);
  assert.equal(RawValue('q', 2n ** 63n).value, -(2n ** 63n));
  assert.equal(RawValue('f', 0.1).value, Math.fround(0.1));
});

test('[row 108] an array of bytes has a value, up to the first zero, and its raw bytes', () => {
  const array = SharedArray('c', 10);
  array.value = 'hello';
  assert.equal(array.value.toString(), 'hello');
  assert.deepEqual(array.raw, Buffer.from('hello\0\0\0\0\0'));
  array.value = Buffer.from('hi');
  assert.equal(array.raw.toString('latin1'), 'hi\0lo\0\0\0\0\0');
  assert.throws(
    () => {
      array.value = '01234567890';
    },
    { name: 'ValueError' },
  );
  assert.equal(RawArray('c', 'text').value.toString(), 'text');
});

test('[row 109] with getLock no addition is lost', () => {
  assert.equal(seen[109], 3000);
});

test('[row 109] data that another task of this thread has locked is refused, since waiting for it could not end', async () => {
  const value = Value('i', 1);
  await value.getLock().with(async () => {
    value.value += 1;
    const other = new Promise<string>((resolve) =>
      setTimeout(() => {
        try {
          resolve(`read ${value.value}`);
        } catch (error) {
          resolve((error as Error).name);
        }
      }),
    );
    assert.equal(await outside(() => other), 'read 2', 'a timer of the task is the task');
  });
  const [locked, free] = [deferred(), deferred()];
  const holder = value.getLock().with(async () => {
    locked.resolve(undefined);
    await free.promise;
  });
  await locked.promise;
  assert.throws(() => value.value, { name: 'AssertionError', message: /another task of this thread/ });
  free.resolve(undefined);
  await holder;
  assert.equal(value.value, 2);
});
const outside = <T>(body: () => T): T => body();
function deferred(): { promise: Promise<unknown>; resolve: (value: unknown) => void } {
  let resolve: (value: unknown) => void = () => {};
  const promise = new Promise<unknown>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

test('[row 110] structures: fields of a value and of the elements of an array', () => {
  const schema = { x: 'i', y: 'd', flag: 'B' } as const;
  const value = Value(schema, { x: 3, y: 2.5, flag: 1 });
  assert.deepEqual(value.value, { x: 3, y: 2.5, flag: 1 });
  value.value = { x: 4, y: 0, flag: 0 };
  const fields = value.getObj() as unknown as { x: number; y: number };
  fields.x += 1;
  assert.deepEqual(value.value, { x: 5, y: 0, flag: 0 });
  const array = SharedArray(schema, [
    { x: 1, y: 1.5, flag: 0 },
    { x: 2, y: 2.5, flag: 1 },
  ]);
  assert.deepEqual(array.get(1), { x: 2, y: 2.5, flag: 1 });
  assert.throws(() => array.set(0, { z: 1 } as never), TypeError);
  assert.throws(() => RawValue({}), { name: 'ValueError' });
  assert.deepEqual(seen[110], {
    value: { x: 6, y: 5 },
    array: [
      { x: 2, y: 2 },
      { x: 4, y: 8 },
    ],
  });
});

test('[row 111] a copy is independent', () => {
  const original = RawValue({ x: 'i', y: 'd' }, { x: 1, y: 2 });
  const copy = original.copy();
  original.value = { x: 9, y: 9 };
  assert.deepEqual(copy.value, { x: 1, y: 2 });
  const array = RawArray('i', [1, 2]);
  const other = array.copy();
  array.set(0, 5);
  assert.deepEqual([...other], [1, 2]);
});

test('closed data refuses', () => {
  const [value, array] = [Value('i', 1), RawArray('i', 2)];
  value.close();
  array.close();
  assert.throws(() => value.value, { name: 'ValueError' });
  assert.throws(() => array.get(0), { name: 'ValueError' });
  assert.throws(() => array.set(0, 1), { name: 'ValueError' });
  assert.throws(() => [...array], { name: 'ValueError' });
});

test('[row 110] the fields of a structure are the memory itself', () => {
  const raw = RawValue({ x: 'd', n: 'i' });
  const { value } = raw;
  raw.value.x += 1.5;
  value.n = 7;
  assert.deepEqual({ ...raw.value }, { x: 1.5, n: 7 });
  assert.deepEqual({ ...raw.copy().value }, { x: 1.5, n: 7 });
  const locked = Value({ x: 'd', n: 'i' }, { x: 1, n: 2 });
  locked.value.x += 1;
  locked.getObj().value.n += 1;
  assert.equal(inspect(locked.value), '{ x: 2, n: 3 }');
  locked.value = { ...locked.value, n: 9 };
  assert.deepEqual({ ...locked.value }, { x: 2, n: 9 });
  assert.throws(() => Object.assign(locked.value, { n: 'nine' }), { name: 'TypeError' });
  assert.throws(() => Object.assign(raw.value, { other: 1 }), { name: 'TypeError' });
});
