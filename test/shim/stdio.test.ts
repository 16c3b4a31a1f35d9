import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ShimOptions } from '../../src/base/environment.ts';
import { type ChannelView, type Finding, Model } from '../../src/model/index.ts';
import { openTrace } from '../../src/trace/open.ts';
import type { Damage } from '../../src/trace/sink.ts';
import { program, run, runTraced, Trace, temporaryDirectory, tracedEnv } from './helpers.ts';

type Context = Parameters<typeof temporaryDirectory>[0];

const PRELUDE = `const cp = require('node:child_process'); const fs = require('node:fs'); const stream = require('node:stream');
const role = process.argv[2];
const node = (name, options) => cp.spawn(process.execPath, [__filename, name], options);
`;

/** A test has no launcher, and so no session file with an end: all else that is missing counts. */
class TestModel extends Model {
  override damage(damage: Damage): void {
    if (damage.stream !== undefined || damage.kind !== 'unended') super.damage(damage);
  }
}

function modelOf(dir: string): Model {
  const model = new TestModel();
  const reader = openTrace(dir);
  reader.drain(model);
  reader.close();
  return model;
}

/** `stdout child → main 5/5`: bytes sent and received, then those in flight (`?`: not known). */
function line(model: Model, channel: ChannelView): string {
  const names = (ids: readonly string[]): string =>
    ids
      .map((id) => model.processes().find((p) => p.id === id))
      .map((p) => (p?.instrumented ? (p.argv[2] ?? 'main') : (p?.name ?? '')))
      .join('+');
  const { name, from, to, sent, received, depth } = channel;
  return `${name} ${names(from)} → ${names(to)} ${sent}/${received} ${depth ?? '?'}`;
}

/** The channels of a program that behaves as without the shim. */
async function channelsOf(t: Context, source: string, options: Partial<ShimOptions> = {}): Promise<string[]> {
  const cwd = temporaryDirectory(t);
  const file = program(cwd, 'main.cjs', PRELUDE + source);
  const plain = await run(process.execPath, [file], { cwd });
  const { trace, dir, ...traced } = await runTraced(t, process.execPath, [file], { cwd, options });
  assert.deepEqual(traced, plain);
  assert.equal(plain.code, 0, plain.stderr);
  assert.deepEqual(trace.problems, []);
  const model = modelOf(dir);
  assert.deepEqual(
    model.findings(model.lastTime + 60e9).map((f) => f.title),
    [],
  );
  const channels = model.channels().filter((c) => c.kind === 'stdio');
  assert.deepEqual(
    channels.filter((c) => !c.exact || c.bytes !== c.sent),
    [],
  );
  return channels
    .filter((c) => c.bytes > 0)
    .map((c) => line(model, c))
    .sort();
}

