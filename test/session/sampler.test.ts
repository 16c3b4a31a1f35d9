import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SessionClock } from '../../src/session/core/clock.ts';
import type { OsProcess, OsProcessTable } from '../../src/session/os/process-table.ts';
import { OsSampler } from '../../src/session/os/sampler.ts';
import type { Observation } from '../../src/trace/format/definitions.ts';

/** Two looks at a process: the table says the one thing at the first, the other at the second. */
async function twoLooks(first: readonly string[], second: readonly string[]): Promise<Observation[]> {
  let argv = first;
  const one = (): OsProcess => ({
    pid: 7,
    ppid: 1,
    name: 'node',
    command: argv.join(' '),
    argv,
    cpu: null,
    memory: null,
    start: '1',
  });
  const table: Pick<OsProcessTable, 'descendants' | 'threads'> = {
    descendants: async () => [one()],
    threads: () => [],
  };
  const written: Observation[] = [];
  const clock = { now: () => 1 } as SessionClock;
  const sampler = new OsSampler(
    table as OsProcessTable,
    clock,
    () => undefined,
    (seen) => written.push(seen),
  );
  await sampler.look();
  argv = second;
  await sampler.look();
  return written;
}
const HELPER = ['node', '/x/ms-vscode.js-debug/src/watchdog.js'];

test('who is about to end, and has no command line any more, is told by the one that it had', async () => {
  const [seen] = await twoLooks(['node', 'a.js'], []);
  assert.deepEqual(seen?.type === 'osProcess' && seen.argv, ['node', 'a.js']);
});

test('the helper of a debugger is not told, whether it still has its command line or not', async () => {
  assert.deepEqual(await twoLooks(HELPER, HELPER), []);
  assert.deepEqual(await twoLooks(HELPER, []), []);
});

test('whoever has become another program meanwhile is told by that', async () => {
  const [seen] = await twoLooks(['sh', '-c', 'exec sleep 9'], ['sleep', '9']);
  assert.deepEqual(seen?.type === 'osProcess' && seen.argv, ['sleep', '9']);
});
