import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { provide } from '../../scripts/lib/cache.mjs';
import { npm, which } from '../../scripts/lib/exec.mjs';
import { discard } from '../discard.ts';
import type { Need, Situation } from './list.ts';

const ROOT = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const CLI = path.join(ROOT, 'dist/cli.js');
const PROGRAMS = path.join(ROOT, 'test/fixtures/situations');
const LIMIT_MS = 300_000;

/** What was used when the expectations were made; the newest versions that still run on every supported Node. */
const PACKAGES = [
  'ses@1',
  'graceful-fs@4',
  'cls-hooked@4',
  '@opentelemetry/api@1',
  '@opentelemetry/sdk-trace-node@2',
  '@opentelemetry/instrumentation@0.205',
  '@opentelemetry/instrumentation-http@0.205',
  'import-in-the-middle@1',
  'require-in-the-middle@7',
  'why-is-node-running@3',
  'source-map-support@0.5',
  'longjohn@0.2',
  'proxyquire@2',
  'mock-fs@5',
  'sinon@20',
  'jsdom@24',
];

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Compared {
  readonly plain: Ended;
  readonly traced: Ended;
  /** The report of the traced run. */
  readonly report: Report;
}

export interface Report {
  readonly exact: boolean;
  readonly processes: readonly { readonly instrumented: boolean; readonly name: string }[];
  readonly problems: readonly { readonly code: string; readonly message: string }[];
}

/** Why the machine does not allow a situation; undefined: it does. */
export function missing(needs: readonly Need[] = []): string | undefined {
  return needs.map((need) => CHECKS[need]?.()).find((reason) => reason !== undefined);
}

const CHECKS: Partial<Record<Need, () => string | undefined>> = {
  root: () => (process.getuid?.() === 0 && which('setpriv') ? undefined : 'needs root'),
  mounts: () =>
    process.getuid?.() === 0 &&
    spawnSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs none /mnt']).status === 0
      ? undefined
      : 'needs root and namespaces',
  choom: () => (which('choom') ? undefined : 'needs choom'),
};

/** The programs, in a folder of their own that everybody can read, with the packages that some need. */
export async function programs(withPackages: boolean): Promise<{ folder: string; remove(): void }> {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'forkscope-programs-')));
  cpSync(PROGRAMS, folder, { recursive: true });
  if (withPackages) {
    const into = await provide('situations', JSON.stringify(PACKAGES), async (at) => {
      writeFileSync(path.join(at, 'package.json'), '{"private":true}\n');
      await npm(['install', '--no-save', '--no-package-lock', '--ignore-scripts', ...PACKAGES], { cwd: at });
    });
    symlinkSync(path.join(into, 'node_modules'), path.join(folder, 'node_modules'), 'dir');
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The Node that runs this, at a place where every user can run it. */
export function publicNode(): { node: string; remove(): void } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'forkscope-node-'));
  spawnSync('chmod', ['755', folder]);
  const node = path.join(folder, 'node');
  copyFileSync(process.execPath, node);
  return { node, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Runs a situation without and with trace. */
export async function compare(situation: Situation, node: string, folder: string): Promise<Compared> {
  const trace = mkdtempSync(path.join(os.tmpdir(), 'forkscope-situation-'));
  try {
    const plain = await inFolder(node, folder, (env, cwd) => run('bash', ['-c', situation.shell], env, cwd));
    const cli = [
      CLI,
      'run',
      '--no-report',
      '--trace',
      trace,
      '--node',
      node,
      '--',
      'bash',
      '-c',
      situation.shell,
    ];
    const traced = await inFolder(node, folder, (env, cwd) => run(process.execPath, cli, env, cwd));
    const told = spawnSync(process.execPath, [CLI, 'report', trace, '--json'], {
      encoding: 'utf8',
      maxBuffer: 1e9,
    });
    if (told.status !== 0) throw new Error(`no report: ${told.stderr}`);
    return { plain, traced, report: JSON.parse(told.stdout) as Report };
  } finally {
    discard(trace);
  }
}

async function inFolder(
  node: string,
  programFolder: string,
  work: (env: NodeJS.ProcessEnv, cwd: string) => Promise<Ended>,
): Promise<Ended> {
  const cwd = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'forkscope-work-')));
  const env = {
    PATH: `${path.dirname(node)}:${process.env.PATH}`,
    HOME: process.env.HOME,
    NODE: node,
    P: programFolder,
    W: cwd,
    MAJOR: process.versions.node.split('.')[0],
  };
  try {
    const ended = await work(env, cwd);
    return { ...ended, stdout: normal(ended.stdout, cwd), stderr: normal(ended.stderr, cwd) };
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** Lines of a stack that are compared. */
const STACK = 5;

/** Without what differs from run to run, the folder and numbers of processes; and without frames of the tracer in stacks. */
function normal(text: string, folder: string): string {
  let frames = 0;
  return (
    text
      .replaceAll(folder, '$W')
      .replace(/\b\d{3,7}\b/g, 'N')
      // The shell aligns the numbers of processes that it tells the end of.
      .replace(/(: line \d+:) +/g, '$1 ')
      .replace(/\r/g, '')
      .split('\n')
      .filter((line) => {
        if (!/^\s+at /.test(line)) frames = 0;
        else if (line.includes('/core-shim.cjs') || ++frames > STACK) return false;
        return !line.startsWith('forkscope: ');
      })
      .join('\n')
  );
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const timer = setTimeout(() => {
      stderr += '\nDID NOT END\n';
      endGroup(child);
    }, LIMIT_MS);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      endGroup(child);
      resolve({ code, signal, stdout, stderr });
    });
  });
}

function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nobody of it is left.
  }
}

export const isBuilt = (): boolean => existsSync(CLI);
