import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { run } from '../../../../scripts/lib/exec.mjs';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import { RULES } from '../../../../src/model/findings/rules/index.ts';
import {
  aroundDebugging,
  breakAt,
  type DebuggerWatch,
  evaluate,
  goOn,
  placeOf,
  type Stop,
} from './debugger.ts';
import { folder, nodes, until } from './support.ts';

/** Milliseconds: of all that a rule waits for before it suspects something. */
const LONGEST = Math.max(
  ...RULES.flatMap(({ thresholds }) =>
    Object.values(thresholds).map(({ value, unit }) => (unit === 'ms' ? value : 0)),
  ),
);
/** Milliseconds. `FORKSCOPE_TEST_PAUSE` is longer, in the long tests. */
const PAUSE = Number(process.env.FORKSCOPE_TEST_PAUSE) || LONGEST + 2_000;

/**
 * Two workers that take the same lock, answer through a queue, and a parent that waits for their answers and their ends: whoever
 * is paused keeps all others waiting.
 */
const BANK = `import { isMain, Lock, Process, Queue } from 'forkscope';

enum Step { before, inside }

async function booked(name: string, lock: Lock, queue: Queue<string>): Promise<void> {
  let step: Step = Step.before; // before
  await using _held = await lock.acquire();
  step = Step.inside; // inside
  await queue.put(\`\${name} \${Step[step]}\`);
}

export async function teller(name: string, lock: Lock, queue: Queue<string>): Promise<void> {
  await booked(name, lock, queue);
}

async function main(): Promise<void> {
  const lock = new Lock({ name: 'the vault' });
  const queue = new Queue<string>();
  const tellers = ['ann', 'bob'].map((name) => new Process({ target: teller, args: [name, lock, queue], name }));
  for (const one of tellers) await one.start();
  let answers = 0; // parent
  for (const _ of tellers) if ((await queue.get()) !== '') answers++;
  for (const one of tellers) await one.join();
  process.exitCode = 40 + answers;
}

if (isMain(import.meta)) void main();
`;

/** A Node of one major version. */
async function provideNode(major: number): Promise<string> {
  const { extensionPath } = vscode.extensions.getExtension('forkscope.forkscope') ?? assert.fail();
  const script = path.join(extensionPath, 'scripts/nodes.mjs');
  return (await run('node', [script, String(major)])).trim().split(' ').slice(1).join(' ');
}

describe('three TypeScript processes that are paused for longer than any rule waits', () => {
  let api: ForkscopeApi;
  let watch: DebuggerWatch;
  const script = () => vscode.Uri.joinPath(folder('app'), 'bank.mts');

  aroundDebugging(script, BANK, (...begun) => {
    [api, watch] = begun;
  });

  /** Nothing must be found, now and while the time passes. */
  const nothingFound = async (dirs: readonly string[], ms: number) => {
    for (const end = performance.now() + ms; performance.now() < end; await sleep(500))
      for (const dir of dirs) assert.deepEqual(api.sessions.get(dir)?.lastUpdate?.findings, []);
  };
  const rows = (dir: string) => nodes(api, dir).filter(({ target }) => target.kind === 'process');
  const line = (text: string) => `bank.mts:${BANK.slice(0, BANK.indexOf(text)).split('\n').length}`;
  const nameOf = (stop: Stop) => evaluate(stop, 'typeof name === "string" ? name : "parent"');

  for (const major of [20, 24])
    it(`has no findings, and goes on to its right end (Node ${major})`, async function () {
      this.timeout(2 * PAUSE + 240_000);
      const runtimeExecutable = await provideNode(major);
      for (const text of ['// parent', '// before', '// inside']) breakAt(script(), BANK, text);
      const config = {
        type: 'forkscope',
        request: 'launch',
        name: `bank on ${major}`,
        program: script().fsPath,
      };
      await vscode.debug.startDebugging(undefined, { ...config, runtimeExecutable });
      const stops = await watch.stopped(3);
      assert.deepEqual(
        (await Promise.all(stops.map(placeOf))).sort(),
        [line('// parent'), line('// before'), line('// before')].sort(),
      );
      const { dir } = api.sessions.list()[0] ?? assert.fail();
      await until('three paused rows', () => {
        const all = rows(dir);
        return (
          all.length === 3 && all.every(({ style }) => style.description.startsWith('paused in the debugger'))
        );
      });
      assert.equal(await evaluate(stops[0]!, 'process.versions.node.split(".")[0]'), `'${major}'`);
      await nothingFound([dir], PAUSE);
      // Now one of them alone is paused, and has the lock; the parent and the other one wait for it.
      const named = await Promise.all(stops.map(async (stop) => ({ stop, name: await nameOf(stop) })));
      const ann = named.find(({ name }) => name === "'ann'")?.stop ?? assert.fail();
      await goOn(ann);
      const held = await until('the lock to be taken', async () => {
        const stop = watch.stops.get(ann.session.id);
        return stop && (await placeOf(stop)) === line('// inside') && stop;
      });
      for (const { stop } of named) if (stop !== ann) await goOn(stop);
      await until('two to wait for the third', () => {
        const texts = rows(dir).map(({ style }) => style.description);
        const paused = texts.filter((text) => text.startsWith('paused in the debugger'));
        return paused.length === 1 && texts.some((text) => text.includes('the vault'));
      });
      await nothingFound([dir], PAUSE);
      await goOn(held);
      // The second one stops inside too.
      const [last] = await watch.stopped(1);
      await goOn(last ?? assert.fail());
      await until('the session to end', () => api.sessions.known(dir)?.live === false);
      await until('the ends', () =>
        rows(dir).every(({ style }) => style.description.startsWith('exit code')),
      );
      assert.deepEqual(
        rows(dir).map(({ style }) => [style.label, style.description.split(' · ')[0]]),
        [
          ['bank.mts', 'exit code 42'],
          ['ann', 'exit code 0'],
          ['bob', 'exit code 0'],
        ],
      );
      assert.deepEqual(api.sessions.get(dir)?.lastUpdate?.findings, []);
    });
});
