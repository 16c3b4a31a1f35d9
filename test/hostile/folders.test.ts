// Traces that were made to do harm are read in a moment, tell what they left out, and give nothing to the terminal to obey.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { lookAtEverything } from './everything.ts';
import { WORDS } from './folder-words.ts';
import { FOLDERS, LARGE, makeFolder } from './folders.ts';
import { SAVED } from './good-traces.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-hostile-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const isPosix = process.platform !== 'win32';
for (const name of FOLDERS.filter((folder) => !LARGE.includes(folder))) {
  test(`${name}`, { skip: isPosix ? false : 'only on POSIX' }, () => {
    const dir = makeFolder(name, SAVED, path.join(scratch, 'trace'));
    const { faults, refused, report } = lookAtEverything(dir);
    assert.deepEqual(faults, []);
    const said =
      refused ?? report?.problems.map(({ code, message }) => `${code}: ${message}`).join('\n') ?? '';
    if (WORDS[name]) assert.match(said, WORDS[name]);
    else assert.equal(said, '');
  });
}
