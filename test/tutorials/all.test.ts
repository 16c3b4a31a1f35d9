import assert from 'node:assert/strict';
import { it } from 'node:test';
import { EXPECTATIONS } from './expectations.ts';
import { programFiles } from './suite.ts';

it('each of the 43 programs has an expectation', () => {
  const expected = EXPECTATIONS.map((e) => `${e.file}.ts`);
  assert.deepEqual(programFiles(), expected);
  assert.equal(expected.length, 43);
});
