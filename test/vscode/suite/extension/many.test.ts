import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import { SessionFile } from '../../../extension/write-trace.ts';
import { inPage, itOnPage } from '../../harness/suite.ts';
import { cleanUp, forkscope, isAlive, nodes, pidOf, processNode, until } from './support.ts';

/** Pids above what Linux gives: nobody can be hit by a signal to them. */
const FICTION = 5_000_000;
const SIBLINGS = 1_000;
const VICTIMS = ['victim-1', 'victim-2', 'victim-3'];

describe('a tree of 1,000 live processes that changes all the time', () => {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-many-'));
  const dir = path.join(scratch, 'many.ts');
  const victims: ChildProcess[] = [];
  let api: ForkscopeApi;
  let session: SessionFile;
  let ticker: NodeJS.Timeout;
  let born = 0;

  const start = (pid: number, name: string) =>
    session.write({ type: 'osProcess', time: session.now(), pid, ppid: FICTION, name, command: name });

  before(async () => {
    api = await forkscope();
    await cleanUp(api);
    // Their siblings are equal by name: this is about groups by state.
    api.arranging.change({ group: false });
    session = new SessionFile(dir, { launcherPid: process.pid });
    session.write({
      type: 'rootStart',
      time: session.now(),
      pid: FICTION,
      spawnKey: 'k',
      argv: ['node', 'many.ts'],
    });
    for (const name of VICTIMS) {
      // As the launcher of the session marks its program: nobody else can be stopped.
      const env = { ...process.env, FORKSCOPE_SESSION: JSON.stringify({ dir, session: 'test' }) };
      const victim = spawn('node', ['-e', 'setInterval(() => {}, 1e9)'], { stdio: 'ignore', env });
      await new Promise((resolve) => victim.once('spawn', resolve));
      victims.push(victim);
      start(victim.pid!, name);
    }
    while (born < SIBLINGS) start(FICTION + ++born, `sibling-${born}`);
    ticker = setInterval(churn, 100);
  });

  /** Some figures change, one process ends and one is born: structure and looks change at every refresh. */
  function churn(): void {
    const time = session.now();
    for (let i = 0; i < 50; i++) {
      const pid = FICTION + born - Math.floor(Math.random() * 500);
      session.write({
        type: 'sample',
        time,
        pid,
        cpu: Math.random() * 100,
        memory: 1e6 * (1 + Math.random() * 50),
      });
    }
    session.write({ type: 'osGone', time, pid: FICTION + born - SIBLINGS + 1 });
    start(FICTION + ++born, `sibling-${born}`);
  }

  after(async () => {
    clearInterval(ticker);
    api.arranging.change({ group: true });
    session.close();
    for (const victim of victims) victim.kill('SIGKILL');
    await cleanUp(api);
    rmSync(scratch, { recursive: true, force: true });
  });

  it('shows them, grouped by state, with stable objects', async () => {
    await vscode.commands.executeCommand('forkscope.openTrace', dir);
    await until(
      '1,000 nodes',
      () => nodes(api, dir).filter((n) => n.style.context.startsWith('process.live')).length > SIBLINGS,
    );
    const node = processNode(api, dir, 'victim-1')!;
    assert.equal(node.parent?.target.kind, 'group');
    const before = api.view.refreshCount;
    await until('more refreshes', () => api.view.refreshCount >= before + 4);
    assert.equal(processNode(api, dir, 'victim-1'), node);
    assert.equal(pidOf(node), victims[0]!.pid);
  });

  it('refreshes at most twice a second, and not at all while it is hidden', async () => {
    const begin = performance.now();
    const before = api.view.refreshCount;
    await until('some refreshes', () => api.view.refreshCount >= before + 4);
    const elapsed = performance.now() - begin;
    assert.ok(elapsed >= 3 * 490, `4 refreshes took ${elapsed} ms`);
    await vscode.commands.executeCommand('workbench.view.explorer');
    await until('the tree to be hidden', async () => {
      const now = api.view.refreshCount;
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      return api.view.refreshCount === now;
    });
    const hidden = api.view.refreshCount;
    const { revision = 0 } = api.sessions.get(dir)?.lastUpdate ?? {};
    await until(
      'news of the session',
      () => (api.sessions.get(dir)?.lastUpdate?.revision ?? 0) > revision + 100,
    );
    assert.equal(api.view.refreshCount, hidden);
    await vscode.commands.executeCommand('forkscope.processes.focus');
    await until('a refresh when it is shown again', () => api.view.refreshCount > hidden);
  });

  itOnPage(
    'stops the process whose button is pressed, and no other, in the middle of refreshes',
    async () => {
      await inPage(async (workbench) => {
        await workbench.openActivity('Forkscope');
        const group = workbench.rows(/^Not traced/).first();
        await group.waitFor();
        await group.click();
      });
      const ended = new Promise((resolve) => victims[1]!.once('exit', () => resolve(true)));
      // VS Code draws the rows anew at a refresh: a press that falls into that is lost, as with any tree. Never may it
      // reach another process.
      let isOver: unknown = false;
      for (let press = 0; press < 10 && !isOver; press++) {
        const before = api.view.refreshCount;
        // The pointer comes and goes for some refreshes (where it rests, a tooltip holds them up), then presses.
        await until('refreshes', async () => {
          await inPage(async ({ page }, label) => {
            await page.locator('.sidebar .monaco-list-row', { hasText: label }).first().hover();
            await page.waitForTimeout(100);
            await page.locator('.statusbar').hover();
          }, VICTIMS[1]!);
          return api.view.refreshCount >= before + 2;
        });
        await inPage(async ({ page }, label) => {
          const row = page.locator('.sidebar .monaco-list-row', { hasText: label }).first();
          await row.hover();
          await row.locator('.actions a.codicon-debug-stop').click();
        }, VICTIMS[1]!);
        isOver = await Promise.race([ended, sleep(5_000, false)]);
        assert.ok(isAlive(victims[0]!.pid!) && isAlive(victims[2]!.pid!));
      }
      assert.ok(isOver, 'the victim has ended');
      assert.equal(victims[1]!.signalCode, 'SIGINT');
      assert.ok(isAlive(victims[0]!.pid!) && isAlive(victims[2]!.pid!));
    },
  );

  itOnPage('lets a tooltip be read', async () => {
    const text = await inPage(async ({ page }, label) => {
      const row = page.locator('.sidebar .monaco-list-row', { hasText: label }).first();
      const tooltip = page.locator('.monaco-hover:visible', { hasText: 'Process id' }).first();
      // A refresh that comes before the tooltip can take the row from under the pointer once.
      for (let i = 0; i < 20 && !(await tooltip.isVisible()); i++) {
        await page.locator('.statusbar').hover();
        await row.locator('.label-name').first().hover();
        await tooltip.waitFor({ timeout: 3_000 }).catch(() => undefined);
      }
      await page.waitForTimeout(1_500);
      return tooltip.textContent();
    }, VICTIMS[0]!);
    assert.match(text ?? '', new RegExp(`Process id\\s*${victims[0]!.pid}`));
  });

  it('stops by the command with the tree item, and says so when the process is gone', async () => {
    const node = processNode(api, dir, 'victim-3')!;
    await vscode.commands.executeCommand('forkscope.killProcess', node);
    await until('the victim to be killed', () => victims[2]!.signalCode === 'SIGKILL');
    assert.ok(isAlive(victims[0]!.pid!));
    // The same row again: its pid may belong to somebody else by now, so nothing may be sent.
    await vscode.commands.executeCommand('forkscope.killProcess', node);
    await vscode.commands.executeCommand('forkscope.stopProcess', undefined);
    assert.ok(isAlive(victims[0]!.pid!));
  });
});
