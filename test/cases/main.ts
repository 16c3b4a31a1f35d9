/**
 * Runs programs that hang and programs that only look so under Forkscope (`npm run test:cases`), and holds what is found
 * against what is expected of each (test/fixtures/cases/manifest.json).
 *
 *   [ID…]             these programs, or all whose id begins so
 *   --node 20[,24]    these Node versions
 *   --kind KIND       hang, hazard, crash or fine
 *   --jobs N          so many at a time (default 3: they mostly idle)
 *   --both            fine programs also without --on-deadlock kill
 *   --stress KIND     busy: beside processes that take every processor; coverage: with NODE_V8_COVERAGE; debugger: one is
 *                     attached to every process and holds the second one for some seconds. Fine programs must stay fine
 *   --keep FOLDER     logs and JSON reports of each run
 *
 * It passes when no fine program is accused, nothing that was announced is lost, and every other program is judged as its
 * entry of KNOWN says, or passes.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { which } from '../../scripts/lib/exec.mjs';
import { root } from '../../scripts/lib/parts.mjs';
import { provideNode } from '../../scripts/nodes.mjs';
import { takeProcessors } from '../busy.ts';
import { endWith } from '../end.ts';
import { startService } from './answers.ts';
import { judge } from './judge.ts';
import { KNOWN } from './known.ts';
import { CASES, place } from './place.ts';
import { runCase } from './run.ts';
import { canBear, STRESSES, type Stress } from './stress.ts';
import type { Case, Judgement, Outcome, Verdict } from './types.ts';

const MAJORS = [20, 24];
/** Lines of output that are shown of a program that failed. */
const SHOWN = 8;
const WORST: readonly Verdict[] = ['ERROR', 'FALSE', 'LOST', 'MISS', 'LATE', 'WEAK', 'FACTS', 'PASS'];

interface Options {
  readonly both: boolean;
  readonly keep: string | undefined;
  readonly service: string;
  readonly stress: Stress | undefined;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      node: { type: 'string' },
      kind: { type: 'string' },
      jobs: { type: 'string', default: '3' },
      both: { type: 'boolean', default: false },
      keep: { type: 'string' },
      stress: { type: 'string' },
    },
  });
  if (!existsSync(path.join(root, 'dist/cli.js')))
    throw new Error('dist/cli.js is missing: run `npm run build` first');
  if (process.platform !== 'linux' || which('script') === undefined)
    throw new Error('the cases need Linux and the command "script" (package bsdutils or util-linux)');
  const cases = chosen(positionals, values.kind);
  const stress = STRESSES.find((kind) => kind === values.stress);
  if (values.stress !== undefined && stress === undefined)
    throw new Error(`--stress takes ${STRESSES.join(', ')}; not ${values.stress}`);
  const service = await startService();
  const others = stress === 'busy' ? await takeProcessors() : undefined;
  const counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    for (const major of MAJORS.filter((m) => values.node?.split(',').includes(String(m)) ?? true)) {
      const node = await provideNode(major);
      const own = cases.filter(({ nodes }) => nodes.includes(major));
      const waiting = own.filter((entry) => canBear(entry, stress));
      counts.skipped += own.length - waiting.length;
      const worker = async () => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const passed = await tell(next, node, major, {
            ...values,
            keep: values.keep,
            service: service.url,
            stress,
          });
          counts[passed ? 'passed' : 'failed']++;
        }
      };
      await Promise.all(Array.from({ length: Math.max(1, Number(values.jobs)) }, worker));
    }
  } finally {
    service.close();
    await others?.release();
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed > 0 ? 1 : 0;
}

function chosen(ids: readonly string[], kind: string | undefined): Case[] {
  const all = JSON.parse(readFileSync(path.join(CASES, 'manifest.json'), 'utf8')) as Case[];
  const unknown = ids.filter((id) => !all.some((entry) => entry.id.startsWith(id)));
  if (unknown.length > 0) throw new Error(`no such case: ${unknown.join(', ')}`);
  return all.filter(
    (entry) =>
      (kind === undefined || entry.kind === kind) &&
      (ids.length === 0 || ids.some((id) => entry.id.startsWith(id))),
  );
}

/** Runs and judges one program and prints a line; true: as expected. */
async function tell(entry: Case, node: string, major: number, options: Options): Promise<boolean> {
  const { verdict, kinds, notes, said = [] } = await judgeCase(entry, node, major, options);
  const lost = notes.some((note) => /^(lost|weakened):/.test(note));
  const expected = [KNOWN[entry.id]?.verdict ?? 'PASS', 'PASS', 'FACTS'];
  const passed = expected.includes(verdict) && (!lost || entry.id in KNOWN);
  const head = `${passed ? 'ok  ' : 'FAIL'} ${entry.id.padEnd(30)} node ${major} ${verdict.padEnd(5)}`;
  console.log(`${head} ${kinds.join(', ') || '-'}  ${notes.join('; ')}`);
  if (!passed) for (const { from, text } of said) console.log(`       ${from}: ${text}`);
  return passed;
}

/** The worst of its runs: a fine program with `both` has two. */
async function judgeCase(entry: Case, node: string, major: number, options: Options): Promise<Judgement> {
  try {
    const kill = ['--on-deadlock', 'kill'];
    const ways = entry.kind !== 'fine' ? [[]] : options.both ? [kill, []] : [kill];
    const judgements: Judgement[] = [];
    for (const extra of ways) judgements.push(await runOnce(entry, node, major, extra, options));
    judgements.sort((a, b) => WORST.indexOf(a.verdict) - WORST.indexOf(b.verdict));
    return judgements[0] as Judgement;
  } catch (error) {
    return { verdict: 'ERROR', kinds: [], notes: [String(error)] };
  }
}

async function runOnce(
  entry: Case,
  node: string,
  major: number,
  extra: readonly string[],
  { keep, service, stress }: Options,
): Promise<Judgement> {
  const where = await place(entry);
  try {
    const outcome = await runCase(entry, where, { node, extra, service, stress });
    if (keep !== undefined) store(path.join(keep, `${entry.id}.${major}`), outcome);
    return { ...judge(entry, outcome), said: outcome.lines.slice(-SHOWN) };
  } finally {
    where.remove();
  }
}

function store(file: string, { lines, findings }: Outcome): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const text = lines.map(({ time, from, text: line }) => `${time.toFixed(2).padStart(7)} ${from} ${line}\n`);
  writeFileSync(`${file}.log`, text.join(''));
  writeFileSync(`${file}.json`, `${JSON.stringify(findings, null, 1)}\n`);
}

void endWith(main);
