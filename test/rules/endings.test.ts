// What stood when a real program was ended stays in its report, whoever of it hears of that end first and whatever it says then.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { verifyReport } from '../../src/verify/index.ts';
import { cli, readReport, run } from '../cli/support.ts';
import { ROOT, scratch, until } from '../session/support.ts';

const TIMEOUT = { timeout: 240_000 };
const SUSPECT_AFTER = ['--threshold', 'suspectAfter=1500'];
const isLinux = process.platform === 'linux';

interface Ending {
  readonly program: string;
  readonly stands: string;
  /** Ends the program, in the group `group`. */
  end(root: number, group: number): void;
  /** It is ended when this is in its output a second time after that the finding was announced. */
  readonly when?: string;
}

/** The only child of a process. */
function childOf(pid: number): number {
  const [child = ''] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return Number(child);
}

async function stays(t: TestContext, { program, stands, end, when }: Ending): Promise<void> {
  const dir = scratch(t);
  const [json, trace] = [path.join(dir, 'report.json'), path.join(dir, 'trace')];
  const kept = ['--no-report', '--json', json, '--trace', trace, ...SUSPECT_AFTER];
  const ran = run(t, [...kept, path.join(ROOT, 'test/rules', program), 'fault'], { cwd: dir });
  const kind = stands.split(' ')[0] ?? '';
  await until(`${kind} to be told`, () => new RegExp(`^ *${kind} \\(`, 'm').test(ran.err()));
  const told = ran.out().length;
  const count = (): number =>
    ran
      .out()
      .slice(told)
      .split(when ?? '\n').length;
  if (when !== undefined) await until(when, () => count() > 2);
  const { pid = 0 } = ran.child;
  end(childOf(pid), pid);
  await ran.ended;
  const report = readReport(json);
  const found = report.findings.map(({ kind, certainty, blocking }) => `${kind} ${certainty} ${blocking}`);
  assert.deepEqual(found, [`${stands} true`]);
  assert.deepEqual(
    verifyReport(trace, report).flatMap(({ doubts }) => doubts),
    [],
  );
  // A replay, which never looks at the moment, says the same.
  const replay = cli(t, ['report', trace, ...SUSPECT_AFTER, '--json']);
  await replay.ended;
  const again = JSON.parse(replay.out()) as typeof report;
  assert.deepEqual(
    again.findings.map((finding) => finding.id),
    report.findings.map((finding) => finding.id),
  );
}

const killRoot = (root: number): unknown => process.kill(root, 'SIGKILL');

describe('what stood at the end', { concurrency: 2, skip: !isLinux && 'only on Linux' }, () => {
  it('stays suspected where the root is killed, and a child reads the end of its stdin', TIMEOUT, (t) =>
    stays(t, { program: 'endings/reader.mjs', stands: 'stdin-not-ended suspected', end: killRoot }),
  );
  it('stays certain where the root is killed, and a child hears that its channel is closed', TIMEOUT, (t) =>
    stays(t, { program: 'programs/ipc-keeps-alive.mjs', stands: 'ipc-keeps-alive certain', end: killRoot }),
  );
  it('stays where Ctrl-C comes while an interval says something', TIMEOUT, (t) =>
    stays(t, {
      program: 'programs/close-missing.mjs',
      stands: 'close-missing suspected',
      when: 'waits',
      end: (_root, group) => process.kill(-group, 'SIGINT'),
    }),
  );
});
