import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LookWord } from '../../src/untraced/index.ts';
import { lineOf, startProgram } from '../untraced/support.ts';
import { cli } from './support.ts';

const LINUX = { skip: process.platform !== 'linux' };
const STANDS = `
function stand() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); // stands
}
console.log('@hang');
setTimeout(stand, 10);
`;
const words = (out: string): LookWord[] =>
  out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

test('a look waits for consent, tells its progress, and what was found', LINUX, async (t) => {
  const program = await startProgram(t, STANDS);
  const ran = cli(t, ['look', String(program.pid)], { stdin: null });
  await new Promise<void>((resolve) => ran.child.stdout?.once('data', () => resolve()));
  const [consent, ...none] = words(ran.out());
  assert.deepEqual(none, []);
  assert.ok(consent?.type === 'consent' && consent.listens === null && consent.start !== '');
  assert.equal(program.stderr(), '', 'nothing was done to it');
  ran.child.stdin?.write('go\n');
  assert.equal((await ran.ended).code, 0, ran.err());
  const [, looking, found] = words(ran.out());
  assert.deepEqual(looking, { type: 'looking', pid: program.pid, index: 0, count: 1 });
  assert.ok(found?.type === 'found');
  const [group] = found.found.groups;
  assert.equal(group?.frames.at(-1)?.line, lineOf(STANDS, '// stands'));
  assert.match(group?.here[0]?.doing ?? '', /waits here synchronously/);
  assert.match(found.found.sections.verdict.lines[0] ?? '', /waits synchronously at .*program\.cjs:\d+/);
  assert.match(program.stderr(), /Debugger listening/);
});

test('whoever does not agree, or goes away, has nothing done', LINUX, async (t) => {
  const program = await startProgram(t, STANDS);
  const ran = cli(t, ['look', String(program.pid)], { stdin: '' });
  assert.equal((await ran.ended).code, 0, ran.err());
  assert.deepEqual(
    words(ran.out()).map(({ type }) => type),
    ['consent'],
  );
  assert.equal(program.stderr(), '');
});

test(
  'a source that names SIGUSR1 is told, and who cannot be looked into, before anything is asked',
  LINUX,
  async (t) => {
    const listener = await startProgram(t, `process.on('SIGUSR1', () => {});\n${STANDS}`);
    const ran = cli(t, ['look', String(listener.pid)], { stdin: '' });
    await ran.ended;
    const [consent] = words(ran.out());
    assert.ok(consent?.type === 'consent' && consent.listens === listener.file);
    const none = cli(t, ['look', String(2 ** 22 + 1)], { stdin: '' });
    assert.equal((await none.ended).code, 0, none.err());
    assert.deepEqual(words(none.out()), [{ type: 'problem', problem: 'there is no such process' }]);
  },
);

test('without a process it lists those that run', LINUX, async (t) => {
  const ran = cli(t, ['look', '--without', '/nowhere', '--without', '/neither'], { stdin: '' });
  assert.equal((await ran.ended).code, 0, ran.err());
  const [list] = words(ran.out());
  assert.ok(list?.type === 'programs' && Array.isArray(list.programs));
});
