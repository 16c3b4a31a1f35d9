import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { LiveRegion } from '../../src/cli/screen/live-region.ts';

const UP = (lines: number): string => `\u001b[${lines}A\r\u001b[J`;

const NO_WRAP = '\u001b[?7l';
const WRAP = '\u001b[?7h';

/** A region on a screen of 20 × 5; `written` is what was written last, without the switch of wrapping. */
function regionOf() {
  let last = '';
  const region = new LiveRegion({
    columns: 20,
    rows: 5,
    write: (text: string) => {
      last = text;
      return true;
    },
  });
  return { region, written: () => last.replaceAll(NO_WRAP, '').replaceAll(WRAP, ''), raw: () => last };
}

test('unfinished lines, long lines and tall pictures keep their place', () => {
  const { region, written } = regionOf();
  region.draw(['a', 'b']);
  assert.ok(written().endsWith('a\nb\n'));
  region.write('half');
  assert.ok(written().startsWith(UP(2)), 'goes up by what was drawn');
  assert.ok(written().endsWith('half\na\nb\n'));
  region.write(' whole\n');
  assert.ok(written().startsWith(UP(3)));
  assert.ok(written().endsWith('half whole\na\nb\n'));
  region.draw(['1', '2', '3', '4', '5', '6', '7']);
  assert.ok(written().endsWith('1\n2\n3\n… 4 more\n'), written());
  region.draw([`\u001b[1m${'x'.repeat(40)}\u001b[22m`]);
  assert.equal(
    stripVTControlCharacters(written()).replace(/^\s+|\s+$/g, ''),
    `${'x'.repeat(18)}…`,
    'cut to the width without its escapes',
  );
});

test('wide characters are cut by the columns they take, and no line takes a second row', () => {
  const { region, written, raw } = regionOf();
  region.draw([`作業者の名前がとても長い`]);
  assert.ok(written().endsWith('作業者の名前がとて…\n'), written());
  region.draw([`\u001b[1m├─ 作業者の名前\u001b[22m 4711 wartet`]);
  assert.ok(written().endsWith('├─ 作業者の名前\u001b[22m 47…\n'), JSON.stringify(written()));
  assert.ok(raw().includes(NO_WRAP) && raw().endsWith(WRAP), 'where a terminal counts otherwise, it cuts');
});

test('of a progress bar the newest state is seen', () => {
  const { region, written } = regionOf();
  region.draw(['tree']);
  for (const part of ['\r10 %', '\r20 %', '\r30 %']) region.write(part);
  assert.equal(written(), `${UP(2)}30 %\ntree\n`);
  region.write('\r40 %\r');
  assert.equal(written(), `${UP(2)}40 %\ntree\n`);
  region.write('\rdone\nnext');
  assert.ok(written().endsWith('done\nnext\ntree\n'));
});

test('megabytes without an end of line are passed on, not kept', () => {
  const { region, written } = regionOf();
  region.draw(['tree']);
  region.write('x'.repeat(5_000));
  assert.equal(written(), `${UP(1)}${'x'.repeat(5_000)}\ntree\n`);
  region.write('y');
  assert.equal(written(), `${UP(1)}y\ntree\n`);
});

test('a pause leaves what is drawn, and the next picture stands below', () => {
  const { region, written } = regionOf();
  region.draw(['a', 'b']);
  region.pause();
  assert.equal(written(), '\u001b[?25h');
  region.draw(['c']);
  assert.equal(written(), '\r\u001b[Jc\n');
});
