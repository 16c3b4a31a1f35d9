import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { isTracePlace, placeInLink } from '../../../src/extension/packed/linked.ts';

test('a link names a place by its whole path, and nothing on a network', () => {
  assert.equal(placeInLink('/open', 'trace=/tmp/a & b=c+d%20.forkscope'), '/tmp/a & b=c+d%20.forkscope');
  assert.equal(placeInLink('/open', 'trace=/tmp/../etc/x'), '/etc/x');
  const wrong = [
    '',
    'trace=',
    'trace=relative',
    'trace=//server/share/x',
    'trace=\\\\server\\share',
    'trace=/a\nb',
    'other=/a',
  ];
  for (const query of wrong) assert.equal(placeInLink('/open', query), undefined, query);
  assert.equal(placeInLink('/run', 'trace=/tmp/a'), undefined);
});

test('only a packed trace and the folder of a trace are places of one, and no links to them', (t) => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'forkscope-linked-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const at = (name: string) => path.join(dir, name);
  for (const name of ['trace', 'empty']) mkdirSync(at(name));
  writeFileSync(path.join(at('trace'), 'session.def'), '');
  writeFileSync(at('packed.forkscope'), '');
  writeFileSync(at('secret.txt'), '');
  symlinkSync(at('secret.txt'), at('link.forkscope'));
  symlinkSync(at('trace'), at('linked-trace'));
  const places = [
    'trace',
    'packed.forkscope',
    'empty',
    'secret.txt',
    'link.forkscope',
    'linked-trace',
    'missing',
  ];
  assert.deepEqual(
    places.filter((name) => isTracePlace(at(name))),
    ['trace', 'packed.forkscope'],
  );
});
