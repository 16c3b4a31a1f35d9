import { countByPreload, countByStrace, hasStrace } from './count.ts';
import { withProgram } from './install.ts';
import { expectationOf, fits, inWords } from './judge.ts';
import { COUNTS, type Counts, type NodeMajor, type Program } from './types.ts';

const BY_STRACE = ['nodeExecs', 'shells', 'natives'] as const;

/** Prints the least and the most of each count over several runs, and marks those outside of what the suite expects. */
export async function tabulate(
  program: Program,
  node: string,
  major: NodeMajor,
  times: number,
): Promise<void> {
  if (program.nodes !== undefined && !program.nodes.includes(major)) return;
  await withProgram(program, async (folder) => {
    const runs: Counts[] = [];
    for (let i = 0; i < times; i++) runs.push(await countByPreload(program, folder, node));
    const strace = hasStrace() ? await countByStrace(program, folder, node) : null;
    const expectation = expectationOf(program, major);
    const cells = COUNTS.flatMap((name) => {
      const seen = isStrace(name) ? (strace ? [strace[name]] : []) : runs.map((run) => run[name]);
      const expected = expectation[name] ?? 0;
      if (seen.length === 0 || (expected === 0 && seen.every((count) => count === 0))) return [];
      const wrong = seen.some((count) => !fits(count, expected));
      return [`${name} ${range(seen)}${wrong ? ` (EXPECTED ${inWords(expected)})` : ''}`];
    });
    console.log(
      `${program.id.padEnd(24)} node ${major}  ${cells.join(', ')}${strace?.names ? ` [${strace.names}]` : ''}`,
    );
  });
}

function isStrace(name: string): name is (typeof BY_STRACE)[number] {
  return (BY_STRACE as readonly string[]).includes(name);
}

function range(seen: readonly number[]): string {
  const [least, most] = [Math.min(...seen), Math.max(...seen)];
  return least === most ? `${least}` : `${least}..${most}`;
}
