// What the shim adds to the start of a process, and to programs that do what it looks at: both sides in the same run.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeCacheName } from '../src/base/code-cache.ts';

const dist = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), 'dist');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'forkscope-bench-'));
/** The shim as a run has it: with its compiled code beside it. */
const files = fs.mkdtempSync(path.join(os.tmpdir(), 'forkscope-bench-files-'));
for (const name of ['shim.cjs', 'core-shim.cjs', 'make-shim-cache.cjs'])
  fs.copyFileSync(path.join(dist, name), path.join(files, name));
const cache = path.join(files, codeCacheName(process.execPath, process.versions.node));
spawnSync(process.execPath, [path.join(files, 'make-shim-cache.cjs'), cache]);
const shim = path.join(files, 'shim.cjs');
const session = { dir, session: 'bench', origin: String(process.hrtime.bigint()), shim, options: {} };
const { NODE_OPTIONS: _, ...plain } = process.env;
const traced = { ...plain, NODE_OPTIONS: `--require "${shim}"`, FORKSCOPE_SESSION: JSON.stringify(session) };
/** CPU of the process at its end, in microseconds. */
const REPORT = `process.on('exit', () => { const { user, system } = process.cpuUsage(); process.stdout.write('\\n' + (user + system)); });`;

interface Sample {
  readonly wall: number;
  readonly cpu: number;
}
function once(code: string, env: NodeJS.ProcessEnv): Sample {
  const begin = process.hrtime.bigint();
  const { stdout, status, stderr } = spawnSync(process.execPath, ['-e', REPORT + code], {
    env,
    encoding: 'utf8',
  });
  const wall = Number(process.hrtime.bigint() - begin) / 1e6;
  if (status !== 0) throw new Error(stderr);
  return { wall, cpu: Number(stdout.slice(stdout.lastIndexOf('\n') + 1)) / 1000 };
}
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

function compare(name: string, code: string, rounds: number): void {
  const without: Sample[] = [];
  const withShim: Sample[] = [];
  for (let i = 0; i < rounds; i++) {
    without.push(once(code, plain));
    withShim.push(once(code, traced));
  }
  for (const what of ['wall', 'cpu'] as const) {
    const a = median(without.map((s) => s[what]));
    const b = median(withShim.map((s) => s[what]));
    const line = `${a.toFixed(1).padStart(8)} → ${b.toFixed(1).padStart(8)} ms  +${(b - a).toFixed(1)} ms  ${(b / a).toFixed(2)}×`;
    console.log(`${name.padEnd(34)} ${what.padEnd(4)} ${line}`);
  }
}

const CHANNEL = `const { channel } = require('node:diagnostics_channel'); const c = channel('forkscope:send');
const target = { key: 'q', kind: 'queue', name: 'q', capacity: 0 };
const e = { v: 1, op: 'send', target, n: 0, value: 8, task: 0, sync: false, timeoutArmed: false, outcome: 'ok', site: 0 };
for (let i = 0; i < 1e6; i++) if (c.hasSubscribers) { e.n = i; c.publish(e); }`;
try {
  compare('start of an empty program', '', 25);
  compare(
    '50 × spawnSync of true',
    `for (let i = 0; i < 50; i++) require('child_process').spawnSync('true');`,
    5,
  );
  compare('1,000,000 messages of the runtime', CHANNEL, 5);
} finally {
  for (const folder of [dir, files]) fs.rmSync(folder, { recursive: true });
}
