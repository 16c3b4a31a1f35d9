import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import esbuild from 'esbuild';
import { parseStack } from '../../src/shim/sites/stack.ts';
import { lineOf, nodeAtLeast, program, runTraced, TSX, temporaryDirectory } from './helpers.ts';

const SOURCE = `import { spawnSync } from 'node:child_process';
interface Padding {
  readonly a: string;
}
type More = Padding | { readonly b: number };
export function call(_more?: More): void {
  spawnSync('true');
}
async function later(): Promise<void> {
  await Promise.resolve();
  call();
}
void later();
`;
const LINE = lineOf(SOURCE, "spawnSync('true')");

function asCommonJs(source: string): string {
  return source
    .replace(/^import .*/, "const { spawnSync } = require('node:child_process');")
    .replace('export ', '');
}

async function siteOf(t: Parameters<typeof runTraced>[0], args: readonly string[], cwd: string) {
  const { code, stderr, trace } = await runTraced(t, process.execPath, args, { cwd });
  assert.deepEqual([code, stderr], [0, '']);
  const start = trace.of('start').find((r) => trace.childOf(r)?.api === 'spawnSync')!;
  return trace.site(start)!;
}

for (const [kind, name] of [
  ['CommonJS', 'program.cts'],
  ['ESM', 'program.mts'],
] as const) {
  test(`tsx, ${kind}: the line of the TypeScript source`, async (t) => {
    const dir = temporaryDirectory(t);
    const file = program(dir, name, SOURCE);
    const site = await siteOf(t, ['--import', TSX, file], dir);
    assert.deepEqual([site.file, site.line, site.column, site.fn], [file, LINE, 3, 'call']);
  });

  test(`Node's own type stripping, ${kind}`, {
    skip: !nodeAtLeast(24) && 'only on Node 24 and later',
  }, async (t) => {
    const dir = temporaryDirectory(t);
    const file = program(dir, name, kind === 'ESM' ? SOURCE : asCommonJs(SOURCE));
    const site = await siteOf(t, [file], dir);
    assert.deepEqual([site.file, site.line, site.column, site.fn], [file, LINE, 3, 'call']);
  });
}

for (const sourcemap of ['linked', 'inline'] as const) {
  for (const flags of [[], ['--enable-source-maps']]) {
    test(`compiled with a source map (${sourcemap}) ${flags.join(' ')}`, async (t) => {
      const dir = temporaryDirectory(t);
      // Code before it, so that an inline map is longer than what a glance at the end of the file shows.
      const padding = Array.from({ length: 300 }, (_, i) => `export const value${i} = ${i};`).join('\n');
      const file = program(dir, 'source.ts', SOURCE + padding);
      const out = path.join(dir, 'out', 'program.cjs');
      await esbuild.build({
        entryPoints: [file],
        outfile: out,
        sourcemap,
        format: 'cjs',
        minify: true,
        platform: 'node',
      });
      const site = await siteOf(t, [...flags, out], dir);
      assert.deepEqual([site.file, site.line], [file, LINE]);
    });
  }
}

const CHANNELS = `const { channel } = require('node:diagnostics_channel');
const target = { key: 'q', kind: 'queue', name: 'q', capacity: 0 };
const lock = { key: 'l', kind: 'lock', name: 'l', capacity: 0 };
const event = { v: 1, op: 'send', target, n: 0, value: 0, task: 0, sync: false, timeoutArmed: false, outcome: 'ok', site: 0 };
const send = (n) => channel('forkscope:send').publish({ ...event, n });
const acquire = (n) => channel('forkscope:acquire').publish({ ...event, op: 'acquire', target: lock, n });
`;
/** The program above stands in for the runtime; the user's code is in another file. */
const USER = `const { send, acquire } = require('./runtime.cjs');
for (let n = 1; n <= 5000; n++) send(n);
for (let n = 1; n <= 100; n++) acquire(n);
`;

for (const callSites of ['all', 'sampled', 'off'] as const) {
  test(`--call-sites ${callSites}: messages and acquisitions`, async (t) => {
    const dir = temporaryDirectory(t);
    program(dir, 'runtime.cjs', `${CHANNELS}module.exports = { send, acquire };`);
    const file = program(dir, 'user.cjs', USER);
    const { trace } = await runTraced(t, process.execPath, [file], { options: { callSites } });
    const sends = trace.of('send');
    assert.equal(sends.length, 5000);
    const marked = sends.filter((r) => (r.flags & 0x20) !== 0).length;
    const expected = callSites === 'off' ? '' : 'user.cjs:2';
    assert.ok(sends.every((r) => trace.at(r) === expected));
    if (callSites === 'all') assert.equal(marked, 0);
    // Up to 16 and 2,000 a second; the loop may see a second begin.
    if (callSites === 'sampled') assert.ok(marked >= 5000 - 16 - 2 * 2000 && marked > 0, `${marked} sampled`);
    const at = callSites === 'off' ? '' : 'user.cjs:3';
    assert.ok(trace.of('acquire').every((r) => trace.at(r) === at && (r.flags & 0x20) === 0));
  });
}

test('a site that was stored at the begin of a wait comes back at its end', async (t) => {
  const dir = temporaryDirectory(t);
  const waits = `const wait = () => { const e = { ...event, op: 'waitReceive', n: 1 }; channel('forkscope:waitReceive').publish(e); return e.site; };
const received = (site) => channel('forkscope:receive').publish({ ...event, op: 'receive', n: 1, site });`;
  program(dir, 'runtime.cjs', `${CHANNELS}${waits}module.exports = { wait, received };`);
  const user = `const { wait, received } = require('./runtime.cjs');
const site = wait();
setTimeout(() => received(site), 1);`;
  const { trace } = await runTraced(t, process.execPath, [program(dir, 'user.cjs', user)]);
  assert.equal(trace.at(trace.of('waitReceive')[0]!), 'user.cjs:2');
  assert.equal(trace.at(trace.of('receive')[0]!), 'user.cjs:2');
});

test('V8 stack texts are read, where its frames cannot be had', () => {
  const text = `Error
    at Object.<anonymous> (/a b/x.js:1:2)
    at async later (file:///y.mjs:3:4)
    at /z.js:5:6
    at node:internal/main:7:8
    at new Thing (C:\\p\\q.ts:9:10)
    at Array.map (<anonymous>)`;
  assert.deepEqual(
    parseStack(text).map((f) => [
      f.getFileName(),
      f.getLineNumber(),
      f.getColumnNumber(),
      f.getFunctionName(),
    ]),
    [
      ['/a b/x.js', 1, 2, 'Object.<anonymous>'],
      ['file:///y.mjs', 3, 4, 'later'],
      ['/z.js', 5, 6, null],
      ['node:internal/main', 7, 8, null],
      ['C:\\p\\q.ts', 9, 10, 'new Thing'],
    ],
  );
});
