import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

const root = path.resolve(__dirname, '../..');
const PROGRAM = `
  await using guard = await lock.acquire();
  await q.put({ pid: process.pid });
}
`;
const MAIN = `async function main() {
  const q = new Queue<{ pid: number }>();
  const child = new Process({ target: work, args: [q, new Lock({ name: 'L' })] });
  await child.start();
  const { pid } = await q.get();
  await child.join();
  console.log(pid === child.pid, child.exitCode);
}`;
const ESM = `import { isMain, Lock, Process, Queue } from 'forkscope';
export async function work(q: Queue<{ pid: number }>, lock: Lock): Promise<void> {${PROGRAM}${MAIN}
if (isMain(import.meta)) void main();
// @ts-expect-error: a target's arguments are checked
export const wrong = () => new Process({ target: work, args: [1] });
export function keyed(a: number, options?: { b?: string }): void {}
export const right = () => new Process({ target: keyed, args: [1], kwargs: { b: 'x' } });
// @ts-expect-error: and so are its kwargs
export const unknown = () => new Process({ target: keyed, args: [1], kwargs: { c: 5 } });
`;

/** As it comes from npm: packed, unpacked, and beside it only what it depends on. */
describe('the npm package', () => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'forkscope-npm-'));
  const installed = path.join(dir, 'node_modules/forkscope');
  const run = (command: string, args: readonly string[], cwd = dir): string => {
    const env = { ...process.env, NODE_OPTIONS: '', NODE_TEST_CONTEXT: undefined };
    const shell = process.platform === 'win32' && command === 'npm';
    return execFileSync(command, args, {
      cwd,
      env,
      shell,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  };

  before(() => {
    run('npm', ['pack', '--ignore-scripts', '--pack-destination', dir], root);
    mkdirSync(installed, { recursive: true });
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    run('tar', ['-xzf', `forkscope-${version}.tgz`, '-C', installed, '--strip-components=1']);
    for (const name of ['koffi', '@koromix', '@types', 'undici-types'])
      symlinkSync(path.join(root, 'node_modules', name), path.join(dir, 'node_modules', name), 'junction');
    writeFileSync(path.join(dir, 'package.json'), '{"type":"module"}');
    writeFileSync(path.join(dir, 'main.ts'), ESM);
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  it('has types that a strict program compiles against, libraries checked', () => {
    const compilerOptions = {
      strict: true,
      target: 'es2022',
      lib: ['es2022', 'esnext.disposable'],
      module: 'nodenext',
      types: ['node'],
      outDir: 'out',
    };
    writeFileSync(path.join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }));
    try {
      run(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', dir]);
    } catch (error) {
      assert.fail(String((error as { stdout?: string }).stdout));
    }
  });

  it('runs from an ES module and from CommonJS', () => {
    assert.equal(run(process.execPath, ['out/main.js']), 'true 0\n');
    const plain = (text: string) => text.replace(/<\{[^>]*\}>/g, '');
    const commonjs = `const { isMain, Lock, Process, Queue } = require('forkscope');
      exports.work = work;
      async function work(q, lock) {${PROGRAM.replace('await using guard =', '')}${plain(MAIN)}
      if (isMain(module)) void main();`;
    writeFileSync(path.join(dir, 'main.cjs'), commonjs);
    assert.equal(run(process.execPath, ['main.cjs']), 'true 0\n');
  });

  it('has the command line tool', () => {
    const cli = path.join(installed, 'dist/cli.js');
    const args = ['run', '--no-report', '--json', 'out.json', '--node', process.execPath, 'out/main.js'];
    assert.equal(run(process.execPath, [cli, ...args]), 'true 0\n');
    const report = JSON.parse(readFileSync(path.join(dir, 'out.json'), 'utf8'));
    assert.equal(report.processes.length, 2);
    assert.equal(report.channels.find(({ kind }: { kind: string }) => kind === 'queue')?.received, 1);
  });
});
