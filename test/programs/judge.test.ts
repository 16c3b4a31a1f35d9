import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ChannelView, ProcessView, Report } from '../../src/model/types/index.ts';
import { channelView, processView, reportView, threadView } from '../views.ts';
import { differences } from './clean.ts';
import { reportFailures } from './judge.ts';
import { countsOf, unpairedChannels } from './report.ts';
import type { RunResult } from './run.ts';
import type { Program } from './types.ts';

const process_ = (id: string, parent: string | null, argv: string[], instrumented: boolean): ProcessView =>
  processView(id, {
    parent,
    argv,
    instrumented,
    exitCode: 0,
    end: 1,
    state: 'exited',
    threads: instrumented ? [threadView(id), threadView(id, { threadId: 1 })] : [],
  });
const channel = (
  kind: 'ipc' | 'port',
  from: string[],
  to: string[],
  sent: number,
  received: number,
): ChannelView =>
  channelView(`${from}${to}`, {
    kind,
    resourceKind: kind,
    name: `${from} → ${to}`,
    from,
    to,
    sent,
    received,
    depth: sent - received,
  });
const report: Report = reportView({
  processes: [
    process_('root', null, ['node', 'main.js'], true),
    process_('child', 'root', ['node', 'child.js'], true),
    process_('idle shell', 'root', ['/bin/sh', '-c', 'node --version'], false),
    process_('shell', 'root', ['/bin/sh', '-c', 'node a.js'], false),
    process_('grandchild', 'shell', ['node', 'a.js'], true),
    process_('git', 'root', ['git', 'status'], false),
  ],
  channels: [
    channel('ipc', ['root'], ['child'], 3, 3),
    channel('ipc', ['child'], ['root'], 5, 4),
    channel('ipc', ['root'], [], 7, 0),
    channel('port', ['root'], ['root'], 2, 2),
  ],
});
const program: Program = {
  id: 'p',
  packages: [],
  command: ['node'],
  unpaired: 'as the report says',
  expect: {
    processes: 3,
    nodeExecs: [4, 4],
    shells: 2,
    natives: 1,
    threads: 3,
    ipcDown: 10,
    ipcDownReceived: 'any',
    ipcUp: 5,
    ipcUpReceived: 4,
    portPosts: 2,
  },
};

describe('the judge of real programs', () => {
  it('counts what a report says', () => {
    assert.deepEqual(countsOf(report), {
      processes: 3,
      nodeExecs: 4,
      shells: 2,
      natives: 1,
      threads: 3,
      ipcDown: 10,
      ipcUp: 5,
      ipcDownReceived: 3,
      ipcUpReceived: 4,
      portPosts: 2,
      workerPosts: 0,
      atomicsWaits: 0,
    });
  });

  it('passes what is as expected and names each count that is not', () => {
    assert.deepEqual(reportFailures(program, report, 20), []);
    const other = {
      ...program,
      expect: { ...program.expect, ipcUp: [6, 8] as const },
      expectOn: { 24: { shells: 3 } },
    };
    assert.deepEqual(reportFailures(other, report, 20), ['ipcUp: 5, expected 6 to 8']);
    assert.deepEqual(reportFailures(other, report, 24), [
      'shells: 2, expected 3',
      'ipcUp: 5, expected 6 to 8',
    ]);
  });

  it('takes a count that nobody expects for a failure', () => {
    const { portPosts: _, ...expect } = program.expect;
    assert.deepEqual(reportFailures({ ...program, expect }, report, 20), ['portPosts: 2, expected 0']);
  });

  it('finds messages that did not arrive between two that live', () => {
    assert.deepEqual(unpairedChannels(report), ['ipc channel "child → root": 5 sent, 4 received']);
  });

  it('takes losses for failures, but for the last moment of what was killed', () => {
    const problems = [{ process: null, code: 'trace-unended', message: '7-abc.0: its writer was killed' }];
    const lossy = { ...report, exact: false, problems };
    assert.equal(reportFailures(program, lossy, 20).length, 2);
    assert.deepEqual(reportFailures({ ...program, kills: 'on purpose' }, lossy, 20), []);
    const killed = { ...program, kills: 'on purpose' };
    assert.equal(reportFailures(killed, { ...lossy, dropped: 1 }, 20).length, 1);
    const thread = [{ process: null, code: 'trace-unended', message: '7-abc.2: its writer was killed' }];
    assert.equal(reportFailures(killed, { ...lossy, problems: thread }, 20).length, 1);
  });

  it('compares outputs without pids and durations, and nothing else', () => {
    const run = (stdout: string, exitCode = 0): RunResult => ({
      stdout,
      stderr: '',
      exitCode,
      signal: null,
      seconds: 1,
    });
    assert.deepEqual(differences(program, run('(node:1) ran 2.5 ms\n'), run('(node:22) ran 31 ms\n')), []);
    assert.equal(differences(program, run('one\n'), run('one\ntwo\n')).length, 1);
    assert.equal(differences(program, run('a\nb\n'), run('b\na\n')).length, 1);
    assert.deepEqual(differences({ ...program, unordered: true }, run('a\nb\n'), run('b\na\n')), []);
    assert.equal(differences(program, run('', 0), run('', 1)).length, 1);
  });
});
