import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Report } from '../../src/model/types/index.ts';
import { scratch, until } from '../session/support.ts';
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
  assert.match(wrong.err(), /certain, suspected, hazard, open-handles/);
});

/** Has nothing left to do, and does not end; with an argument it ends well when it is asked to. */
const OPEN = `
if (process.argv[2]) process.on('SIGTERM', () => process.exit(0));
setInterval(() => {}, 10_000);
const server = require('node:net').createServer();
server.listen(0, '127.0.0.1');
`;

/** Stopped when it has rested: with which code it ends, and what is said. */
async function stopped(t: TestContext, source: string, failOn: string, ...args: string[]) {
  const dir = scratch(t);
  const [file, json] = [path.join(dir, 'open.cjs'), path.join(dir, 'report.json')];
  writeFileSync(file, source);
  const trace = path.join(dir, 'trace');
  const ran = run(t, ['--trace', trace, '--json', json, '--fail-on', failOn, file, ...args]);
  const rests = () =>
    readdirSync(trace).some((name) => {
      const text = name.endsWith('.def') ? readFileSync(path.join(trace, name), 'utf8') : '';
      // A first look may leave open what else there is.
      return /"sources".*"complete":true/.test(text);
    });
  await until('it rests', () => existsSync(trace) && (rests() || ran.out().includes('busy')));
  ran.child.kill('SIGTERM');
  const { code } = await ran.ended;
  const [process_] = (JSON.parse(readFileSync(json, 'utf8')) as Report).processes;
  return { code, err: ran.err(), keptAlive: process_?.keptAlive ?? '' };
}

test('--fail-on open-handles: a program that had nothing left to do and had to be stopped', async (t) => {
  const lines = /server \(127\.0\.0\.1:\d+\) \[open\.cjs:5\], timer \[open\.cjs:3\]/;
  for (const args of [[], ['ends well']]) {
    const { code, err, keptAlive } = await stopped(t, OPEN, 'open-handles', ...args);
    assert.equal(code, 4, err);
    assert.match(keptAlive, lines);
    assert.match(err, /had to be stopped: it was kept alive by/);
    assert.match(err, /Kept alive\n\s+open\.cjs.*: /);
    assert.match(err.replaceAll(/\n\s+/g, ' '), lines);
  }
  assert.equal((await stopped(t, OPEN, 'hazard')).code, 143);
  assert.equal((await stopped(t, OPEN, 'hazard', 'ends well')).code, 0);
});

test('--fail-on open-handles: not one that ends by itself, nor one that was at work', async (t) => {
  const dir = scratch(t);
  const file = path.join(dir, 'ends.cjs');
  writeFileSync(file, 'setTimeout(() => {}, 500);');
  assert.equal((await run(t, ['--fail-on', 'open-handles', file]).ended).code, 0);
  const busy = "console.log('busy'); for (const end = Date.now() + 60_000; Date.now() < end; );";
  const { code, keptAlive } = await stopped(t, busy, 'open-handles');
  assert.equal(code, 143);
  assert.equal(keptAlive, '');
});
