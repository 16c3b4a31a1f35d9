import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Decoder } from '../../src/runtime/core/codec/decode.ts';
import { Encoder } from '../../src/runtime/core/codec/encode.ts';
import { DEEPEST, MOST_ITEMS, MOST_KEYS } from '../../src/runtime/core/codec/limits.ts';
import { TAG } from '../../src/runtime/core/codec/tags.ts';

const noHandles = {
  toWire: () => undefined,
  fromWire: (fields: readonly unknown[]): object => ({ fields }),
};
const decoder = new Decoder(noHandles);
const encoder = new Encoder(noHandles);
const BUFFER = 1;

function number(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}
const tagged = (tag: number, count: number, ...rest: readonly Uint8Array[]) =>
  Buffer.concat([Buffer.from([tag]), number(count), ...rest]);
const text = (value: string) => tagged(TAG.latin1, value.length, Buffer.from(value, 'latin1'));
const nothing = Buffer.from([TAG.undefined]);
const empty = { array: tagged(TAG.array, 0), object: tagged(TAG.object, 0) };
const unreadable = { name: 'SerializationError', message: /^a message cannot be read: / };

function refused(bytes: Buffer, using = decoder): void {
  assert.throws(() => using.decode(bytes), unreadable, bytes.toString('hex', 0, 40));
}

test('a length that is more than what is left is refused before memory is made for it', () => {
  const before = process.memoryUsage().arrayBuffers;
  for (const length of [3, 65_536, 8e9, 2 ** 45, 2 ** 53]) {
    const short = Buffer.concat([number(length), Buffer.from('hi')]);
    for (const tag of [TAG.arrayBuffer, TAG.latin1, TAG.utf16])
      refused(Buffer.concat([Buffer.from([tag]), short]));
    for (const kind of [0, BUFFER, 7]) refused(Buffer.concat([Buffer.from([TAG.view, kind]), short]));
  }
  assert.ok(process.memoryUsage().arrayBuffers - before < 1e6);
});

test('a count that is more than what is left is refused at once, and so is one that no table of V8 holds', () => {
  for (const tag of [TAG.array, TAG.object, TAG.map, TAG.set, TAG.error, TAG.regexp, TAG.handle])
    for (const count of [2 ** 45, 2 ** 53, 1000])
      refused(tagged(tag, count, Buffer.from([TAG.null, TAG.null])));
  refused(tagged(TAG.array, MOST_ITEMS + 1, Buffer.alloc(MOST_ITEMS + 1)));
  refused(tagged(TAG.set, MOST_KEYS + 1, Buffer.alloc(MOST_KEYS + 1)));
});

test('whatever part of a message is missing, it is refused, and what follows it too', () => {
  const value = {
    list: Object.assign(new Array<unknown>(7), [1, -70_000, 0.5, 'text', '微', null]),
    map: new Map<unknown, unknown>([[new Set(['a']), new Date(5)]]),
    error: Object.assign(new TypeError('m', { cause: [1n] }), { code: 'E' }),
    all: new AggregateError([new Error('x')], 'both'),
    bytes: [Buffer.from('abc'), new Float64Array([1, 2]), new Uint8Array([1]).buffer, /a+/g, Object('boxed')],
  };
  const whole = Buffer.from(encoder.bytes.subarray(0, encoder.encode(value)));
  for (let length = 0; length < whole.length; length++) {
    refused(whole.subarray(0, length));
    // What lies behind the message in the same memory is not looked at.
    assert.throws(() => decoder.decode(whole, false, 0, length), unreadable);
  }
  refused(Buffer.concat([whole, nothing]));
  assert.deepEqual(decoder.decode(whole), value);
});

test('numbers without an end, unknown tags, views and kinds of strings are refused', () => {
  refused(Buffer.alloc(0));
  refused(Buffer.concat([Buffer.from([TAG.int]), Buffer.alloc(20, 255)]));
  for (let tag = TAG.hole; tag < 256; tag++) refused(Buffer.from([tag, 0, 0, 0]));
  refused(Buffer.from([TAG.view, 200, 0]));
  refused(Buffer.from([TAG.view, 6, 3, 1, 2, 3]));
  refused(tagged(TAG.object, 1, Buffer.from([TAG.int, 2]), nothing));
  refused(Buffer.concat([Buffer.from([TAG.bigint, TAG.null])]));
  refused(Buffer.concat([Buffer.from([TAG.bigint]), text('zz')]));
  refused(Buffer.concat([Buffer.from([TAG.bigint]), text('')]));
  refused(tagged(TAG.backReference, 0));
  refused(tagged(TAG.regexp, 3, text('(a'), text('g'), Buffer.from([TAG.int, 0])));
  refused(tagged(TAG.regexp, 0));
  refused(tagged(TAG.error, 0));
  refused(Buffer.from([TAG.boxed, TAG.boxed, TAG.null]));
});

