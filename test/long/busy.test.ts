// Programs that are right, with every processor taken by others, under `--on-deadlock kill`: none of them is ended.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { takeProcessors } from '../busy.ts';
import { cli, EXAMPLES, readReport } from '../cli/support.ts';
import { ROOT, scratch } from '../session/support.ts';

const SPECS = path.join(ROOT, 'test/fixtures/specs.json');
const spec = (program: string, prefixes: readonly string[]): [string, string[]][] =>
  Object.keys(JSON.parse(readFileSync(SPECS, 'utf8')))
    .filter((id) => prefixes.some((prefix) => id.startsWith(prefix)))
    .map((id) => [program, [id, SPECS]]);

/**
 * What the tests of the runtime run to its end by itself, with arguments. Left out: what they kill or talk to from outside, and
 * lock-debugger.cjs, whose main thread stands still for good until the debugger in its worker ends it.
 */
const PROGRAMS: readonly (readonly [string, (readonly string[])?])[] = [
  ['closed-descriptors.ts'],
  ['connections.ts'],
  ['context.ts'],
  ['early-death.mts'],
  ['early-initializer.mts'],
  ['executor-broken.ts'],
  ['executor.ts'],
  ['idle-socket.ts'],
  ['imap-left.ts'],
  ['kills.ts', ['12', '7']],
  ['limits.ts'],
  ['load.ts', ['6', '12000']],
  ['lock-exclusion.ts'],
  ['lock-owner-died.ts'],
  ['lock-sigterm.ts', ['waiting']],
  ['lock-sigterm.ts', ['served', 'terminate', '1']],
  ['lock-sigterm.ts', ['putting']],
  ['lock-sigterm.ts', ['daemon']],
  ['lock-sigterm.ts', ['waiting', 'outside']],
  ['manager-deaths.ts'],
  ['manager-silent.ts'],
  ['manager.ts'],
  ['pipe-processes.ts'],
  ['pool-behaviour.ts'],
  ['pool-broken.ts'],
  ['pool-chunks.ts'],
  ['pool-many.ts'],
  ['pool-release.ts'],
  ['process-corners.ts'],
  ['process-environment.ts'],
  ['process-exit.ts', ['return']],
  ['process-exit.ts', ['throw']],
  ['process-life.ts'],
  ['publish-processes.ts'],
  ['queue-kills.ts', ['25']],
  ['queue-processes.ts'],
  ['queues.ts'],
  ['serializers.ts'],
  ['shared-data.ts'],
  ['shared-memory.ts', ['ends']],
  ['shared-memory.ts', ['share']],
  ['stacks.ts'],
  ['starts.mjs', ['15']],
  ['stays.ts'],
  ['sync-processes.ts'],
  ['targets.mts'],
  ['targets.ts'],
  ['threads.ts'],
  ['uncaught.ts'],
  ['unguarded-later.mts'],
  ['unguarded-pool.mts', ['executor']],
  ['unguarded-pool.mts', ['manager']],
  ['unguarded-pool.mts', ['pool']],
  ['unguarded.ts'],
  ['unstarted.ts'],
  ['values.ts'],
  ...spec('specs-process.ts', ['S01', 'S02', 'S03', 'S04']),
  ...spec('specs-queue.ts', ['S05', 'S06', 'S07']),
  ...spec('specs-sync.ts', ['S08', 'S09', 'S10']),
  ...spec('specs-pool.ts', ['S11']),
  ...spec('specs-connection.ts', ['S12']),
  [path.join(EXAMPLES, 'hello.ts')],
  [path.join(EXAMPLES, 'queue.ts')],
  [path.join(EXAMPLES, 'pipe.ts')],
];
/** Programs that say by their exit code how they end: by an error, or by a signal that they send to themselves. */
const CODES: Readonly<Record<string, number>> = {
  'lock-sigterm.ts daemon': 3,
  'process-exit.ts throw': 1,
  'uncaught.ts': 1,
};

let processors: Awaited<ReturnType<typeof takeProcessors>>;
before(async () => {
  processors = await takeProcessors();
});
after(() => processors.release());

describe('no program of the runtime’s own tests is ended on a busy machine', { concurrency: 4 }, () => {
  for (const [program, args = []] of PROGRAMS) {
    const name = [path.basename(program), ...args.filter((arg) => arg !== SPECS)].join(' ');
    test(name, async (t) => {
      const file = path.resolve(ROOT, 'test/runtime/programs', program);
      const dir = scratch(t);
      const json = path.join(dir, 'report.json');
      const options = ['--no-report', '--json', json, '--trace', path.join(dir, 'trace')];
      const command = ['run', ...options, '--on-deadlock', 'kill', '--node', process.execPath, file, ...args];
      const ran = cli(t, command);
      const { code } = await ran.ended;
      assert.doesNotMatch(ran.err(), /the program is ended \(--on-deadlock kill\)/);
      const expected = CODES[name] ?? 0;
      assert.equal(code, expected, `it ended with ${code} in place of ${expected}; stderr:\n${ran.err()}`);
      const hangs = readReport(json).findings.filter(
        ({ certainty, blocking }) => certainty === 'certain' && blocking,
      );
      assert.deepEqual(hangs, []);
    });
  }
});

test('a program whose main thread stands still until its own debugger ends it is told as what it is', async (t) => {
  const json = path.join(scratch(t), 'report.json');
  const file = path.join(ROOT, 'test/runtime/programs/lock-debugger.cjs');
  const ran = cli(t, ['run', '--no-report', '--json', json, '--node', process.execPath, file]);
  assert.equal((await ran.ended).code, 137, ran.err());
  assert.deepEqual(
    readReport(json).findings.map(({ kind, certainty }) => [kind, certainty]),
    [['self-deadlock', 'certain']],
  );
});
