import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Finding, Model } from '../../src/model/index.ts';
import { openTrace } from '../../src/trace/reader/open.ts';
import { program, run, runTraced, Trace, temporaryDirectory, tracedEnv } from './helpers.ts';
import { type Context, PRELUDE, TestModel } from './stdio-helpers.ts';

/** Looks at a program that hangs, `afterNs` later than what it has recorded, until it has the finding; then ends it. */
async function hang(t: Context, source: string, afterNs: number): Promise<{ found: Finding; model: Model }> {
  const dir = temporaryDirectory(t);
  const file = program(temporaryDirectory(t), 'main.cjs', PRELUDE + source);
  let seen: { found: Finding; model: Model } | undefined;
  const look = async (stop: () => void): Promise<void> => {
    while (!fs.readdirSync(dir).some((name) => name.endsWith('.def'))) await delay(20);
    const model = new TestModel();
    const reader = openTrace(dir);
    for (let found: Finding | undefined; found === undefined; await delay(20)) {
      reader.poll(model);
      found = model.findings(model.lastTime + afterNs).find((f) => f.kind === 'stdout-not-drained');
      if (found) seen = { found, model };
    }
    reader.close();
    stop();
  };
  const { signal } = await run(process.execPath, [file], {
    env: tracedEnv(dir),
    onStart: (child) => void look(() => child.kill('SIGKILL')),
  });
  assert.equal(signal, 'SIGKILL');
  // Whoever outlives the program for a moment finds its pipes broken.
  const problems = Trace.read(dir).problems.filter((p) => p.code !== 'uncaughtException');
  assert.deepEqual(problems, []);
  assert.ok(seen);
  return seen;
}

test('stdio: a child that nobody reads is certainly stuck', { timeout: 240_000 }, async (t) => {
  const source = `
if (role) {
  process.stdout.write(Buffer.alloc(1e6)); // writes
} else {
  const c = node('child', { stdio: ['ignore', 'pipe', 'pipe'] }); // starts
  c.stderr.on('data', () => {});
  c.on('close', () => console.log('never'));
}`;
  const { found, model } = await hang(t, source, 0);
  assert.equal(found.certainty, 'certain');
  assert.equal(found.blocking, true);
  const lines = (PRELUDE + source).split('\n');
  const at = (text: string): number => lines.findIndex((l) => l.includes(text)) + 1;
  const places = found.sites.map((s) => `${s.role} ${path.basename(s.file)}:${s.line}`);
  assert.ok(places.includes(`waits main.cjs:${at('// writes')}`), places.join());
  // The helper \`node\` in the prelude is what calls spawn.
  assert.ok(places.includes(`started main.cjs:${at('const node =')}`), places.join());
  assert.equal(new Set(found.processes).size, 2);
  const out = model.channels().find((c) => c.kind === 'stdio' && /\bstdout\b/.test(c.name));
  assert.ok(out, JSON.stringify(model.channels()));
  assert.deepEqual([out.sent, out.received, out.depth], [1_000_000, 65_536, 934_464]);
});

/** What may end the hang, and what the parent says then. */
const RESCUES: Readonly<Record<string, readonly [source: string, said: string]>> = {
  'a worker thread could make the parent read': [
    `const { Worker } = require('node:worker_threads'); start().on('close', (code) => console.log(code));
  new Worker('setTimeout(() => {}, 1200)', { eval: true }).on('exit', () => c.stdout.resume());`,
    '0',
  ],
  "a timer that is not ref'd may fire": [
    `setTimeout(() => c.kill(), 1200).unref(); start().on('close', (code, signal) => console.log(signal));`,
    'SIGTERM',
  ],
  'an abort signal may fire': [
    `start({ signal: AbortSignal.timeout(1200) }).on('error', (e) => console.log(e.name));`,
    'AbortError',
  ],
};
for (const [name, [source, said]] of Object.entries(RESCUES)) {
  test(`stdio: nothing is certain while ${name}`, async (t) => {
    const file = program(
      temporaryDirectory(t),
      'main.cjs',
      `${PRELUDE}
if (role) process.stdout.write(Buffer.alloc(1e6));
else { let c; const start = (options) => { c = node('child', { stdio: ['ignore', 'pipe', 'inherit'], ...options }); return c; };
  ${source} }`,
    );
    const { stdout, dir } = await runTraced(t, process.execPath, [file]);
    assert.equal(stdout.trim(), said);
    assert.deepEqual(everCertain(dir), []);
  });
}

/** Whatever was certain at any moment of a trace. */
function everCertain(dir: string): string[] {
  const model = new TestModel();
  const reader = openTrace(dir);
  const certain: string[] = [];
  reader.drain({
    definition: (stream, definition) => model.definition(stream, definition),
    observation: (seen) => model.observation(seen),
    damage: (damage) => model.damage(damage),
    record(stream, record) {
      model.record(stream, record);
      const found = model.findings(model.lastTime);
      certain.push(...found.filter((f) => f.certainty === 'certain').map((f) => f.title));
    },
  });
  reader.close();
  return certain;
}

test('stdio: of a child that is not Node it is suspected', { timeout: 240_000 }, async (t) => {
  const source = `const c = cp.spawn('cat'); c.stdin.end(Buffer.alloc(5e6)); c.on('exit', () => console.log('never'));`;
  const { found, model } = await hang(t, source, 6e9);
  assert.equal(found.certainty, 'suspected');
  assert.match(found.title, /main\.cjs does not read stdout of cat/);
  assert.equal(model.findings(model.lastTime).length, 0, 'not before it has lasted');
});
