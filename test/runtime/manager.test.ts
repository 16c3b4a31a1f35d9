import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { facts } from './facts.ts';

describe('what managers do', () => {
  let seen: Record<string, unknown> = {};
  before(async () => {
    seen = await facts('manager.ts');
  });

  test('[row 170] a list: index, slice, extend, repeat, concat, pop, length, iteration', () => {
    const twice = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5];
    assert.deepEqual(seen[170], [[1, 3, [2, 3], [1, 2, 3, 1, 2, 3], [1, 2, 3, 9]], twice, 5, 9, true]);
  });
  test('[row 171] a dict: keys stay numbers; an iteration fails when the size changes', () => {
    const pairs = [
      [1, 'a'],
      [2, 'b'],
    ];
    assert.deepEqual(seen[171], [[[1, 2], ['a', 'b'], pairs, pairs, [2, 'b']], 'RuntimeError']);
  });
  test('[rows 172, 173] a proxy inside a proxy stays live, a plain value inside is a copy', () => {
    assert.deepEqual(seen[172], [1, 2]);
    assert.deepEqual(seen[173], [1]);
  });
  test('[row 174] reading and writing are two calls: of three that add one at the same time, two are lost', () => {
    assert.equal(seen[174], 1);
  });
  test('[row 175] a namespace: set, get, delete; its text hides what begins with an underscore', () => {
    assert.deepEqual(seen[175], ['Namespace(shown=1)', 'Namespace()', 'KeyError']);
  });
  test('[row 176] errors of the server reach the caller', () => {
    assert.deepEqual(seen[176], ['KeyError', 'IndexError', 'KeyError']);
  });
  test('[row 177] the text of a proxy is its content, inspection shows its type, and it equals nothing', () => {
    const [text, typed, equal] = seen[177] as [string, boolean, boolean];
    assert.match(text, /^Map\(/);
    assert.deepEqual([typed, equal], [true, false]);
  });
  test('[row 178] every type works from a child', () => {
    assert.deepEqual(seen[178], [0, 20, [5, 7, true, 'item'], [[1, 4, 9], 49]]);
  });
  test('[row 179] releasing an unlocked lock of a manager', () => {
    assert.equal(seen[179], 'RuntimeError');
  });
  test('[row 180] only exposed methods of registered types can be called', () => {
    assert.deepEqual(seen[180], [5, 'RemoteError', false]);
  });
  test('[rows 181, 186] a manager is one more process, named, and ends with its block', () => {
    assert.deepEqual(seen[186], [true, true]);
    assert.equal(seen[181], 0);
  });
  test('[row 182] a remote manager by address and key; a wrong key and a result that cannot travel are errors', () => {
    assert.deepEqual(seen[182], [9, 'AuthenticationError', 'RemoteError']);
  });
  test('[row 183] an address can be bound again straight after a shutdown', () => {
    assert.equal(seen[183], true);
  });
  test('[row 184] an initializer runs in the server', () => {
    assert.equal(seen[184], 'yes');
  });
  test('[row 185] after the shutdown proxies fail', () => {
    assert.deepEqual(seen[185], ['OSError', 'OSError']);
  });
});

test('clients that are killed leave no lock held, take no unit and no item, and are told of', async () => {
  const told = [true, true, 'released'];
  assert.deepEqual(await facts('manager-deaths.ts'), {
    lock: told,
    rlock: told,
    condition: told,
    waiter: true,
    sleeper: true,
    unit: true,
    item: 'for the living',
    afterNormalEnd: false,
  });
});

test('strangers that connect and say nothing do not hold up remote clients', async () => {
  assert.deepEqual(await facts('manager-silent.ts'), { answer: 2, closed: 0 });
});
