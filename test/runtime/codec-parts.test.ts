import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Decoder } from '../../src/runtime/core/codec/decode.ts';
import { Encoder } from '../../src/runtime/core/codec/encode.ts';
import { SerializationError } from '../../src/runtime/core/errors/errors.ts';
import { noHandles } from './no-handles.ts';

const encoder = new Encoder(noHandles);
const decoder = new Decoder(noHandles);

function sent<T>(value: T): T {
  const length = encoder.encode(value, 5);
  return decoder.decode(encoder.bytes, false, 5, length) as T;
}

describe('properties of arrays that are no items', () => {
  test('what match and exec return', () => {
    for (const found of ['xabbc'.match(/(?<word>b+)/d), /q*/.exec('zz')]) {
      const got = sent(found);
      assert.deepEqual(
        [got?.index, got?.input, { ...got?.groups }],
        [found?.index, found?.input, { ...found?.groups }],
      );
      assert.deepEqual([...(got ?? [])], [...(found ?? [])]);
      assert.deepEqual([...(got?.indices ?? [])], [...(found?.indices ?? [])]);
    }
  });
  test('of short and long arrays, sparse ones and their subclasses, with names of all kinds', () => {
    const numbers = Array.from({ length: 5000 }, (_, i) => i);
    const sparse = [1, 2, 3];
    delete sparse[1];
    for (const items of [[], [1], sparse, numbers, new (class List extends Array {})(3)] as unknown[][]) {
      const named = { total: 2, '-1': 'a', '01': 'b', '4294967295': 'c', __proto__x: 1, '': 0, ключ: [1] };
      const value = Object.assign([...items], named);
      if (items.length === 3 && !(1 in items)) delete value[1];
      const got = sent(value);
      assert.deepEqual(Object.keys(got), Object.keys(value));
      assert.deepEqual({ ...got }, { ...value });
      assert.equal(got.length, value.length);
    }
    const own = Object.defineProperty([1], '__proto__', { value: 5, enumerable: true });
    assert.equal(Object.getOwnPropertyDescriptor(sent(own), '__proto__')?.value, 5);
  });
  test('a name that refers to the array itself', () => {
    const value = Object.assign([1], { self: undefined as unknown });
    value.self = value;
    const got = sent(value);
    assert.equal(got.self, got);
  });
});

describe('views of one buffer', () => {
  const bytes = (length: number): ArrayBuffer =>
    Uint8Array.from({ length }, (_, i) => i).buffer as ArrayBuffer;

  test('whole and partial, inside and beyond of each other, arrive with one', () => {
    const b = bytes(64);
    const shapes: Record<string, ArrayBufferView>[] = [
      { a: new Uint8Array(b), b: new Uint16Array(b) },
      { a: new Uint8Array(b, 0, 4), b: new Uint8Array(b, 4, 4), c: new Uint8Array(b, 2, 4) },
      { a: new Uint8Array(b, 9, 3), b: new Float64Array(b, 8, 2), c: new DataView(b, 3, 5) },
      { a: new Float64Array(b, 32, 2), b: new Int32Array(b, 4, 2), c: new Uint8Array(b) },
      { a: new Uint8Array(b, 63, 1), b: new Uint8Array(b, 0, 1), c: new BigInt64Array(b, 8, 1) },
      { a: new Uint8Array(b, 4, 0), b: new Uint8Array(b, 5, 0), c: new Uint8Array(b) },
      { a: Buffer.from(b), b: new Uint8Array(b, 1, 2), c: Buffer.from(b, 3, 4) },
    ];
    for (const shape of shapes) {
      const got = sent({ before: 'x', ...shape, after: [1] });
      const buffers = new Set<unknown>();
      for (const [key, view] of Object.entries(shape)) {
        const there = (got as unknown as typeof shape)[key];
        assert.deepEqual(there, view);
        buffers.add(there?.buffer);
      }
      assert.equal(buffers.size, 1);
      assert.deepEqual(got.after, [1]);
    }
  });
  test('the buffer itself, before and after its views', () => {
    const b = bytes(16);
    const first = sent({ b, view: new Uint16Array(b, 2, 3) });
    assert.equal(first.view.buffer, first.b);
    assert.equal(first.view.byteOffset, 2);
    const last = sent({ view: new Uint16Array(b, 2, 3), b, again: b });
    assert.equal(last.view.buffer, last.b);
    assert.equal(last.again, last.b);
    assert.deepEqual(new Uint8Array(last.b), new Uint8Array(b));
    last.view[0] = 0xffff;
    assert.equal(new Uint8Array(last.b)[2], 0xff);
  });
  test('several buffers, in any order', () => {
    const [a, b] = [bytes(200), bytes(300)];
    const value = [
      new Uint8Array(a, 10, 5),
      new Uint8Array(b, 20, 5),
      new Uint8Array(b, 22, 100),
      new Uint8Array(a, 12, 150),
      { x: new Uint8Array(a), y: new Uint8Array(b) },
    ] as const;
    const got = sent(value);
    assert.deepEqual(got, value);
    assert.equal(got[0].buffer, got[4].x.buffer);
    assert.equal(got[1].buffer, got[4].y.buffer);
    assert.notEqual(got[0].buffer, got[1].buffer);
  });
  test("small Buffers, which lie in memory of Node's, bring nothing of it but their own bytes", () => {
    const value = [Buffer.from('one'), Buffer.from('two'), Buffer.from('three')];
    assert.deepEqual(sent(value), value);
    assert.ok(encoder.encode(value) < 40);
    const large = new ArrayBuffer(1 << 24);
    const ends = [new Uint8Array(large, 0, 4), new Uint8Array(large, (1 << 24) - 4)];
    assert.ok(encoder.encode(ends) < 40, 'what lies between would be waste');
    assert.deepEqual(sent(ends), ends);
  });
});

test('an error says where in the value the part is that cannot be sent', () => {
  const fn = (): void => {};
  const cases: [unknown, string][] = [
    [fn, ''],
    [{ a: { b: [{ c: fn }] } }, 'value.a.b[0].c: '],
    [[1, { 'two words': Symbol('s') }], 'value[1]["two words"]: '],
    [new Map([[{ k: 1 }, fn]]), 'value.get({ k: 1 }): '],
    [Object.assign([1], { named: fn }), 'value.named: '],
    [{ list: new Set([Promise.resolve()]) }, 'value.list: '],
  ];
  for (const [value, path] of cases) {
    assert.throws(
      () => encoder.encode(value),
      (error) =>
        error instanceof SerializationError &&
        error.message.startsWith(path) &&
        /(^|: )(the|an) \w+ .*cannot be sent to another process$/.test(error.message),
      path,
    );
  }
  let deep: unknown = fn;
  for (let i = 0; i < 200; i++) deep = { next: deep };
  assert.throws(
    () => encoder.encode(deep),
    (error: Error) => / … /.test(error.message) && error.message.length < 300,
  );
});
