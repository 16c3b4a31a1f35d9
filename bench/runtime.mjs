// The runtime against CPython's multiprocessing (spawn) and against what Node has already, after `npm run build`:
//
//   node bench/runtime.mjs [--rounds 5] [--only WORD] [--no-peers]
//
// Sides take turns, case by case, so that what else the machine does falls on both. Printed: medians of the rounds, in
// microseconds an operation, and CPU time of all processes beside it; ratio = ours / theirs, lower is better.
// Both pools have done one map when the first is measured. CPython is the python3 on PATH. TypeScript runs natively from
// Node 24, else by tsx.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { provide } from '../scripts/lib/cache.mjs';
import { npm } from '../scripts/lib/exec.mjs';
import { median, Side } from './runtime/side.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    'no-peers': { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);
const SIZES = { int: 0.2, string: 0.2, object: 0.2, '1KB': 0.4, '64KB': 0.7, '1MB': 0.5 };

/** What is measured, and the most that ours / CPython's shall be; undefined: only shown. */
const CASES = [
  ['lock alone', 0.7],
  ['lock contended by 2', 0.5],
  ...Object.entries(SIZES).map(([kind, aim]) => [`queue ${kind}`, aim]),
  ...Object.entries(SIZES).map(([kind, aim]) => [`pipe ${kind}`, aim]),
  ...Object.keys(SIZES).map((kind) => [`queue async ${kind}`, undefined]),
  ...Object.keys(SIZES).map((kind) => [`pipe async ${kind}`, undefined]),
  ['Pool.map chunksize 1', 0.15],
  ['Pool.map automatic chunks', 1.5],
  ['start to ready', Number(process.versions.node.split('.')[0]) >= 24 ? 1 : undefined],
  ['Manager dict set/get', 0.7],
].filter(([name]) => name.includes(options.only));

/** Ours, and what does the same work in Node without us. */
const PEERS = [
  ...Object.keys(SIZES).map((kind) => [`pipe async ${kind}`, `send ${kind}`]),
  ['Pool.map chunksize 1', 'piscina'],
  ['Pool.map chunksize 1', 'workerpool'],
].filter(([name]) => name.includes(options.only));

/** Medians of two sides that take turns. */
async function compare(first, firstName, second, secondName) {
  const results = [[], []];
  for (let round = 0; round < rounds; round++) {
    results[0].push(await first.measure(firstName));
    if (second !== undefined) results[1].push(await second.measure(secondName));
  }
  return results.map((side) => ({ us: median(side.map((r) => r.us)), cpu: median(side.map((r) => r.cpu)) }));
}

const cell = (value, digits = 2) => value.toFixed(digits).padStart(10);
const ratio = (ours, theirs) => (theirs > 0 ? (ours / theirs).toFixed(2) : '-').padStart(6);

function line(name, [ours, theirs], aim) {
  const met = ours.us / theirs.us <= aim ? 'met' : 'NOT MET';
  const verdict = aim === undefined ? '' : `${aim.toFixed(2)} ${met}`;
  console.log(
    `${name.padEnd(28)}${cell(ours.us, 3)}${cell(theirs.us, 3)}${ratio(ours.us, theirs.us)}  ${cell(ours.cpu)}${cell(theirs.cpu)}${ratio(ours.cpu, theirs.cpu)}  ${verdict}`,
  );
}
const header = (title, theirs) =>
  console.log(
    `\n${title}\n${'µs an operation'.padEnd(28)}${'ours'.padStart(10)}${theirs.padStart(10)} ratio  ${'CPU ours'.padStart(10)}${'theirs'.padStart(10)} ratio  aim`,
  );

function cpython() {
  const { status, stdout } = spawnSync('python3', ['--version'], { encoding: 'utf8' });
  if (status === 0)
    return [stdout.trim(), new Side('python3', [path.join(here, 'runtime', 'cpython.py')], root)];
  console.log('\n!!! python3 is not on PATH: NOTHING IS COMPARED WITH CPYTHON, and no aim is checked !!!');
  return ['', undefined];
}

async function peers() {
  const packages = ['piscina@5.3.2', 'workerpool@10.0.3'];
  const folder = await provide('bench-runtime', packages.join(' '), async (into) => {
    await npm(['install', '--no-save', '--prefix', into, ...packages], { cwd: into });
  });
  return new Side(process.execPath, [path.join(here, 'runtime', 'peers.cjs')], folder);
}

const native = Number(process.versions.node.split('.')[0]) >= 24;
const loader = native ? ['--no-warnings'] : ['--import', 'tsx'];
const ours = new Side(process.execPath, [...loader, path.join(here, 'runtime', 'forkscope.mts')], root);

if (CASES.length > 0) {
  const [version, theirs] = cpython();
  header(`Node ${process.versions.node} against ${version || 'nobody'}, ${rounds} rounds`, 'CPython');
  for (const [name, aim] of CASES) {
    const results = await compare(ours, name, theirs, name.replace('async ', ''));
    line(name, results, theirs === undefined ? undefined : aim);
  }
  theirs?.end();
}
if (!options['no-peers'] && PEERS.length > 0) {
  const others = await peers();
  header(`Node ${process.versions.node}: against process.send, piscina and workerpool`, 'theirs');
  for (const [name, peer] of PEERS) line(`${name} / ${peer}`, await compare(ours, name, others, peer));
  others.end();
}
ours.end();
