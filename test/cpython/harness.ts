import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { facts } from '../runtime/facts.ts';
import { ROOT } from '../runtime/run-program.ts';
import { PORTED } from './table.ts';

/** Runs a program of ported tests, and reports each of them under CPython's name. */
export function ported(program: keyof typeof PORTED): void {
  describe(`CPython's tests: ${program}`, () => {
    let seen: Record<string, unknown> = {};
    before(async () => {
      seen = await facts(`${ROOT}/test/cpython/programs/${program}.ts`);
    });
    for (const name of PORTED[program]) test(name, () => assert.equal(seen[name], 'ok'));
    test('every test of the program stands in the table', () => {
      assert.deepEqual(Object.keys(seen).toSorted(), [...PORTED[program]].toSorted());
    });
  });
}
