import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Decoder } from '../../src/runtime/core/codec/decode.ts';
import { Encoder } from '../../src/runtime/core/codec/encode.ts';
import * as errors from '../../src/runtime/core/errors/errors.ts';
import { SharedMemoryError } from '../../src/shm/platform.ts';
import { noHandles } from './no-handles.ts';

const encoder = new Encoder(noHandles);
const decoder = new Decoder(noHandles);

function roundTrip(value: unknown): unknown {
  const length = encoder.encode(value);
  return decoder.decode(encoder.bytes.subarray(0, length));
}

test('values arrive equal and of the same kind', () => {
  const values: unknown[] = [
    ...[
      0,
      1,
      -1,
      127,
      128,
      2 ** 31 - 1,
      -(2 ** 31),
      2 ** 31,
      2 ** 53,
      -(2 ** 53),
      0.1,
      -0,
      Number.NaN,
      -Infinity,
    ],
    ...['', 'a', 'é', '微信', '\ud800', 'x'.repeat(31), 'x'.repeat(32), '微'.repeat(100), 'é'.repeat(5000)],
    ...[null, undefined, true, false, 0n, -5n, 2n ** 200n],
    ...[[], [1, [2, [3]]], {}, { a: 1, b: { c: [null] }, 1: 'int key', '': 'empty key', ключ: 1 }],
    ...[
      new Map<unknown, unknown>([
        [1, 'one'],
        ['1', 'text'],
        [{ k: 1 }, new Set([1, 'x'])],
      ]),
      new Set([]),
    ],
    ...[new Date(0), /a+/gi],
    ...[Buffer.from('bytes'), new Uint8Array([1, 2]), new Float64Array([1.5, -2]), new BigInt64Array([-1n])],
    ...[new Uint8Array([9, 8, 7, 6]).buffer, new DataView(new ArrayBuffer(3)), Object('boxed')],
  ];
  for (const value of values) {
    const result = roundTrip(value);
    assert.deepStrictEqual(result, value);
    if (typeof value === 'object') assert.equal(result?.constructor, value?.constructor);
  }
});

test('a view of part of a buffer sends only that part', () => {
  const part = new Int32Array(new ArrayBuffer(1000), 8, 2);
  part.set([5, 6]);
  const result = roundTrip(part) as Int32Array;
  assert.deepEqual([...result], [5, 6]);
  assert.equal(result.buffer.byteLength, 8);
});

test('holes, a __proto__ key and repeated objects survive', () => {
  const sparse = new Array<number>(3);
  sparse[0] = 1;
  sparse[2] = 3;
  assert.equal(1 in (roundTrip(sparse) as unknown[]), false);
  const evil = JSON.parse('{"__proto__": {"polluted": true}}') as object;
  const back = roundTrip(evil) as Record<string, unknown>;
  assert.deepEqual(Object.keys(back), ['__proto__']);
  assert.equal(back.polluted, undefined);
  const shared = { x: 1 };
  const [first, second] = roundTrip([shared, shared]) as [object, object];
  assert.equal(first, second);
});

test('circular values of every container arrive circular', () => {
  const object: Record<string, unknown> = {};
  object.self = object;
  const array: unknown[] = [];
  array.push(
    array,
    Array.from({ length: 20 }, () => ({})),
    array,
  );
  const map = new Map<string, unknown>();
  map.set('self', map);
  const backObject = roundTrip(object) as Record<string, unknown>;
  assert.equal(backObject.self, backObject);
  const backArray = roundTrip(array) as unknown[];
  assert.equal(backArray[2], backArray);
  const backMap = roundTrip(map) as Map<string, unknown>;
  assert.equal(backMap.get('self'), backMap);
});

test('errors keep class, message, stack, cause and fields', () => {
  const cause = new TypeError('inner');
  const error = Object.assign(new RangeError('outer', { cause }), { code: 'E_X', details: [1] });
  const result = roundTrip(error) as RangeError & { code: string; details: number[]; cause: Error };
  assert.ok(result instanceof RangeError);
  assert.ok(result.cause instanceof TypeError);
  assert.deepEqual(
    [result.message, result.stack, result.code, result.details, result.cause.message],
    [error.message, error.stack, 'E_X', [1], 'inner'],
  );
  class Custom extends Error {
    override readonly name = 'Custom';
  }
  assert.equal((roundTrip(new Custom('x')) as Error).name, 'Custom');
});