test('nesting beyond what can be sent is refused, not the stack filled', () => {
  const nested = (depth: number) =>
    Buffer.concat([...Array(depth).fill(Buffer.from([TAG.array, 1])), nothing]);
  decoder.decode(nested(DEEPEST));
  refused(nested(DEEPEST + 1));
  refused(nested(200_000));
  for (const tag of [TAG.map, TAG.set, TAG.error, TAG.regexp, TAG.handle, TAG.boxed])
    refused(Buffer.concat([...Array(100_000).fill(Buffer.from([tag, 1])), nothing]));
});

test('a message may become only so much memory as its receiver allows', () => {
  const limited = new Decoder(noHandles, 1_000_000);
  refused(tagged(TAG.array, 20_000, Buffer.concat(Array(20_000).fill(empty.object))), limited);
  refused(tagged(TAG.array, 8_000, Buffer.concat(Array(8_000).fill(tagged(TAG.map, 0)))), limited);
  refused(tagged(TAG.array, 200_000, Buffer.alloc(200_000)), limited);
  assert.equal((limited.decode(tagged(TAG.array, 50_000, Buffer.alloc(50_000))) as unknown[]).length, 50_000);
  limited.decode(text('a'.repeat(900_000)));
  limited.decode(text('each message anew'));
});

test('names that objects inherit are names like others: of errors, keys, fields and hidden fields', () => {
  const error = (name: string, extra: Buffer, ...more: readonly Buffer[]) =>
    tagged(TAG.error, 5 + more.length, text(name), text('m'), text('s'), empty.array, extra, ...more);
  const evil = tagged(
    TAG.object,
    1,
    text('__proto__'),
    tagged(TAG.object, 1, text('polluted'), Buffer.from([2])),
  );
  for (const name of ['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty']) {
    const result = decoder.decode(error(name, evil)) as Error & Record<string, unknown>;
    assert.ok(result instanceof Error);
    assert.equal(result.name, name);
    assert.equal(Object.getPrototypeOf(result), Error.prototype);
    assert.equal(result.polluted, undefined);
    const known = decoder.decode(error('TypeError', empty.object, text(name), evil)) as Error;
    assert.ok(known instanceof Error);
    assert.equal(Object.getPrototypeOf(known), Error.prototype);
    const local = Object.assign(new Error('m'), { name });
    const sent = decoder.decode(encoder.bytes.subarray(0, encoder.encode(local))) as Error;
    assert.equal(sent.name, name);
    assert.ok(sent instanceof Error);
  }
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

test('no byte of memory that was not in the message comes out of it', () => {
  // Fresh memory of the size that the decoder would ask for is filled with what must not appear.
  for (let i = 0; i < 200; i++) Buffer.allocUnsafeSlow(65_536).fill('secret');
  const decoded = decoder.decode(
    Buffer.concat([Buffer.from([TAG.arrayBuffer]), number(4), Buffer.from('abcd')]),
  );
  assert.equal(Buffer.from(decoded as ArrayBuffer).toString(), 'abcd');
  refused(Buffer.concat([Buffer.from([TAG.arrayBuffer]), number(65_536), Buffer.from('hi')]));
});

test('boxed values and views of derived classes arrive as what they are made of', () => {
  class Own extends Uint16Array {}
  const send = (value: unknown) => decoder.decode(encoder.bytes.subarray(0, encoder.encode(value)));
  assert.deepEqual(send(Object(5n)), Object(5n));
  assert.deepEqual(send(Object(false)), Object(false));
  const back = send(Own.of(1, 2)) as Uint16Array;
  assert.equal(back.constructor, Uint16Array);
  assert.deepEqual([...back], [1, 2]);
  assert.throws(() => encoder.encode(Object(Symbol('s'))), { name: 'SerializationError' });
});
