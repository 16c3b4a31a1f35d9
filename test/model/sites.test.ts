import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sameLine, tellApart } from '../../src/model/state/places.ts';
import { SiteTable, siteRef } from '../../src/model/state/sites.ts';
import type { CallSite } from '../../src/model/types/index.ts';
import { english, frameText, helperOf, siteText } from '../../src/model/words/index.ts';

/** A stack of `file:line`, the nearest first; `package/file:line` is a package's. */
function stack(table: SiteTable, ...frames: readonly string[]): CallSite {
  let caller = 0;
  for (const frame of frames.toReversed()) {
    const [, name = '', file = '', line = ''] = /^(?:(.*)\/)?(.*):(\d+)$/.exec(frame) ?? [];
    const fn = file.replace('.ts', '');
    const def = { file: `/w/${file}`, line: Number(line), column: 1, fn };
    caller = table.intern(name === '' ? def : { ...def, package: name }, caller);
  }
  return table.view(siteRef(caller, false)) as CallSite;
}
const at = ({ file, line }: CallSite) => `${file.slice(3)}:${line}`;
const told = (...sites: readonly CallSite[]) => tellApart(sites).map(at);

test('a stack shows its frames, and as its place the nearest of the program itself', () => {
  const table = new SiteTable();
  const site = stack(table, 'limit/index.js:1', 'a.ts:2', 'b.ts:3');
  assert.deepEqual(
    site.frames.map((f) => [f.file, f.line, f.package, f.async]),
    [
      ['/w/index.js', 1, 'limit', false],
      ['/w/a.ts', 2, '', false],
      ['/w/b.ts', 3, '', false],
    ],
  );
  assert.equal(at(site), 'a.ts:2');
  assert.equal(at(stack(table, 'limit/index.js:1', 'other/x.js:2')), 'index.js:1');
});

test('equal stacks are one, of whatever stream; sampled ones say so', () => {
  const table = new SiteTable();
  const def = { file: '/w/a.ts', line: 1, column: 2, fn: 'f' };
  const outer = table.intern(def, 0);
  const inner = table.intern({ ...def, async: true }, outer);
  assert.equal(table.intern({ ...def, async: true }, outer), inner);
  assert.notEqual(table.intern(def, outer), inner);
  assert.notEqual(table.intern({ ...def, async: true }, 0), inner);
  assert.equal(table.view(siteRef(inner, true))?.sampled, true);
  assert.equal(table.view(siteRef(inner, false))?.sampled, false);
  assert.equal(table.view(0), null);
});

test('a definition without its caller, as in traces of before, is a stack of one frame', () => {
  const table = new SiteTable();
  assert.equal(stack(table, 'a.ts:1').frames.length, 1);
});

test('places on one line are told apart by the nearest callers that differ', () => {
  const t = new SiteTable();
  const first = stack(t, 'locks.ts:5', 'locks.ts:9', 'shop.ts:6');
  const second = stack(t, 'locks.ts:5', 'locks.ts:11', 'shop.ts:6');
  assert.deepEqual(told(first, second), ['locks.ts:9', 'locks.ts:11']);
  const deep = stack(t, 'locks.ts:5', 'locks.ts:11', 'shop.ts:60');
  assert.deepEqual(told(first, second, deep), ['locks.ts:9', 'shop.ts:6', 'shop.ts:60']);
});

test('what is told apart already, or cannot be, keeps its nearest line', () => {
  const t = new SiteTable();
  const a = stack(t, 'a.ts:1', 'main.ts:1');
  assert.deepEqual(told(a, stack(t, 'a.ts:2', 'main.ts:1')), ['a.ts:1', 'a.ts:2']);
  assert.deepEqual(told(a, a), ['a.ts:1', 'a.ts:1']);
  assert.deepEqual(told(a, stack(t, 'a.ts:1')), ['main.ts:1', 'a.ts:1']);
  assert.deepEqual(tellApart([]), []);
});

test('frames of packages do not tell places apart', () => {
  const t = new SiteTable();
  const a = stack(t, 'a.ts:1', 'limit/index.js:1', 'x.ts:1');
  const b = stack(t, 'a.ts:1', 'limit/index.js:9', 'x.ts:2');
  assert.deepEqual(told(a, b), ['x.ts:1', 'x.ts:2']);
});

test('the line below a place that was told apart is known', () => {
  const t = new SiteTable();
  const [a, b] = tellApart([stack(t, 'h.ts:1', 'x.ts:1'), stack(t, 'h.ts:1', 'x.ts:2')]) as [
    CallSite,
    CallSite,
  ];
  assert.equal(helperOf(a)?.fn, 'h');
  assert.equal(siteText(english, a), 'x.ts:1 through h');
  assert.equal(siteText(english, stack(t, 'x.ts:1')), 'x.ts:1');
  assert.deepEqual(b.frames.map(frameText), ['h h.ts:1', 'x x.ts:2']);
  assert.equal(helperOf(stack(t, 'h.ts:1', 'x.ts:1')), undefined);
  assert.deepEqual([sameLine([a, b]), sameLine([a, a]), sameLine([])], [false, true, true]);
});
