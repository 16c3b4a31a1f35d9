import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Context, program, run, runTraced, SHIM, type Trace, temporaryDirectory } from './helpers.ts';

/** Runs `count` of what `start` makes, eight at a time. */
const CROWD = `const { spawn, fork } = require('node:child_process');
const crowd = (count, start) => new Promise((resolve) => {
  let running = 0, left = count, ended = 0;
  const next = () => {
    while (running < 8 && left > 0) {
      running++;
      start(left--).on('exit', () => { running--; if (++ended === count) resolve(); else next(); });
    }
  };
  next();
});
`;

const noSignals = process.platform === 'win32' && 'only on systems with signals';

test('1,000 short children: each start and each end is there', { timeout: 240_000 }, async (t) => {
  const source = `${CROWD}crowd(1000, () => spawn('true')).then(() => console.log('done'));`;
  const { code, stdout, stderr, trace } = await runTraced(t, process.execPath, ['-e', source]);
  assert.deepEqual([code, stdout, stderr], [0, 'done\n', '']);
  assert.deepEqual([trace.damages, trace.problems], [[], []]);
  const [starts, ends] = [trace.of('start'), trace.of('childExit')];
  assert.deepEqual([starts.length, ends.length], [1000, 1000]);
  assert.equal(new Set(starts.map((r) => r.resource)).size, 1000);
  assert.deepEqual(starts.map((r) => r.n).sort(), ends.map((r) => r.n).sort());
});

test('short children that are Node: each has a stream with its beginning and its end', {
  timeout: 240_000,
}, async (t) => {
  const dir = temporaryDirectory(t);
  program(dir, 'child.cjs', 'process.exitCode = Number(process.argv[2]) % 5;');
  const source = `${CROWD}crowd(60, (i) => fork(__dirname + '/child.cjs', [String(i)]));`;
  const { code, trace } = await runTraced(t, process.execPath, [program(dir, 'main.cjs', source)]);
  assert.equal(code, 0);
  assert.deepEqual([trace.damages, trace.problems], [[], []]);
  assert.deepEqual(
    [trace.streams.length, trace.of('start').length, trace.of('childExit').length],
    [61, 60, 60],
  );
  for (const end of trace.of('childExit')) {
    const key = trace.childOf(end)?.spawnKey ?? '';
    const stream = trace.startedBy(key);
    const own = trace.of('processExit').find((r) => r.stream === stream);
    assert.equal(own?.value, end.value);
  }
});

test('a storm of SIGKILL: the survivor goes on, and knows how each has ended', {
  skip: noSignals,
  timeout: 240_000,
}, async (t) => {
  const dir = temporaryDirectory(t);
  const talker = `const { Worker } = require('node:worker_threads');
new Worker('setInterval(() => {}, 1); for (;;) require("node:worker_threads").parentPort.postMessage(1)', { eval: true });
let n = 0;
const talk = () => { for (let i = 0; i < 50; i++) process.send(++n); setImmediate(talk); };
talk();`;
  program(dir, 'talker.cjs', talker);
  const source = `${CROWD}let got = 0;
crowd(24, (i) => {
  const child = fork(__dirname + '/talker.cjs');
  let seen = 0;
  child.on('message', () => { got++; if (++seen === i * 7) child.kill('SIGKILL'); });
  return child.on('error', () => {});
}).then(() => console.log('survived', got > 24));`;
  const { code, stdout, stderr, trace } = await runTraced(t, process.execPath, [
    program(dir, 'main.cjs', source),
  ]);
  assert.deepEqual([code, stdout, stderr], [0, 'survived true\n', '']);
  assert.deepEqual(trace.problems, []);
  const ends = trace.of('childExit').filter((r) => trace.childOf(r)?.api === 'fork');
  assert.deepEqual(
    ends.map((r) => r.value),
    Array.from({ length: 24 }, () => 9),
  );
  const main = trace.streams.find((s) => trace.processes.get(s.stream)?.spawnKey === 'root-key');
  assert.ok(main);
  // What the killed had not written is unknown; the survivor's own records are whole.
  assert.deepEqual(
    trace.damages.filter((d) => d.stream?.processKey === main.processKey),
    [],
  );
  assertInOrder(trace);
});

const ANSWERS = {
  message: { say: 'process.send(m)', up: 3 },
  line: { say: 'process.stdout.write(m)', up: 1 },
} as const;

