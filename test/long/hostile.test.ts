import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { CONTROL } from '../hostile/everything.ts';
import { WORDS } from '../hostile/folder-words.ts';
import { FOLDERS, makeFolder } from '../hostile/folders.ts';
import { fuzz } from '../hostile/fuzz.ts';
import { record, SAVED } from '../hostile/good-traces.ts';

const CLI = path.resolve(__dirname, '../../dist/cli.js');
/** Milliseconds of processor time, and megabytes, that a folder may take: on a busy machine the clock says nothing of it. */
const MOST_TIME = 5000;
const MOST_MEMORY = 500;
/** Seconds of processor time after which the system ends what goes on and on. */
const ENDLESS = 30;
/** Milliseconds of the clock after which it waits for what never comes: with busy processors five seconds of work take minutes. */
const STUCK = 300_000;

const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-hostile-long-'));
const preload = path.join(scratch, 'used.cjs');
before(() => {
  const used = 'JSON.stringify(process.resourceUsage())';
  writeFileSync(preload, `process.on('exit', () => require('fs').writeFileSync(process.env.USED, ${used}));`);
});
after(() => rmSync(scratch, { recursive: true, force: true }));

test('3,000 mutants of six programs', async () => {
  const examples = ['queue.ts', 'pipe.ts', 'tutorials/12-pool-apply-async.ts', 'tutorials/09-manager.ts'];
  const bases = [SAVED];
  for (const example of [...examples, 'tutorials/42-lock.ts']) bases.push(await record(example, scratch));
  const { failures } = await fuzz(
    bases,
    Array.from({ length: 3000 }, (_, i) => 1000 + i),
  );
  assert.deepEqual(failures, []);
});

const isLinux = process.platform === 'linux';
for (const name of FOLDERS) {
  test(`the command line tool on: ${name}`, { skip: isLinux ? false : 'only on Linux' }, () => {
    const dir = makeFolder(name, SAVED, path.join(scratch, 'trace'));
    for (const command of ['report', 'view']) {
      const env = { ...process.env, USED: path.join(scratch, 'used'), NO_COLOR: '1' };
      const limited = ['-c', `ulimit -t ${ENDLESS}; exec "$@"`, 'sh', process.execPath];
      const { status, signal, stdout, stderr } = spawnSync(
        'sh',
        [...limited, '-r', preload, CLI, command, dir],
        {
          encoding: 'utf8',
          env,
          timeout: STUCK,
          killSignal: 'SIGKILL',
          maxBuffer: 1024 ** 3,
        },
      );
      assert.ok(status === 0 || (status === 2 && stderr !== ''), `${command}: ${status ?? signal} ${stderr}`);
      const used: NodeJS.ResourceUsage = JSON.parse(readFileSync(env.USED, 'utf8'));
      const milliseconds = (used.userCPUTime + used.systemCPUTime) / 1000;
      assert.ok(milliseconds < MOST_TIME, `${command}: ${milliseconds} ms`);
      assert.ok(used.maxRSS < MOST_MEMORY * 1024, `${command}: ${used.maxRSS} KB`);
      assert.doesNotMatch(stdout + stderr, CONTROL);
      if (command === 'report' && WORDS[name])
        assert.match((stdout + stderr).replace(/\s+/g, ' '), WORDS[name]);
    }
  });
}
