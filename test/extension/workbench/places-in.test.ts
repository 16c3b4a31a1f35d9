import assert from 'node:assert/strict';
import test from 'node:test';
import { placesIn } from '../../../src/extension/workbench/places-in.ts';

test('whole paths with a line are places, also with spaces and of Windows; nothing else is', () => {
  const text = [
    '    at wait /home/ann lee/app/main.ts:12',
    'waits at deadlock.ts:10 (/srv/a.mjs:7) and/or b.js:3',
    'at run C:\\work\\x.cjs:5',
    'file:///srv/x/y.js:2 in one line',
    'node:internal/x.js:9, 10:20:30, /dev/null',
  ].join('\n');
  assert.deepEqual(
    placesIn(text).map(({ file, line }) => [file, line]),
    [
      ['/home/ann lee/app/main.ts', 12],
      ['/srv/a.mjs', 7],
      ['C:\\work\\x.cjs', 5],
      ['file:///srv/x/y.js', 2],
    ],
  );
  const [first] = placesIn(text);
  assert.equal(text.slice(first?.start, first?.end), '/home/ann lee/app/main.ts:12');
});
