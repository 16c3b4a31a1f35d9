import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { BUNDLES, files, scratch, start } from './support.ts';

/** A parent that waits for the answer of its child, and a child that has its answer made by other threads, or never answers. */
const PROGRAM = `
import { fork } from 'node:child_process';
import crypto from 'node:crypto';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';

/** How often something has to be done to take two seconds. */
function times(once) {
  once();
  const start = process.hrtime.bigint();
  once();
  return Math.ceil(2e9 / Number(process.hrtime.bigint() - start));
}
const part = crypto.randomBytes(2 ** 18);
const WORK = {
  pbkdf2: (done) => crypto.pbkdf2('a', 'b', 20_000 * times(() => crypto.pbkdf2Sync('a', 'b', 20_000, 64, 'sha512')), 64, 'sha512', done),
  scrypt: (done) => crypto.scrypt('a', 'b', 64, { p: times(() => crypto.scryptSync('a', 'b', 64)), maxmem: 2 ** 31 }, done),
  brotli: (done) => zlib.brotliCompress(crypto.randomBytes(2 ** 18 * times(() => zlib.brotliCompressSync(part))), done),
  nothing: () => {},
};
const [, , what] = process.argv;
if (process.send) {
  process.on('message', () => WORK[what](() => process.send('done', () => process.disconnect())));
} else {
  const child = fork(fileURLToPath(import.meta.url), [what]);
  child.send('go');
  child.once('message', (answer) => console.log(answer));
}
`;

const KINDS = ['pbkdf2', 'scrypt', 'brotli'];
for (const what of [...KINDS, 'nothing']) {
  test(`a child whose answer is made by other threads is not stuck, one that has none is: ${what}`, {
    timeout: 240_000,
  }, async (t) => {
    const dir = scratch(t);
    files(dir, { 'main.mjs': PROGRAM });
    const json = path.join(dir, 'report.json');
    const run = start(
      t,
      process.execPath,
      [path.join(BUNDLES, 'cli.js'), 'run', '--on-deadlock', 'kill', '--json', json, 'main.mjs', what],
      { cwd: dir },
    );
    const { code } = await run.ended;
    const { findings } = JSON.parse(readFileSync(json, 'utf8')) as { findings: { certainty: string }[] };
    const certain = findings.filter(({ certainty }) => certainty === 'certain');
    if (what === 'nothing') {
      assert.equal(code, 3, run.err());
      assert.equal(certain.length, 1, run.err());
    } else {
      assert.equal(run.out(), 'done\n', run.err());
      assert.equal(code, 0, run.err());
      assert.deepEqual(certain, []);
    }
  });
}
