import assert from 'node:assert/strict';
import { Decoder } from '../../../src/runtime/core/codec/decode.ts';
import { Encoder } from '../../../src/runtime/core/codec/encode.ts';
import { TAG, VIEWS } from '../../../src/runtime/core/codec/tags.ts';
import type { Target } from '../engine.ts';
import { leb128, wildNumber } from '../mutate.ts';
import type { Random } from '../random.ts';

const MEMORY = 4_000_000;
const noHandles = { toWire: () => undefined, fromWire: (fields: readonly unknown[]): object => [...fields] };
const decoder = new Decoder(noHandles, MEMORY);
const encoder = new Encoder(noHandles);
const TAGS = Object.values(TAG);

function encoded(value: unknown): Buffer {
  const length = encoder.encode(value);
  return Buffer.from(encoder.bytes.subarray(0, length));
}

/** Messages between processes and over sockets. */
export const codec: Target = {
  name: 'codec',
  scripts: /\/core\/codec\/|error-classes/,
  limitMs: 1000,
  seeds: () => VALUES.map(encoded),
  vary(input, random) {
    const made = value(random, 3);
    if (random.chance(0.3)) return made;
    const at = random.below(input.length + 1);
    return Buffer.concat([input.subarray(0, at), made, input.subarray(at + random.below(4))]);
  },
  run(input) {
    let decoded: unknown;
    try {
      decoded = decoder.decode(input);
    } catch (error) {
      assert.equal((error as Error).name, 'SerializationError', String((error as Error).stack));
      return;
    }
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
    // What has been understood can be said again, and is understood in the same way.
    const said = encoded(decoded);
    assert.deepEqual(encoded(decoder.decode(said)), said, 'another value comes back');
  },
};

const VALUES: readonly unknown[] = [
  { a: 1, b: [true, null, undefined, -5, 0.5], c: 'text', d: '微' },
  new Map<unknown, unknown>([[{ k: 1 }, new Set(['x'])]]),
  Object.assign(new TypeError('m', { cause: new Error('c') }), { code: 'E' }),
  new AggregateError([new Error('x')], 'all'),
  [
    new Date(5),
    10n ** 30n,
    /a+/gi,
    Buffer.from('abc'),
    new Float64Array(2),
    new ArrayBuffer(3),
    Object('boxed'),
  ],
  Object.assign(new Array(5), { 0: 1, 4: 2 }),
  JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {}}}'),
];
const NAMES = [
  'a',
  '',
  '__proto__',
  'constructor',
  'toString',
  'polluted',
  'message',
  'TypeError',
  'OSError',
  'x'.repeat(40),
];

function count(random: Random, real: number): Buffer {
  return leb128(random.chance(0.9) ? real : wildNumber(random));
}

function text(random: Random): Buffer {
  const name = random.pick(NAMES);
  return Buffer.concat([Buffer.from([TAG.latin1]), count(random, name.length), Buffer.from(name)]);
}

/** A value by the grammar of the codec, with a wrong number now and then. */
function value(random: Random, depth: number): Buffer {
  const tag = random.pick(TAGS);
  const head = Buffer.from([tag]);
  const n = random.below(4);
  const many = (make: () => Buffer): Buffer[] => Array.from({ length: n }, make);
  const inner = (): Buffer => (depth > 0 ? value(random, depth - 1) : Buffer.from([TAG.null]));
  switch (tag) {
    case TAG.int:
    case TAG.backReference:
      return Buffer.concat([head, leb128(wildNumber(random))]);
    case TAG.double:
    case TAG.date:
      return Buffer.concat([head, random.bytes(8)]);
    case TAG.latin1:
      return text(random);
    case TAG.utf16:
      return Buffer.concat([head, count(random, n), random.bytes(2 * n)]);
    case TAG.bigint:
      return Buffer.concat([head, text(random)]);
    case TAG.object:
      return Buffer.concat([head, count(random, n), ...many(() => Buffer.concat([text(random), inner()]))]);
    case TAG.map:
      return Buffer.concat([head, count(random, n), ...many(() => Buffer.concat([inner(), inner()]))]);
    case TAG.view:
      return Buffer.concat([
        head,
        Buffer.from([random.below(VIEWS.length + 1)]),
        count(random, 8 * n),
        random.bytes(8 * n),
      ]);
    case TAG.arrayBuffer:
      return Buffer.concat([head, count(random, n), random.bytes(n)]);
    case TAG.boxed:
      return Buffer.concat([head, inner()]);
    case TAG.error: {
      const fields = [
        text(random),
        text(random),
        text(random),
        Buffer.from([TAG.array, 0]),
        inner(),
        text(random),
        inner(),
      ];
      const some = fields.slice(0, 4 + random.below(4));
      return Buffer.concat([head, count(random, some.length), ...some]);
    }
    case TAG.regexp:
      return Buffer.concat([
        head,
        count(random, 3),
        text(random),
        text(random),
        Buffer.from([TAG.int, random.below(9)]),
      ]);
    case TAG.array:
    case TAG.set:
    case TAG.handle:
      return Buffer.concat([head, count(random, n), ...many(inner)]);
    default:
      return head;
  }
}