test('what is all hidden is refused, since an empty object would arrive', () => {
  const url = new URL('http://localhost/');
  for (const value of [url, url.searchParams, new AbortController().signal, new Blob(['x']), [].values()]) {
    assert.throws(() => roundTrip({ value }), { name: 'SerializationError', message: /an object of class/ });
  }
  class Tagged {
    get [Symbol.toStringTag](): string {
      return 'Tagged';
    }
    x = 1;
  }
  assert.deepEqual(roundTrip(new Tagged()), { x: 1 });
});

test('an aggregate keeps its errors, and itself among them', () => {
  const aggregate = new AggregateError([new RangeError('one'), 'two'], 'several');
  aggregate.errors.push(aggregate);
  const result = roundTrip(aggregate) as AggregateError;
  assert.ok(result instanceof AggregateError);
  assert.equal(result.message, 'several');
  const [one, two, self] = result.errors as unknown[];
  assert.ok(one instanceof RangeError);
  assert.deepEqual([one.message, two, self === result], ['one', 'two', true]);
  assert.deepEqual(Object.keys(result), []);
  const named = roundTrip(Object.assign(new Error('x'), { errors: [1], error: 2 })) as Error;
  assert.deepEqual({ ...named }, { errors: [1], error: 2 });
});

test('every error of the runtime keeps its class and its fields, whatever name it is given', () => {
  const made = new Map<string, Error>([
    ['BufferTooShort', new errors.BufferTooShort(Buffer.from('long'))],
    ['OwnerDiedError', new errors.OwnerDiedError('gone', 77)],
    ['MaybeEncodingError', new errors.MaybeEncodingError('why', 'what')],
    ['RemoteTraceback', new errors.RemoteTraceback('Error: far away\n    at there')],
    ['OSError', new errors.OSError('broken', { code: 'EPIPE' })],
    ['SharedMemoryError', new SharedMemoryError('full', { cause: new Error('ENOSPC') })],
  ]);
  for (const [name, Class] of Object.entries(errors)) {
    if (typeof Class !== 'function' || made.has(name)) continue;
    made.set(name, new (Class as new (message: string) => Error)(name));
  }
  assert.ok(made.size > 25);
  for (const error of made.values()) {
    const result = roundTrip(error) as Error;
    assert.equal(result.constructor, error.constructor);
    assert.deepStrictEqual(result, error);
    assert.equal(result.stack, error.stack);
    assert.equal(String(result), String(error));
  }
  const renamed = Object.assign(new errors.Full('x'), { name: 'QueueFull' });
  const result = roundTrip(renamed) as Error;
  assert.ok(result instanceof errors.Full);
  assert.equal(result.name, 'QueueFull');
});

test('what cannot travel is refused by name, and the encoder works on', () => {
  const refused: [unknown, RegExp][] = [
    [() => 1, /function/],
    [function named() {}, /function named/],
    [{ deep: [Symbol('s')] }, /symbol Symbol\(s\)/],
    [Promise.resolve(), /Promise/],
    [new WeakMap(), /WeakMap/],
  ];
  for (const [value, message] of refused) {
    assert.throws(() => roundTrip(value), { name: 'SerializationError', message });
  }
  let deep: unknown = 0;
  for (let i = 0; i < 10_000; i++) deep = [deep];
  assert.throws(() => roundTrip(deep), { name: 'SerializationError', message: /nested/ });
  assert.deepEqual(roundTrip({ fine: true }), { fine: true });
});

test('random nested values survive 3,000 rounds', () => {
  let seed = 42;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return seed % below;
  };
  const make = (depth: number): unknown => {
    switch (random(depth > 3 ? 5 : 8)) {
      case 0:
        return random(1 << 30) - (1 << 29);
      case 1:
        return random(1000) / 7;
      case 2:
        return String.fromCharCode(...Array.from({ length: random(50) }, () => random(0x3000)));
      case 3:
        return [null, undefined, true][random(3)];
      case 4:
        return BigInt(random(1 << 30)) ** 3n;
      case 5:
        return Array.from({ length: random(6) }, () => make(depth + 1));
      case 6:
        return Object.fromEntries(Array.from({ length: random(6) }, (_, i) => [`k${i}é`, make(depth + 1)]));
      default:
        return new Map(Array.from({ length: random(4) }, (_, i) => [i, make(depth + 1)]));
    }
  };
  for (let i = 0; i < 3000; i++) {
    const value = make(0);
    assert.deepStrictEqual(roundTrip(value), value);
  }
});
