import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { tryRun } from '../../../scripts/lib/exec.mjs';
import { discard } from '../../discard.ts';
import type { OfflineVsCode } from './install.ts';
import { testSettings } from './settings.ts';

export interface ServerOptions {
  /** Profile folder; a temporary one by default. Its settings file is written when it has none. */
  readonly userDataDir?: string;
  /** Where extensions are installed; an empty temporary folder by default. */
  readonly extensionsDir?: string;
  /** User settings on top of the ones for tests. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Added to the environment of the server and of its extension host. Names with `VSCODE_` do not arrive. */
  readonly env?: Readonly<Record<string, string>>;
  /** Extensions to install before the start. */
  readonly vsix?: readonly string[];
  /** Ask whether the folder is trusted, as a user's VS Code does. */
  readonly workspaceTrust?: boolean;
}

/** A running VS Code server; `stop` ends it with everything it started and removes its temporary files. */
export interface Server {
  readonly port: number;
  stop(): Promise<void>;
}

/** Installs one extension file into the folders of a profile. */
export async function installVsix(
  code: OfflineVsCode,
  vsix: string,
  folders: readonly string[],
): Promise<void> {
  const args = [code.entry, ...folders, '--install-extension', path.resolve(vsix), '--force'];
  const { code: exit, output } = await tryRun(code.node, args, { env: serverEnvironment(os.tmpdir()) });
  if (exit !== 0) throw new Error(`${path.basename(vsix)} does not install:\n${output}`);
}

export async function startServer(code: OfflineVsCode, options: ServerOptions = {}): Promise<Server> {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-vscode-'));
  try {
    return await start(code, options, scratch);
  } catch (error) {
    rmSync(scratch, { recursive: true, force: true });
    throw error;
  }
}

async function start(code: OfflineVsCode, options: ServerOptions, scratch: string): Promise<Server> {
  const folders = profile(options, scratch);
  for (const vsix of options.vsix ?? []) await installVsix(code, vsix, folders);
  const port = await freePort();
  const child = spawn(
    code.node,
    [code.entry, ...folders, `--bind-addr=127.0.0.1:${port}`, ...SERVER_FLAGS, ...trustFlag(options)],
    {
      env: serverEnvironment(scratch, options.env),
      stdio: ['ignore', 'pipe', 'pipe'],
      // Its own group, so that stop() reaches the extension hosts and terminals too.
      detached: true,
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output += data;
      if (process.env.FORKSCOPE_TEST_DEBUG) process.stderr.write(data);
    });
  }
  const stop = async () => {
    await endGroup(child);
    discard(scratch);
  };
  const deadline = Date.now() + 120_000;
  while (!(await isHealthy(port))) {
    if (hasEnded(child) || Date.now() > deadline) {
      await stop();
      throw new Error(`the VS Code server did not start:\n${output}`);
    }
    await pause(100);
  }
  return { port, stop };
}

const SERVER_FLAGS = [
  '--auth=none',
  '--disable-telemetry',
  '--disable-update-check',
  '--disable-getting-started-override',
  '--disable-proxy',
  // A server whose test was killed ends by itself.
  '--idle-timeout-seconds=300',
];

const trustFlag = (options: ServerOptions) => (options.workspaceTrust ? [] : ['--disable-workspace-trust']);

/** Writes the server's configuration and the profile's settings; returns the flags that name them. */
function profile(options: ServerOptions, scratch: string): string[] {
  const userDataDir = options.userDataDir ?? path.join(scratch, 'user');
  const extensionsDir = options.extensionsDir ?? path.join(scratch, 'extensions');
  const config = path.join(scratch, 'config.yaml');
  const settings = path.join(userDataDir, 'User', 'settings.json');
  mkdirSync(path.dirname(settings), { recursive: true });
  mkdirSync(extensionsDir, { recursive: true });
  writeFileSync(config, 'auth: none\ncert: false\n');
  if (!existsSync(settings)) writeFileSync(settings, JSON.stringify(testSettings(options.settings), null, 2));
  return [`--config=${config}`, `--user-data-dir=${userDataDir}`, `--extensions-dir=${extensionsDir}`];
}

/** TMPDIR, because the server leaves its sockets there; no VSCODE_*, which would make it think it runs inside another. */
function serverEnvironment(scratch: string, extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) =>
      !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$|NODE_TEST_CONTEXT$|PORT$|PASSWORD$|CODE_SERVER)/.test(name),
  );
  return { ...Object.fromEntries(own), TMPDIR: scratch, ...extra };
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

async function endGroup(child: ChildProcess): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    try {
      process.kill(-child.pid!, signal);
    } catch {
      return;
    }
    for (let i = 0; i < 50 && groupLives(child.pid!); i++) await pause(100);
  }
}

function groupLives(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
