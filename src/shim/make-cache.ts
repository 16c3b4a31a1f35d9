/**
 * Run by the launcher, once for each Node: `node make-shim-cache.cjs FILE` lets the shim trace this very process, so that
 * V8 compiles what every process needs of it, and writes the compiled code to FILE.
 */
import { fork, spawnSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdtempSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import module from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import {
  DEFAULT_SHIM_OPTIONS,
  ENV_SESSION,
  ENV_SPAWN,
  type SessionEnvironment,
} from '../base/environment.ts';
import { loadCore } from './load-core.ts';

const ECHO = '--echo';
const reallyExit: unknown = Reflect.get(process, 'reallyExit');

function main(target: string): void {
  const dir = mkdtempSync(path.join(tmpdir(), 'forkscope-warm-up-'));
  try {
    const core = loadCore(__dirname, false);
    // The shim wraps this function, and so calls it when all is done that it does at the end of a process.
    Reflect.set(process, 'reallyExit', (code: number) => {
      store(target, core.script.createCachedData());
      rmSync(dir, { recursive: true, force: true });
      Reflect.apply(reallyExit as () => void, process, [code]);
    });
    process.env[ENV_SESSION] = JSON.stringify(session(dir));
    process.env[ENV_SPAWN] = 'warm-up';
    const { syncBuiltinESMExports } = module;
    core.start({ file: core.file, syncBuiltinESMExports });
    act();
  } catch {
    rmSync(dir, { recursive: true, force: true });
    process.exit(1);
  }
}

function session(dir: string): SessionEnvironment {
  const origin = String(process.hrtime.bigint());
  const shim = path.join(__dirname, 'shim.cjs');
  return { dir, session: 'warm-up', origin, shim, options: DEFAULT_SHIM_OPTIONS };
}

/** Does what most programs do sooner or later, so that V8 compiles what the shim needs for it. */
function act(): void {
  spawnSync(process.execPath, ['--version'], { stdio: 'ignore' });
  const { port1, port2 } = new MessageChannel();
  port2.once('message', () => port2.close());
  port1.postMessage('warm-up');
  const child = fork(__filename, [ECHO], { execArgv: [], stdio: 'ignore' });
  child.once('message', () => child.disconnect());
  child.once('exit', () => process.exit());
  child.send('warm-up');
}

/** The child with which `act` exchanges a message. */
function echo(): void {
  process.once('message', (message) => process.send?.(message));
}

/** Writes the file whole or not at all: V8 trusts what it finds. */
function store(target: string, data: Uint8Array): void {
  const half = `${target}.${process.pid}`;
  const fd = openSync(half, 'w', 0o600);
  try {
    for (let at = 0; at < data.length; ) at += writeSync(fd, data, at, data.length - at);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(half, target);
}

if (process.argv[2] === ECHO) echo();
else main(process.argv[2] ?? '');