const CASES: readonly (readonly [name: string, source: string, expected: readonly string[]])[] = [
  [
    'both ends of a silent fork',
    `if (role) { console.log('x'.repeat(99)); console.error('oops'); process.send(1); }
else { const c = cp.fork(__filename, ['child'], { silent: true }); let n = 0;
  c.stdout.on('data', (d) => { n += d.length; }); c.stderr.setEncoding('utf8').on('data', (d) => { n += d.length; });
  c.on('message', () => {}).on('close', (code) => console.log(n, code)); }`,
    ['stderr child → main 5/5 0', 'stdout child → main 100/100 0'],
  ],
  [
    'a child that is not Node shows at its parent',
    `const c = cp.spawn('cat'); let n = 0; c.stdout.on('data', (d) => { n += d.length; }); c.on('close', () => console.log(n));
for (let i = 0; i < 10; i++) c.stdin.write('é'.repeat(50_000)); c.stdin.end(Buffer.from('end'));`,
    ['stdin main → cat 1000003/0 ?', 'stdout cat → main 1000003/1000003 ?'],
  ],
  [
    'stdin and stdout of a traced child, piped on to an inherited stdout',
    `if (role) process.stdin.pipe(process.stdout);
else { const c = node('child'); c.stdout.pipe(process.stdout); c.stderr.pipe(process.stderr); c.stdin.end('y'.repeat(300_000)); }`,
    ['stdin main → child 300000/300000 0', 'stdout child → main 300000/300000 0'],
  ],
  [
    'a pipeline over two children',
    `if (role) console.log([...Array(5000).keys()].join(' '));
else { const a = node('a'); const b = cp.spawn('wc', ['-c']); stream.pipeline(a.stdout, b.stdin, (e) => console.log(e)); b.stdout.on('data', (d) => console.log(+d)); }`,
    ['stdin main → wc 23890/0 ?', 'stdout a → main 23890/23890 0', 'stdout wc → main 6/6 ?'],
  ],
  [
    'a Node grandchild below the shell of exec',
    `if (role) process.stdout.write('from below');
else cp.exec('"' + process.execPath + '" "' + __filename + '" child; "' + process.execPath + '" "' + __filename + '" child | cat', (e, out) => console.log(out));`,
    ['stdout child → main 20/20 ?'],
  ],
  [
    'descriptors above 2, one way and both ways',
    `const c = cp.spawn('sh', ['-c', 'cat <&3; echo up >&4; head -c 6 <&5; echo x >&5'], { stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'pipe', 'pipe'] });
c.stdio[3].end('down'); c.stdio[4].resume(); c.stdio[5].resume(); c.stdio[5].write('duplex'); c.on('close', () => console.log('closed'));`,
    [
      'fd 3 (to child) main → sh 4/0 ?',
      'fd 4 (from child) sh → main 3/3 ?',
      'fd 5 (from child) sh → main 2/2 ?',
      'fd 5 (to child) main → sh 6/0 ?',
    ],
  ],
  [
    'nothing for a file, inherited and ignored descriptors',
    `if (role) process.stdin.on('data', (d) => console.log(d.length)).on('end', () => console.log('end'));
else { fs.writeFileSync('in.txt', 'abc'); node('child', { stdio: [fs.openSync('in.txt'), 'inherit', 'ignore'] });
  node('child', { stdio: ['ignore', fs.openSync('out.txt', 'w'), 'inherit'] }); }`,
    [],
  ],
  [
    'a socket that goes on to another child',
    `const a = cp.spawn('seq', ['1000'], { stdio: ['ignore', 'pipe', 'inherit'] }); const b = cp.spawn('wc', ['-l'], { stdio: [a.stdout, 'pipe', 'inherit'] });
b.stdout.on('data', (d) => console.log(+d));`,
    ['stdout wc → main 5/5 ?'],
  ],
  [
    'the synchronous forms',
    `if (role) console.log('four');
else { cp.execFileSync(process.execPath, [__filename, 'child']); cp.spawnSync('cat', { input: 'hello' }); cp.execSync('echo inherited', { stdio: 'inherit' });
  try { cp.execSync('echo out; echo err >&2; exit 3', { stdio: 'pipe', encoding: 'utf8' }); } catch (e) { console.log(e.status); } }`,
    [
      'stderr echo out; echo err >&2; exit 3 → main 4/4 ?',
      'stdin main → cat 5/0 ?',
      'stdout cat → main 5/5 ?',
      'stdout child → main 5/5 0',
      'stdout echo out; echo err >&2; exit 3 → main 4/4 ?',
    ],
  ],
  [
    'a parent that reads late, and slowly',
    `if (role) process.stdout.write(Buffer.alloc(2e6));
else { const c = node('child', { stdio: ['ignore', 'pipe', 'inherit'] }); let n = 0;
  setTimeout(() => c.stdout.on('data', (d) => { n += d.length; if (n % 7 === 0) { c.stdout.pause(); setTimeout(() => c.stdout.resume(), 5); } }), 600);
  c.on('close', () => console.log(n)); }`,
    ['stdout child → main 2000000/2000000 0'],
  ],
  [
    'a getter of stdout that was kept and put back',
    `if (role) { const kept = Object.getOwnPropertyDescriptor(process, 'stdout'); console.log('one');
  Object.defineProperty(process, 'stdout', kept); console.log('two'); Object.defineProperty(process, 'stdout', kept); process.stdout.write('three\\n'); }
else node('child').stdout.on('data', (d) => process.stdout.write(d));`,
    ['stdout child → main 14/14 0'],
  ],
  [
    'a stdout that the program has replaced',
    `if (role) { const { stdout } = process; stdout._handle.setBlocking(true); const { write } = stdout;
  stdout.write = function (text, ...rest) { return write.call(this, text.toUpperCase(), ...rest); }; console.log('shout');
  Object.defineProperty(process, 'stdout', { value: { write() {} }, configurable: true }); process.stdout.write('nothing'); }
else { const c = node('child'); c.stdout.on('data', (d) => console.log(String(d))); }`,
    ['stdout child → main 6/6 0'],
  ],
];

for (const [name, source, expected] of CASES) {
  test(`stdio: ${name}`, async (t) => {
    assert.deepEqual(await channelsOf(t, source), [...expected].sort());
  });
}

const LOOP = `if (role) for (let i = 0; i < 100_000; i++) process.stdout.write('0123456789');
else { const c = node('child', { stdio: ['ignore', 'pipe', 'inherit'] }); let n = 0; c.stdout.on('data', (d) => { n += d.length; }); c.on('close', () => console.log(n)); }`;

