import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { test } from 'node:test';
import { nameProcess } from '../../src/runtime/index.ts';

test('nameProcess tells whoever listens, and takes names only', () => {
  nameProcess('nobody listens');
  const heard: unknown[] = [];
  channel('forkscope:named').subscribe((message) => heard.push(message));
  nameProcess('importer');
  assert.deepEqual(heard, [{ v: 1, name: 'importer' }]);
  for (const wrong of ['', 5, undefined]) assert.throws(() => nameProcess(wrong as string), TypeError);
});