for (const [answer, { say, up }] of Object.entries(ANSWERS)) {
  test(`a process that is killed for a ${answer} has recorded what led to it`, {
    skip: noSignals,
    timeout: 240_000,
  }, async (t) => {
    const dir = temporaryDirectory(t);
    program(
      dir,
      'child.cjs',
      `process.stdout.write('-'); process.on('message', (m) => { ${say}; if (m === 'stop') for (;;); }); process.send('ready');`,
    );
    const source = `const child = require('node:child_process').fork(__dirname + '/child.cjs', { stdio: 'pipe' });
const hear = (m) => {
  if (m === 'ready') { child.send('go'); child.send('stop'); }
  if (m.endsWith('stop')) child.kill('SIGKILL');
};
child.on('message', hear);
child.stdout.setEncoding('utf8').on('data', hear);`;
    const { code, stderr, trace } = await runTraced(t, process.execPath, [program(dir, 'main.cjs', source)]);
    assert.deepEqual([code, stderr], [0, '']);
    for (const [name, count] of [
      ['to child', 2],
      ['to parent', up],
    ] as const) {
      assert.equal(trace.named(name, 'send').length, count, `sent ${name}`);
      assert.equal(trace.named(name, 'receive').length, count, `received ${name}`);
    }
  });
}

/** Of each channel at each end, the messages that are recorded are a beginning of the sequence, without holes. */
function assertInOrder(trace: Trace): void {
  const last = new Map<string, number>();
  for (const record of trace.records) {
    if (record.kind !== 'send' && record.kind !== 'receive') continue;
    const { stream } = record.stream;
    const kind = trace.resources.find((r) => r.stream === stream && r.id === record.resource)?.kind;
    // Bytes of a pipe are counted, not numbered.
    if (kind !== 'ipc' && kind !== 'port') continue;
    const key = `${record.stream.stream} ${record.resource} ${record.kind}`;
    assert.equal(record.n, (last.get(key) ?? 0) + 1);
    last.set(key, record.n);
  }
  assert.ok(last.size > 24);
}

/** Counts what passes through the functions of `child_process`, as agents and test libraries do. */
const PATCH = `const c = require('node:child_process');
const calls = {};
const wrap = (owner, name) => { const before = owner[name]; owner[name] = function (...args) { calls[name] = (calls[name] ?? 0) + 1; return before.apply(this, args); }; };
for (const name of ['spawn', 'fork', 'exec', 'execFile', 'spawnSync', 'execSync', 'execFileSync']) wrap(c, name);
wrap(c.ChildProcess.prototype, 'spawn');
wrap(c.ChildProcess.prototype, 'emit');
delete calls.emit;
process.on('exit', () => require('node:fs').writeSync(1, JSON.stringify({ ...calls, emit: calls.emit > 0 }) + '\\n'));
`;
const USER = `const c = require('node:child_process');
const { once } = require('node:events');
(async () => {
  await once(c.spawn('true'), 'exit');
  await once(c.fork(__dirname + '/child.cjs'), 'exit');
  await new Promise((resolve) => c.exec('true', resolve));
  await new Promise((resolve) => c.execFile('true', resolve));
  c.spawnSync('true'); c.execSync('true'); c.execFileSync('true');
})();
`;

for (const when of ['before', 'after', 'before and after'] as const) {
  test(`a program that patches child_process ${when} the shim`, { skip: noSignals }, async (t) => {
    const dir = temporaryDirectory(t);
    program(dir, 'child.cjs', '');
    const patch = program(dir, 'patch.cjs', PATCH);
    const again = program(dir, 'again.cjs', PATCH);
    const file = program(dir, 'main.cjs', (when === 'before' ? '' : `require('./again.cjs');\n`) + USER);
    assert.ok(again);
    const before = when === 'after' ? '' : `--require "${patch}"`;
    const untraced = await run(process.execPath, [file], { env: { NODE_OPTIONS: before } });
    const { code, stdout, stderr, trace } = await runPatched(t, file, before);
    assert.deepEqual([code, stdout, stderr], [untraced.code, untraced.stdout, untraced.stderr]);
    assert.deepEqual([trace.problems, trace.damages], [[], []]);
    assert.equal(trace.of('start').length, 7);
    const ends = trace.of('childExit').length;
    assert.equal(ends, 7);
    assert.equal(trace.streams.length, 2);
  });
}

function runPatched(t: Context, file: string, before: string): ReturnType<typeof runTraced> {
  const own = `--require "${SHIM}"`;
  return runTraced(t, process.execPath, [file], { env: { NODE_OPTIONS: `${before} ${own}`.trim() } });
}
