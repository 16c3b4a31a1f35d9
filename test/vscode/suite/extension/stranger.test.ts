import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import { SessionFile } from '../../../extension/write-trace.ts';
import { inPage, itOnPage } from '../../harness/suite.ts';
import { cleanUp, forkscope, isAlive, nodes, until } from './support.ts';

describe('a trace that was made to have a stranger killed', () => {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-stranger-'));
  const dir = path.join(scratch, 'crafted');
  let stranger: ChildProcess;
  let api: ForkscopeApi;
  let session: SessionFile;

  before(async () => {
    api = await forkscope();
    await cleanUp(api);
    stranger = spawn('node', ['-e', 'setInterval(() => {}, 1e9)'], { stdio: 'ignore' });
    await new Promise((resolve) => stranger.once('spawn', resolve));
    session = new SessionFile(dir, { launcherPid: stranger.pid! });
    const time = session.now();
    session.write({ type: 'rootStart', time, pid: stranger.pid!, spawnKey: 'k', argv: ['node', 'x.js'] });
    session.write({ type: 'osProcess', time, pid: stranger.pid!, ppid: 1, name: 'x', command: 'x' });
    await vscode.commands.executeCommand('forkscope.openTrace', dir);
  });

  after(async () => {
    session.close();
    stranger.kill('SIGKILL');
    await cleanUp(api);
    rmSync(scratch, { recursive: true, force: true });
  });

  const row = () =>
    until('its row', () =>
      nodes(api, dir).find((node) => node.target.kind === 'process' && node.target.pid === stranger.pid),
    );

  it('is shown as live', async () => {
    assert.match((await row()).style.context, /^process\.live/);
  });

  it('forkscope.stopProcess does not end it', async () => {
    await vscode.commands.executeCommand('forkscope.stopProcess', await row());
    assert.ok(isAlive(stranger.pid!));
  });

  for (const [command, name] of [
    ['forkscope.stop', () => 'started for crafted'],
    ['forkscope.killProcess', () => `(${stranger.pid})`],
  ] as const)
    itOnPage(`${command} ends nobody, and says why`, async () => {
      const meant = await row();
      // The notification goes by itself: it is looked for before it comes.
      const [text] = await Promise.all([
        inPage((workbench, named) => workbench.notification(named).first().textContent(), name()),
        vscode.commands.executeCommand(command, meant),
      ]);
      assert.match(text ?? '', /Nothing was stopped: no running process shows that it was started for/);
      assert.ok(isAlive(stranger.pid!));
      assert.equal(stranger.signalCode, null);
    });
});
