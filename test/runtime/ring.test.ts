import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createResource, READ, WRITE } from '../../src/runtime/core/handles/held-resource.ts';
import { FULL, Ring, ringShape, STORED } from '../../src/runtime/core/messages/ring.ts';

function makeRing(maxItems: number, maxBytes: number): Ring {
  const core = createResource(
    ringShape('queue'),
    { name: undefined, capacity: maxItems },
    (content, memory) => Ring.initialise(content, memory, maxItems, maxBytes),
  );
  core.retain(READ | WRITE);
  return new Ring(core);
}
const silent = (): void => {};

test('messages of all sizes come out as they went in, while the ring wraps and grows', () => {
  const ring = makeRing(0, 0);
  const model: Buffer[] = [];
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return seed % below;
  };
  let sent = 0;
  let received = 0;
  for (let step = 0; step < 20_000; step++) {
    if (random(100) < (step % 4000 < 2000 ? 60 : 40)) {
      const sizes = [random(40), random(3000), random(200) === 0 ? 300_000 : 100];
      const message = Buffer.alloc(sizes[random(3)] ?? 0, step);
      assert.equal(
        ring.offer(message, message.length, step & 1, (n) => assert.equal(n, ++sent)),
        STORED,
      );
      model.push(message);
    } else {
      const expected = model.shift();
      let length = 0;
      const got = ring.take((n, bytes) => {
        assert.equal(n, ++received);
        length = bytes;
      });
      assert.equal(got === undefined, expected === undefined);
      if (got && expected) assert.ok(got.bytes.subarray(0, length).equals(expected));
    }
    assert.equal(ring.count, model.length);
  }
});

test('a bounded ring is full at its number of items', () => {
  const ring = makeRing(2, 0);
  const message = Buffer.from('x');
  assert.equal(ring.offer(message, 1, 0, silent), STORED);
  assert.equal(ring.offer(message, 1, 0, silent), STORED);
  assert.equal(ring.offer(message, 1, 0, silent), FULL);
  assert.ok(ring.take(silent));
  assert.equal(ring.offer(message, 1, 0, silent), STORED);
});

test('a ring bounded in bytes takes any message when it is empty, and no second one beyond its bound', () => {
  const ring = makeRing(0, 1 << 20);
  const large = Buffer.alloc(5 << 20, 3);
  assert.equal(ring.offer(large, large.length, 0, silent), STORED);
  assert.equal(ring.offer(Buffer.from('x'), 1, 0, silent), FULL);
  assert.equal(ring.peekLength(), large.length);
  assert.ok(ring.take(silent)?.bytes.subarray(0, large.length).equals(large));
  assert.equal(ring.take(silent), undefined);
  assert.equal(ring.peekLength(), -1);
});

test('a put whose announcement throws changes nothing', () => {
  const ring = makeRing(0, 0);
  assert.throws(() =>
    ring.offer(Buffer.from('half'), 4, 0, () => {
      throw new Error('killed here');
    }),
  );
  assert.equal(ring.count, 0);
  ring.offer(Buffer.from('whole'), 5, 0, silent);
  assert.equal(ring.take(silent)?.bytes.toString('latin1', 0, 5), 'whole');
});
