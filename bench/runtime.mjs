// The runtime against CPython's multiprocessing (spawn), in the same run: `node bench/runtime.mjs` after `npm run build`.
// Microseconds an operation; ratio = ours / CPython's, lower is better. Needs python3; TypeScript runs natively from
// Node 24, else by tsx.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
/** The aims, where it states one. */
const AIMS = {
  'lock alone': 0.7,
  'lock contended by 2': 0.5,
  'queue int': 0.2,
  'queue string': 0.2,
  'queue object': 0.2,
  'queue 1KB': 0.4,
  'queue 64KB': 0.7,
  'queue 1MB': 0.5,
  'pipe int': 0.2,
  'pipe string': 0.2,
  'pipe object': 0.2,
  'pipe 1KB': 0.4,
  'pipe 64KB': 0.7,
  'pipe 1MB': 0.5,
  'start to ready': 1,
};

function measure(command, args) {
  const { stdout, stderr, status } = spawnSync(command, args, {
    cwd: path.dirname(here),
    encoding: 'utf8',
    maxBuffer: 1 << 24,
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return JSON.parse(stdout);
}

const native = Number(process.versions.node.split('.')[0]) >= 24;
const loader = native ? ['--no-warnings'] : ['--import', 'tsx'];
const ours = measure(process.execPath, [...loader, path.join(here, 'runtime', 'forkscope.mts')]);
const theirs = measure('python3', [path.join(here, 'runtime', 'cpython.py')]);
console.log(
  `Node ${process.versions.node}\n${'operation'.padEnd(26)} ${'ours µs'.padStart(11)} ${'CPython µs'.padStart(11)}  ratio   aim`,
);
for (const [name, value] of Object.entries(ours)) {
  const other = theirs[name.replace('async ', '')];
  const ratio = value / other;
  const aim = AIMS[name];
  const verdict = aim === undefined ? '' : `${aim.toFixed(2)} ${ratio <= aim ? 'met' : 'NOT MET'}`;
  console.log(
    `${name.padEnd(26)} ${value.toFixed(3).padStart(11)} ${other.toFixed(3).padStart(11)}  ${ratio.toFixed(2)}   ${verdict}`,
  );
}
