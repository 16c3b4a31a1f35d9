import assert from 'node:assert/strict';
import { test } from 'node:test';
import { facts } from './facts.ts';

test('what arrives in another process, and where in a value the part is that cannot be sent', async () => {
  const why = 'the function give cannot be sent to another process';
  assert.deepEqual(await facts('values.ts'), {
    match: [1, 'abbc', { word: 'bb' }, 2],
    views: [true, 2],
    process: `args[0].b[3]: ${why}`,
    queue: `value.b[3]: ${why}`,
    apply: `args[1].b[3]: ${why}`,
    keyed: `kwargs.bad.b[3]: ${why}`,
    map: `item.b[3]: ${why}`,
    starmap: `args[1].b[3]: ${why}`,
    result: `'SerializationError: result.list[1]: ${why}'`,
  });
});
