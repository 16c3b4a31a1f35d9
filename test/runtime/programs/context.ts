import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execPath } from 'node:process';
import {
  currentProcess,
  getLogger,
  getStartMethod,
  isMain,
  Lock,
  logToStderr,
  Process,
  Queue,
  setExecutable,
  setStartMethod,
} from 'forkscope';
import { tell } from './tell.ts';

/** At module level, so every child makes it again when it imports this. */
export const global = new Lock();

export async function report(queue: Queue<unknown>): Promise<void> {
  getLogger().info('said by the child');
  await queue.put([
    getStartMethod(),
    getLogger().getEffectiveLevel(),
    currentProcess().authkey.toString('hex'),
    process.env.FORKSCOPE_TEST_WRAPPED ?? 'plain',
  ]);
}

async function ask(queue: Queue<unknown>, authkey?: Uint8Array): Promise<unknown[]> {
  const child = new Process({ target: report, args: [queue], name: 'Reporter' });
  if (authkey !== undefined) child.authkey = authkey;
  await child.start();
  const answer = (await queue.get()) as unknown[];
  await child.join();
  return answer;
}

async function main(): Promise<void> {
  const queue = new Queue<unknown>();
  setStartMethod('spawn');
  const key = currentProcess().authkey.toString('hex');
  const silent = await ask(queue);
  tell({ 199: silent[0], silent: silent[1], inherited: silent[2] === key, length: key.length / 2 });
  tell({ own: (await ask(queue, Buffer.from('own key')))[2] });
  currentProcess().authkey = Buffer.from('changed');
  tell({ changed: (await ask(queue))[2] });
  logToStderr('INFO');
  tell({ 200: (await ask(queue))[1] });

  if (process.platform !== 'win32') {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'forkscope-executable-'));
    const wrapper = path.join(folder, 'node');
    writeFileSync(wrapper, `#!/bin/sh\nFORKSCOPE_TEST_WRAPPED=wrapped exec '${execPath}' "$@"\n`, {
      mode: 0o755,
    });
    setExecutable(wrapper);
    tell({ 39: (await ask(queue))[3] });
    rmSync(folder, { recursive: true });
  }
}

if (isMain(import.meta)) void main();
