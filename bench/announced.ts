/**
 * How long it takes from a hang to a *certain* finding on stderr, over the programs of test/cases that hang for certain: the
 * median of those whose every wait is synchronous (0.5 s), and of the others (1 s). It exits with 1 where a median is above that.
 *
 *   node --import tsx bench/announced.ts [--node 20] [--rounds 1] [ID…]
 *
 * One program at a time; a machine that others use tells of the others.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { provideNode } from '../scripts/nodes.mjs';
import { announcedAfter } from '../test/cases/judge.ts';
import { CASES, place } from '../test/cases/place.ts';
import { runCase } from '../test/cases/run.ts';
import type { Case } from '../test/cases/types.ts';

/** How long a hang is left standing, s: whatever comes later is no answer to the question. */
const STANDS = 5;
const LIMITS = { synchronous: 0.5, others: 1 } as const;
type Class = keyof typeof LIMITS;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { node: { type: 'string', default: '20' }, rounds: { type: 'string', default: '1' } },
  });
  const major = Number(values.node);
  const node = await provideNode(major);
  const seconds: Record<Class, number[]> = { synchronous: [], others: [] };
  for (const entry of hangs(major, positionals))
    for (let round = 0; round < Number(values.rounds); round++) {
      const measured = await measure(entry, node);
      if (measured !== null) seconds[measured.of].push(measured.seconds);
    }
  for (const of of ['synchronous', 'others'] as const) {
    const median = medianOf(seconds[of]);
    console.log(`${of}: median ${median.toFixed(2)} s of ${seconds[of].length} (at most ${LIMITS[of]} s)`);
    if (median > LIMITS[of]) process.exitCode = 1;
  }
}

/** Programs that say when their hang is complete, and of which it is fair to expect a proof. */
function hangs(major: number, ids: readonly string[]): Case[] {
  const all = JSON.parse(readFileSync(path.join(CASES, 'manifest.json'), 'utf8')) as Case[];
  return all.filter(
    ({ id, kind, mark, nodes, expect, packages }) =>
      (ids.length === 0 || ids.some((begin) => id.startsWith(begin))) &&
      kind === 'hang' &&
      mark !== null &&
      expect.certainty === 'certain' &&
      packages === undefined &&
      nodes.includes(major),
  );
}

async function measure(entry: Case, node: string): Promise<{ of: Class; seconds: number } | null> {
  const where = await place(entry);
  try {
    const short = { ...entry, seconds: STANDS };
    const outcome = await runCase(short, where, { node, extra: [], service: '' });
    const told = announcedAfter(short, outcome);
    if (told === null) {
      console.log(`${entry.id.padEnd(32)} not called certain in ${STANDS} s`);
      return null;
    }
    const proof = outcome.findings?.find(({ kind }) => kind === told.kind)?.proof;
    const of = proof?.members.every(({ stands }) => stands === 'sync') ? 'synchronous' : 'others';
    console.log(`${entry.id.padEnd(32)} ${told.seconds.toFixed(2)} s  ${of}  ${told.kind}`);
    return { of, seconds: told.seconds };
  } finally {
    where.remove();
  }
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

void main();
