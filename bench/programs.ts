/**
 * What tracing costs programs, against the same program untraced, in alternation in one run.
 *
 *   node --import tsx bench/programs.ts [--rounds 5] [--node 20,24] [--only NAME,…] [--cpu] [--awaits]
 *                                         [--against FILE]
 *
 * Every workload measures itself and prints milliseconds, so that the start of the command line tool is not in it; what
 * the tool does while the program runs (tail, model, process table) is. Printed: medians, and their ratio or difference.
 * `--cpu`: instead the processor time of all processes, the tool's own start and end included; on a machine that others
 * use it is steadier. `--awaits`: traced with that option, which may cost 1.3×. `--against`: `dist/cli.js` of another build,
 * which traces the same programs in the same rounds; printed is what this build costs of that.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { provideNode } from '../scripts/nodes.mjs';
import { reset, withProgram } from '../test/programs/install.ts';
import { runProgram } from '../test/programs/run.ts';
import type { Program } from '../test/programs/types.ts';

const here = (name: string): string => fileURLToPath(new URL(`./programs/${name}`, import.meta.url));
const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

interface Workload {
  readonly name: string;
  readonly program: Program;
  /** What issue and probes promise: traced / untraced, or the difference in ms. */
  readonly limit: { readonly ratio: number } | { readonly difference: number };
}

const FILES = 40;
/** A project whose tests load a real library and do real work: 40 files, 5 tests each. */
function project(header: string): Record<string, string> {
  const text = (n: number) =>
    `${header}const _ = require('lodash');\n` +
    `for (let t = 0; t < 5; t++) test('file ${n} test ' + t, () => {\n` +
    '  const rows = _.range(3000).map((i) => ({ i, group: i % 17, name: _.camelCase("row number " + (i % 100)) }));\n' +
    "  const sums = _.mapValues(_.groupBy(rows, 'group'), (g) => _.sumBy(g, 'i'));\n" +
    '  expect(_.sum(_.values(sums))).toBe(4498500);\n});\n';
  return Object.fromEntries(Array.from({ length: FILES }, (_, n) => [`tests/file${n}.test.js`, text(n)]));
}

const timed = (...command: string[]): Program['command'] => ['node', here('timed.cjs'), ...command];
const alone = (id: string, file: string, packages: readonly string[] = []): Program => ({
  id: `bench-${id}`,
  packages,
  command: ['node', here(file)],
  expect: {},
});

const WORKLOADS: readonly Workload[] = [
  { name: 'start', program: alone('plain', 'start.cjs'), limit: { difference: 5 } },
  { name: 'send', program: alone('plain', 'send.cjs'), limit: { ratio: 1.2 } },
  { name: 'lines', program: alone('plain', 'lines.cjs'), limit: { ratio: 1.2 } },
  { name: 'post', program: alone('plain', 'post.cjs'), limit: { ratio: 1.3 } },
  { name: 'timers', program: alone('plain', 'timers.cjs'), limit: { ratio: 1.15 } },
  { name: 'sockets', program: alone('plain', 'sockets.cjs'), limit: { ratio: 1.15 } },
  { name: 'piscina', program: alone('piscina', 'piscina.cjs', ['piscina@5.3.2']), limit: { ratio: 1.3 } },
  {
    name: 'jest',
    program: {
      id: 'bench-jest',
      packages: ['jest@30.5.2', 'lodash@4.18.1'],
      files: { 'jest.config.json': '{"cacheDirectory":"<rootDir>/cache"}', ...project('') },
      removes: ['cache'],
      command: timed(
        'node_modules/.bin/jest',
        '--config=jest.config.json',
        '--maxWorkers=2',
        '--watchman=false',
      ),
      expect: {},
    },
    limit: { ratio: 1.07 },
  },
  {
    name: 'vitest',
    program: {
      id: 'bench-vitest',
      packages: ['vitest@4.1.12', 'lodash@4.18.1'],
      files: {
        'package.json': '{"private":true}',
        ...project(
          "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\n",
        ),
      },
      command: timed('node_modules/.bin/vitest', 'run', '--globals', '--maxWorkers=2', '--reporter=dot'),
      expect: {},
    },
    limit: { ratio: 1.07 },
  },
];

