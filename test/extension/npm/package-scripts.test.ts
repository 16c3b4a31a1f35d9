import assert from 'node:assert/strict';
import test from 'node:test';
import { scriptsIn } from '../../../src/extension/npm/package-scripts.ts';

const at = (text: string, { offset, length }: { offset: number; length: number }) =>
  text.slice(offset, offset + length);

test('scripts are found with the places of their names, also where others have the same name', () => {
  const text = `{
    "name": "test",
    "config": { "scripts": { "not": "me" } },
    "scripts": { "test": "node --test", "a\\"b": "echo" }
  }`;
  const found = scriptsIn(text);
  assert.deepEqual(
    found?.scripts.map(({ name, command }) => [name, command]),
    [
      ['test', 'node --test'],
      ['a"b', 'echo'],
    ],
  );
  assert.deepEqual(
    found?.scripts.map((script) => at(text, script.at)),
    ['"test"', '"a\\"b"'],
  );
  assert.equal(found?.offset, text.lastIndexOf('"scripts"'));
});

test('of a file that is being written those are found that can be read', () => {
  assert.deepEqual(
    scriptsIn('{ "scripts": { "one": "1", "two": , "three": 3, "four": "4"')?.scripts.map(({ name }) => name),
    ['one', 'four'],
  );
});

for (const text of ['', '[]', '{}', '{ "scripts": [] }', '{ "scripts": "x" }', 'null', '\0'])
  test(`there are none in ${JSON.stringify(text)}`, () => assert.equal(scriptsIn(text), undefined));