test('stdio: a loop of small writes costs few records', async (t) => {
  const dir = temporaryDirectory(t);
  const file = program(dir, 'main.cjs', PRELUDE + LOOP);
  const { trace, stdout, dir: traced } = await runTraced(t, process.execPath, [file]);
  assert.equal(stdout, '1000000\n');
  const [channel] = modelOf(traced)
    .channels()
    .filter((c) => c.bytes > 0);
  assert.deepEqual([channel?.sent, channel?.received, channel?.depth], [1_000_000, 1_000_000, 0]);
  assert.ok(trace.records.length < 10_000, `${trace.records.length} records`);
});

test('stdio: --no-stdio counts nothing', async (t) => {
  assert.deepEqual(await channelsOf(t, LOOP, { stdio: false }), []);
});

test('stdio: questions and answers have a latency, their lines and arrows', async (t) => {
  const source = `${PRELUDE}
if (role) process.stdin.on('data', (d) => process.stdout.write(d)).on('end', () => {});
else { const c = node('child'); let left = 5;
  const ask = () => { c.stdin.write('question'); };
  c.stdout.on('data', () => { if (--left === 0) c.stdin.end(); else setTimeout(ask, 20); }); ask(); }`;
  const file = program(temporaryDirectory(t), 'main.cjs', source);
  const { trace, dir } = await runTraced(t, process.execPath, [file]);
  const model = modelOf(dir);
  const used = model.channels().filter((c) => c.bytes > 0);
  assert.deepEqual(used.map((c) => line(model, c)).sort(), [
    'stdin main → child 40/40 0',
    'stdout child → main 40/40 0',
  ]);
  for (const { latencyNs } of used) assert.ok(latencyNs !== null && latencyNs > 0 && latencyNs < 30e9);
  const ask = source.split('\n').findIndex((text) => text.includes('const ask')) + 1;
  assert.deepEqual(
    new Set(trace.named('stdin', 'send').map((r) => trace.at(r))),
    new Set([`main.cjs:${ask}`]),
  );
});

test('stdio: an end that is closed in the middle of a write', async (t) => {
  const source = `${PRELUDE}
if (role) { process.stdout.on('error', (e) => { console.error(e.code); process.exit(4); }); const more = () => { process.stdout.write(Buffer.alloc(65536)); setImmediate(more); }; more(); }
else { const c = node('child', { stdio: ['pipe', 'pipe', 'inherit'] }); c.stdin.on('error', () => {}); c.stdin.write(Buffer.alloc(1e6)); c.stdout.once('data', () => c.stdout.destroy()); c.on('close', (...a) => console.log(...a)); }`;
  const file = program(temporaryDirectory(t), 'main.cjs', source);
  const plain = await run(process.execPath, [file]);
  const { trace, dir, ...traced } = await runTraced(t, process.execPath, [file]);
  assert.deepEqual(traced, plain);
  assert.deepEqual([plain.stdout, plain.stderr], ['4 null\n', 'EPIPE\n']);
  assert.deepEqual(trace.problems, []);
  const model = modelOf(dir);
  const out = model.channels().find((c) => c.name === 'stdout');
  assert.ok(out !== undefined && out.received > 0 && out.sent >= out.received);
});

test('stdio: a stream that nobody asks for is not made', async (t) => {
  const source = `${PRELUDE}
if (role) fs.writeSync(2, process._getActiveHandles().length + ' ' + Object.getOwnPropertyDescriptor(process, 'stdin').get.name + '\\n');
else { const c = node('child'); c.stderr.on('data', (d) => console.log(String(d))); console.log(c.stdout.readableFlowing, c.stdout.listenerCount('data'), Object.keys(c.stdout).includes('push'), c.stdin.listenerCount('drain')); }`;
  const dir = temporaryDirectory(t);
  const file = program(dir, 'main.cjs', source);
  const plain = await run(process.execPath, [file]);
  const { trace, dir: _, ...traced } = await runTraced(t, process.execPath, [file]);
  assert.deepEqual(traced, plain);
  const child = trace.streams.find((s) => trace.processes.get(s.stream)?.argv[2] === 'child');
  assert.ok(child);
  assert.deepEqual(
    trace.resources.filter((r) => r.stream === child.stream && r.kind === 'stdio'),
    [],
  );
});

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

test('stdio: a child that nobody reads is certainly stuck', { timeout: 40_000 }, async (t) => {
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
  const out = model.channels().find((c) => c.name === 'stdout');
  assert.ok(out);
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

test('stdio: of a child that is not Node it is suspected', { timeout: 40_000 }, async (t) => {
  const source = `const c = cp.spawn('cat'); c.stdin.end(Buffer.alloc(5e6)); c.on('exit', () => console.log('never'));`;
  const { found, model } = await hang(t, source, 6e9);
  assert.equal(found.certainty, 'suspected');
  assert.match(found.title, /main\.cjs does not read stdout of cat/);
  assert.equal(model.findings(model.lastTime).length, 0, 'not before it has lasted');
});
