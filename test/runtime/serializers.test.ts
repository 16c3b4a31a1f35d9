import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { facts } from './facts.ts';

describe('[row 182] serializers of remote managers', () => {
  let seen: Record<string, unknown> = {};
  before(async () => {
    seen = await facts('serializers.ts');
  });

  const values = { text: '微信', list: [1, null, { deep: true }] };
  const called = [9, values, null, [true, 'out of range'], 22, 'RemoteError'];
  const mismatch = "RemoteError: the manager's server uses another serializer than this client: ";

  test('JSON by name: values, errors with their class, proxies in another process; other serializers are told', () => {
    assert.deepEqual(seen.json, [called, [`${mismatch}json`, `${mismatch}json`, 2, 2]]);
  });
  test('an object with dumps and loads writes and reads everything; local clients need none of it', () => {
    assert.deepEqual(seen.marked, [called, [`${mismatch}its own`, `${mismatch}its own`, 2, 2]]);
    assert.deepEqual(seen.used, [true, true]);
  });
  test('what JSON would change is refused, in arguments and results, and the server goes on', () => {
    const [refused, rest] = [seen.refused as unknown[], 9];
    assert.deepEqual(refused.slice(0, rest), new Array(rest).fill('SerializationError'));
    assert.deepEqual(refused.slice(rest), ['RemoteError', 4, `${mismatch}forkscope`]);
  });
  test('the standard types through JSON', () => {
    const items = [
      ['a', 1],
      ['b', 2],
    ];
    assert.deepEqual(seen.standard, [items, 7, [1, 2, 3], true]);
  });
  test('unknown names, objects without the functions, and functions that are not exported', () => {
    assert.deepEqual(seen.wrong, ['ValueError', 'TypeError', 'TargetError']);
  });
});
