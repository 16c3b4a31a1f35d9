import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { scratch } from '../session/support.ts';
import { run } from './support.ts';

/** Two locks in both orders by two who live at the same time: it goes well this time, and is a hazard. */
const HAZARD = `
import { isMain, Lock, Process, Queue } from 'forkscope';
export async function take(first: Lock, second: Lock, go: Queue<string>, done: Queue<string>): Promise<void> {
  await go.get();
  await first.acquire();
  await second.acquire();
  second.release();
  first.release();
  await done.put('done');
}
async function main(): Promise<void> {
  const [a, b] = [new Lock({ name: 'a' }), new Lock({ name: 'b' })];
  const queues = Array.from({ length: 3 }, () => new Queue<string>());
  const [first, second, end] = queues as [Queue<string>, Queue<string>, Queue<string>];
  const children = [
    new Process({ target: take, args: [a, b, first, second] }),
    new Process({ target: take, args: [b, a, second, end] }),
  ];
  for (const child of children) await child.start();
  await first.put('go');
  await end.get();
  for (const child of children) await child.join();
}
if (isMain(import.meta)) void main();
`;

test('--fail-on: the exit code says that something was found, where the program says that all is well', async (t) => {
  const dir = scratch(t);
  mkdirSync(dir, { recursive: true });
  const file = path.join(dir, 'hazard.mts');
  writeFileSync(file, HAZARD);
  const codeWith = async (...options: string[]) => (await run(t, [...options, file]).ended).code;
  assert.equal(await codeWith(), 0);
  assert.equal(await codeWith('--fail-on', 'suspected'), 0);
  assert.equal(await codeWith('--fail-on', 'hazard'), 4);
  assert.equal(await codeWith('--fail-on', 'hazard', '--ignore-finding', 'lock-order-inversion'), 0);
});

test('--fail-on takes what it names, and the program keeps its own code', async (t) => {
  const dir = scratch(t);
  mkdirSync(dir, { recursive: true });
  const file = path.join(dir, 'five.cjs');
  writeFileSync(file, 'process.exitCode = 5;');
  const { code } = await run(t, ['--fail-on', 'hazard', file]).ended;
  assert.equal(code, 5);
  const wrong = run(t, ['--fail-on', 'everything', file]);
  assert.equal((await wrong.ended).code, 2);
  assert.match(wrong.err(), /certain, suspected, hazard/);
});
