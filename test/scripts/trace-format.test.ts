// A kind of record that its page does not describe, or describes otherwise, fails the check.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { futureKinds, traceFormatProblems } from '../../scripts/trace-format.mjs';

const page = readFileSync(path.resolve(__dirname, '../../docs/trace-format.md'), 'utf8');

describe('the tables of docs/trace-format.md', () => {
  it('are those of the code', async () => {
    assert.deepEqual(await traceFormatProblems(page), []);
  });

  for (const [what, text] of [
    ['a kind is missing', page.replace(/^\| `childExit` .*\n/m, '')],
    ['a number is another one', page.replace('| `childExit` | 4 |', '| `childExit` | 5 |')],
    ['a meaning is another one', page.replace('An item was put', 'An item was got')],
    ['a flag has another bit', page.replace('| `sync` | 0x01 |', '| `sync` | 0x02 |')],
    ['a record is laid out otherwise', page.replace('|     24 | u32  | value ', '|     28 | u32  | value ')],
  ] as const) {
    it(`are refused when ${what}`, async () => {
      assert.notEqual(text, page);
      assert.equal((await traceFormatProblems(text)).length, 1);
    });
  }
});

it('a kind that is newer than the minor version of traces is named', () => {
  const kinds = { old: { number: 1, group: 'life' }, young: { number: 2, group: 'life', since: 2 } } as const;
  assert.deepEqual(futureKinds(kinds, 1), ['young']);
  assert.deepEqual(futureKinds(kinds, 2), []);
});
