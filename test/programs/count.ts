import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { reset } from './install.ts';
import { runProgram } from './run.ts';
import { COUNTS, type CountName, type Counts, type Program } from './types.ts';

const PRELOAD = fileURLToPath(new URL('./independent-count.cjs', import.meta.url));
const SHELL = /^(sh|dash|bash|zsh|ash|ksh)$/;

/** What the preload writes, and what it adds to. */
const EVENTS: Readonly<Record<string, readonly CountName[]>> = {
  process: ['processes'],
  worker: ['threads'],
  ipcDown: ['ipcDown'],
  ipcUp: ['ipcUp'],
  ipcDownReceived: ['ipcDownReceived'],
  ipcUpReceived: ['ipcUpReceived'],
  portPost: ['portPosts'],
  nodePortPost: ['portPosts'],
  workerPost: ['portPosts', 'workerPosts'],
  atomicsWait: ['atomicsWaits'],
};

const zero = (): Record<CountName, number> =>
  Object.fromEntries(COUNTS.map((name) => [name, 0])) as Record<CountName, number>;

/** One run under the independent preload. `nodeExecs`, `shells` and `natives` are left 0: only strace sees them. */
export async function countByPreload(program: Program, folder: string, node: string): Promise<Counts> {
  return withTemporary(async (temporary) => {
    const file = path.join(temporary, 'events');
    reset(program, folder);
    const options = { NODE_OPTIONS: `--require ${JSON.stringify(PRELOAD)}`, FORKSCOPE_COUNT: file };
    const result = await runProgram(program, folder, node, { env: options });
    if (result.exitCode !== (program.exitCode ?? 0)) {
      throw new Error(
        `${program.id} ends with ${result.exitCode}\n${result.stderr.slice(-1500)}${result.stdout.slice(-1500)}`,
      );
    }
    const counts = zero();
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      for (const name of EVENTS[line.split(' ', 1)[0] ?? ''] ?? []) counts[name]++;
    }
    return counts;
  });
}

/** True where the kernel can be asked. */
export function hasStrace(): boolean {
  return process.platform === 'linux' && spawnSync('strace', ['-V'], { stdio: 'ignore' }).status === 0;
}

/** One run under `strace -ff`: which programs the kernel was asked to execute. */
export async function countByStrace(
  program: Program,
  folder: string,
  node: string,
): Promise<Pick<Counts, 'nodeExecs' | 'shells' | 'natives'> & { names: string }> {
  return withTemporary(async (temporary) => {
    reset(program, folder);
    const log = path.join(temporary, 'log');
    const prefix = ['strace', '-ff', '-qq', '-s', '300', '-e', 'trace=execve', '-o', log];
    await runProgram(program, folder, node, { prefix });
    const names = readdirSync(temporary).flatMap((name) =>
      executed(readFileSync(path.join(temporary, name), 'utf8')),
    );
    const of = (is: (name: string) => boolean) => names.filter(is).length;
    return {
      nodeExecs: of((name) => name === 'node'),
      shells: of((name) => SHELL.test(name)),
      natives: of((name) => name !== 'node' && !SHELL.test(name)),
      names: names.filter((name) => name !== 'node' && !SHELL.test(name)).join(','),
    };
  });
}

/**
 * Names of the programs that one process became. A script with `#!/usr/bin/env node` is an execve of the script, in
 * which the kernel runs `env`, and then one of node: what is at once replaced is not counted, unless it is a shell.
 */
function executed(log: string): string[] {
  const names = [...log.matchAll(/^(?:\d+ )?execve\("([^"]+)", .* = 0$/gm)].map(([, file = '']) =>
    path.basename(file),
  );
  return names.filter((name, i) => i === names.length - 1 || name === 'node' || SHELL.test(name));
}

async function withTemporary<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'forkscope-count-'));
  try {
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