/** Runs a command and prints what the shell knows of the time that its children have used. */
const TIMES = ['sh', '-c', '"$@" >&2 && times', 'sh'];

/** `times` prints a line for the shell itself, and one for its children: user and system, as `1m2.345s`. */
function childTime(times: string): number {
  const parts = [...(times.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce(
    (ms, [, minutes, seconds]) => ms + Number(minutes) * 60_000 + Number(seconds) * 1000,
    0,
  );
}

interface How {
  readonly rounds: number;
  readonly cpu: boolean;
  readonly awaits: boolean;
  /** The command line tool of another build. */
  readonly against: string | undefined;
}

/** `tool`: the command line tool that traces; `undefined`: untraced. */
async function measure(
  { program }: Workload,
  folder: string,
  node: string,
  tool: string | undefined,
  { cpu, awaits }: How,
): Promise<number> {
  reset(program, folder);
  const temporary = mkdtempSync(path.join(tmpdir(), 'forkscope-bench-'));
  try {
    const options = [
      '--no-report',
      '--trace',
      path.join(temporary, 'trace'),
      ...(awaits ? ['--awaits'] : []),
    ];
    const traced = tool === undefined ? [] : [node, tool, 'run', ...options, '--'];
    const { stdout, stderr, exitCode } = await runProgram(program, folder, node, {
      prefix: [...(cpu ? TIMES : []), ...traced],
    });
    const value = cpu ? childTime(stdout) : Number.parseFloat(stdout);
    if (exitCode !== 0 || !(value > 0)) throw new Error(`${program.id} failed: ${stderr.slice(-1000)}`);
    return value;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** What `--awaits` may cost. */
const AWAITS = 1.3;

async function compare(workload: Workload, node: string, major: number, how: How): Promise<void> {
  const tools = [undefined, CLI, ...(how.against === undefined ? [] : [how.against])];
  const [untraced = Number.NaN, traced = Number.NaN, other] = await withProgram(
    workload.program,
    async (folder) => {
      const times = tools.map((): number[] => []);
      await measure(workload, folder, node, undefined, how);
      for (let i = 0; i < how.rounds; i++)
        for (const [k, tool] of tools.entries())
          times[k]?.push(await measure(workload, folder, node, tool, how));
      return times.map(median);
    },
  );
  const { name, limit } = workload;
  const cost = 'ratio' in limit ? traced / untraced : traced - untraced;
  const usual = 'ratio' in limit ? limit.ratio : limit.difference;
  const most = how.awaits && 'ratio' in limit ? AWAITS : usual;
  const unit = 'ratio' in limit ? '×' : ' ms more';
  const figures = `${untraced.toFixed(1).padStart(9)} ms ${traced.toFixed(1).padStart(9)} ms`;
  const verdict = cost <= most ? '' : '  ABOVE';
  const beside =
    other === undefined
      ? ''
      : `; other build ${other.toFixed(1)} ms, of which ${(traced / other).toFixed(2)}×`;
  console.log(
    `${name.padEnd(10)} node ${major} ${figures} ${cost.toFixed(2).padStart(7)}${unit} (at most ${most}${unit})${verdict}${beside}`,
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      node: { type: 'string', default: '20,24' },
      only: { type: 'string' },
      cpu: { type: 'boolean', default: false },
      awaits: { type: 'boolean', default: false },
      against: { type: 'string' },
    },
  });
  console.log('workload           untraced       traced   cost');
  for (const major of values.node.split(',').map(Number)) {
    const node = await provideNode(major);
    for (const workload of WORKLOADS) {
      const wanted = values.only === undefined || values.only.split(',').includes(workload.name);
      if (wanted)
        await compare(workload, node, major, {
          ...values,
          against: values.against,
          rounds: Number(values.rounds),
        });
    }
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
