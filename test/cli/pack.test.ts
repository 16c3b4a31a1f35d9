// `forkscope pack`: a trace as one file says what its folder says, and a file from a stranger does no harm.
import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as tar from 'tar';
import { packedSources, readSources } from '../../src/session/directory/sources.ts';
import { ROOT, scratch } from '../session/support.ts';
import { cli, run } from './support.ts';

const TRACE = path.join(ROOT, 'test/fixtures/traces/v1-deadlock');

async function said(t: TestContext, args: readonly string[], temporary = scratch(t)) {
  const env = { TMPDIR: temporary, TEMP: temporary, TMP: temporary };
  const ran = cli(t, args, { cwd: temporary, env });
  const { code } = await ran.ended;
  return { code, out: ran.out(), err: ran.err(), left: readdirSync(temporary) };
}

/** A packed trace with more in it than belongs there. */
async function hostileFile(dir: string): Promise<string> {
  const folder = path.join(dir, 'inside');
  cpSync(TRACE, path.join(folder, 'deep'), { recursive: true });
  cpSync(TRACE, folder, { recursive: true });
  writeFileSync(path.join(folder, 'run.sh'), 'exit 1');
  writeFileSync(path.join(dir, 'above.def'), '{}');
  symlinkSync('/etc/passwd', path.join(folder, 'link.def'));
  const file = path.join(dir, 'hostile.forkscope');
  const names = [...readdirSync(folder), '../above.def', path.join(dir, 'above.def')];
  await tar.create({ file, cwd: folder, gzip: true, preservePaths: true }, names);
  return file;
}

test('a packed trace says what its folder says, by every command, and leaves nothing behind', async (t) => {
  const dir = scratch(t);
  const file = path.join(dir, 'deadlock.forkscope');
  const packed = await said(t, ['pack', TRACE, '--output', file]);
  assert.deepEqual([packed.code, packed.out, packed.err], [0, '', '']);
  for (const [command = '', ...options] of [['report', '--json'], ['view'], ['verify'], ['stacks']]) {
    const [ofFile, ofFolder] = [
      await said(t, [command, file, ...options]),
      await said(t, [command, TRACE, ...options]),
    ];
    assert.deepEqual([ofFile.code, ofFile.out], [ofFolder.code, ofFolder.out], command);
    assert.match(ofFile.out, /alice-to-bob/);
    assert.deepEqual(ofFile.left, ofFolder.left, command);
  }
});

test('without a name for the file it is called as the folder, in the working folder', async (t) => {
  const { code, left } = await said(t, ['pack', `${TRACE}${path.sep}`]);
  assert.equal(code, 0);
  assert.ok(left.includes('v1-deadlock.forkscope'));
});

test('of a file from a stranger only what belongs to a trace is taken, into the folder itself', async (t) => {
  const dir = scratch(t);
  const file = await hostileFile(dir);
  const into = path.join(dir, 'into', 'trace');
  mkdirSync(path.dirname(into));
  const { unpackTrace } = await import('../../src/session/directory/pack.ts');
  await unpackTrace(file, into);
  assert.deepEqual(readdirSync(into).sort(), readdirSync(TRACE).sort());
  assert.deepEqual(readdirSync(path.dirname(into)), ['trace']);
});

test('what is no packed trace gets a clear error, and leaves nothing behind', async (t) => {
  const dir = scratch(t);
  const whole = path.join(dir, 'whole.forkscope');
  await said(t, ['pack', TRACE, '-o', whole]);
  const good = readFileSync(whole);
  const bad: Record<string, Uint8Array> = {
    empty: Buffer.alloc(0),
    text: Buffer.from('not a trace'),
    half: good.subarray(0, good.length / 2),
    'no-tar': gzipSync(Buffer.alloc(4096, 'x')),
    'half-tar': gzipSync(gunzipSync(good).subarray(0, 700)),
    nothing: gzipSync(Buffer.alloc(1024)),
  };
  for (const [name, bytes] of Object.entries(bad)) {
    const file = path.join(dir, name);
    writeFileSync(file, bytes);
    const { code, out, err, left } = await said(t, ['report', file]);
    assert.equal(code, 2, `${name}: ${err}`);
    assert.match(err, /^forkscope: .* is no packed trace that can be read: .*; give a folder .*\n$/, name);
    assert.deepEqual([out, left.filter((entry) => entry.startsWith('forkscope-unpacked'))], ['', []], name);
  }
  const none = await said(t, ['pack', dir, '-o', path.join(dir, 'none.forkscope')]);
  assert.deepEqual([none.code, existsSync(path.join(dir, 'none.forkscope'))], [2, false]);
  assert.match(none.err, /holds no Forkscope trace/);
});

test('--sources puts in what the stacks name, and only scripts of the program as they ran', async (t) => {
  const dir = scratch(t);
  const trace = path.join(dir, 'trace');
  const program = path.join(dir, 'hangs.ts');
  cpSync(path.join(ROOT, 'examples', 'deadlock.ts'), program);
  const args = ['--no-report', '--on-deadlock', 'kill', '--trace', trace, program];
  assert.equal((await run(t, args).ended).code, 3);
  const inside = async (name: string, ...options: string[]) => {
    const [file, into] = [path.join(dir, `${name}.forkscope`), path.join(dir, name)];
    assert.equal((await said(t, ['pack', trace, '-o', file, ...options])).code, 0);
    const { unpackTrace } = await import('../../src/session/directory/pack.ts');
    await unpackTrace(file, into);
    return packedSources(into);
  };
  assert.deepEqual([...(await inside('without'))], []);
  assert.deepEqual([...(await inside('with', '--sources'))], [[program, readFileSync(program, 'utf8')]]);
  assert.ok(!existsSync(path.join(trace, 'sources.json')), 'the trace itself is as it was');
  const later = new Date(Date.now() + 60_000);
  utimesSync(program, later, later);
  assert.deepEqual([...(await inside('changed', '--sources'))], []);
});

test('of what a trace names as sources nothing else is taken', (t) => {
  const dir = scratch(t);
  const installed = path.join(dir, 'node_modules', 'x.js');
  mkdirSync(path.dirname(installed));
  const own = path.join(dir, 'own.mts');
  const secret = path.join(dir, 'id_rsa');
  const large = path.join(dir, 'large.js');
  for (const file of [installed, own, secret]) writeFileSync(file, 'text');
  writeFileSync(large, 'x'.repeat(2 ** 20 + 1));
  const link = path.join(dir, 'link.js');
  symlinkSync(secret, link);
  const named = [
    installed,
    own,
    secret,
    large,
    link,
    'own.mts',
    path.join(dir, 'missing.js'),
    'node:fs',
    dir,
  ];
  assert.deepEqual([...readSources(named, Date.now() + 1000, 0)], [[own, 'text']]);
  writeFileSync(path.join(dir, 'sources.json'), '{"__proto__": "a", "b": 1, "c": "d"}');
  assert.deepEqual(
    [...packedSources(dir)],
    [
      ['__proto__', 'a'],
      ['c', 'd'],
    ],
  );
  writeFileSync(path.join(dir, 'sources.json'), 'none');
  assert.equal(packedSources(dir).size, 0);
});
