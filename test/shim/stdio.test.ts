import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ShimOptions } from '../../src/base/environment.ts';
import type { ChannelView, Model } from '../../src/model/index.ts';
import { program, run, runTraced, temporaryDirectory } from './helpers.ts';
import { type Context, modelOf, PRELUDE } from './stdio-helpers.ts';

/** `stdout child → main 5/5`: bytes sent and received, then those in flight (`?`: not known). */
function line(model: Model, channel: ChannelView): string {
  const names = (ids: readonly string[]): string =>
    ids
      .map((id) => model.processes().find((p) => p.id === id))
      .map((p) => (p?.instrumented ? (p.argv[2] ?? 'main') : (p?.program ?? '')))
      .join('+');
  const { name, from, to, sent, received, depth } = channel;
  const [what] = name.split(' of ');
  return `${what} ${names(from)} → ${names(to)} ${sent}/${received} ${depth ?? '?'}`;
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
    .filter((c) => (c.bytes ?? 0) > 0)
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
      'stderr sh → main 4/4 ?',
      'stdin main → cat 5/0 ?',
      'stdout cat → main 5/5 ?',
      'stdout child → main 5/5 0',
      'stdout sh → main 4/4 ?',
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
    .filter((c) => (c.bytes ?? 0) > 0);
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
  const used = model.channels().filter((c) => (c.bytes ?? 0) > 0);
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
  const out = model.channels().find((c) => c.name.startsWith('stdout of '));
  assert.ok(out !== undefined && out.received && (out.sent ?? 0) >= out.received);
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
