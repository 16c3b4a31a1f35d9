/**
 * Runs real programs without and with Forkscope (`npm run test:programs`).
 *
 *   --only ID[,ID…]   these programs
 *   --node 20[,24]    these Node versions
 *   --json FOLDER     keep the JSON reports
 *   --count [--times N]  do not trace: take the counts by the independent preload, N runs each, and by strace where
 *                     there is one; this is how the expected counts were found
 *
 * FORKSCOPE_TEST_CACHE names the folder that keeps the programs between runs (default: in the user's cache folder).
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { provideNode } from '../../scripts/nodes.mjs';
import { endWith } from '../end.ts';
import { tabulate } from './count-table.ts';
import { PROGRAMS } from './data/index.ts';
import { withProgram } from './install.ts';
import { judge, type Verdict } from './judge.ts';
import { COUNTS, type NodeMajor, type Program } from './types.ts';

const MAJORS: readonly NodeMajor[] = [20, 24];

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      node: { type: 'string' },
      json: { type: 'string' },
      count: { type: 'boolean' },
      times: { type: 'string', default: '3' },
    },
  });
  const programs = chosen(values.only);
  const majors = MAJORS.filter((major) => values.node?.split(',').includes(String(major)) ?? true);
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  if (!values.count && !existsSync(fileURLToPath(new URL('../../dist/cli.js', import.meta.url)))) {
    throw new Error('dist/cli.js is missing: run `npm run build` first');
  }
  for (const major of majors) {
    const node = await provideNode(major);
    for (const program of programs) {
      if (values.count) await tabulate(program, node, major, Number(values.times));
      else await tell(program, node, major, tally, values.json);
    }
  }
  if (values.count) return 0;
  console.log(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
  return tally.failed > 0 || (tally.skipped > 0 && process.env['CI']) ? 1 : 0;
}

function chosen(only: string | undefined): readonly Program[] {
  if (only === undefined) return PROGRAMS;
  const ids = only.split(',');
  const unknown = ids.filter((id) => !PROGRAMS.some((program) => program.id === id));
  if (unknown.length > 0) {
    throw new Error(
      `no such program: ${unknown.join(', ')} (there are: ${PROGRAMS.map((p) => p.id).join(', ')})`,
    );
  }
  return PROGRAMS.filter(({ id }) => ids.includes(id));
}

async function tell(
  program: Program,
  node: string,
  major: NodeMajor,
  tally: Tally,
  keep?: string,
): Promise<void> {
  const head = `${program.id.padEnd(24)} node ${major}`;
  const reason = skipReason(program, major);
  if (reason !== null) {
    tally.skipped++;
    console.log(`SKIP ${head}  ${reason}`);
    return;
  }
  if (await passes(head, program, node, major, keep)) tally.passed++;
  else tally.failed++;
}

/** Judges one program on one Node and prints the verdict; true: it has passed. */
async function passes(
  head: string,
  program: Program,
  node: string,
  major: NodeMajor,
  keep: string | undefined,
): Promise<boolean> {
  try {
    const verdict = await withProgram(program, (folder) => judge(program, folder, node, major));
    if (keep !== undefined) writeReport(keep, program, major, verdict);
    const failed = verdict.failures.length > 0;
    console.log(`${failed ? 'FAIL' : 'ok  '} ${head}  ${summary(verdict)}`);
    for (const failure of verdict.failures) console.log(`     ${failure}`);
    return !failed;
  } catch (error) {
    console.log(`FAIL ${head}  ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

function skipReason({ nodes, posix }: Program, major: NodeMajor): string | null {
  if (nodes !== undefined && !nodes.includes(major)) return `runs only on Node ${nodes.join(', ')}`;
  if (posix && process.platform === 'win32') return 'needs POSIX shells and signals';
  return null;
}

function summary({ untracedSeconds, tracedSeconds, counts }: Verdict): string {
  const seen = COUNTS.filter((name) => counts !== null && counts[name] > 0 && !name.endsWith('Received'));
  const numbers = seen.map((name) => `${name} ${counts?.[name]}`).join(', ');
  return `${untracedSeconds.toFixed(1)} s, traced ${tracedSeconds.toFixed(1)} s; ${numbers}`;
}

function writeReport(folder: string, { id }: Program, major: NodeMajor, { report }: Verdict): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${id}.${major}.json`), `${JSON.stringify(report, null, 1)}\n`);
}

void endWith(main);
