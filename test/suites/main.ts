/**
 * Runs test suites of npm packages without and with Forkscope (`npm run test:suites`).
 *
 *   --only PACKAGE[,PACKAGE…]  these suites, those included that are not run otherwise (`FURTHER_SUITES`)
 *   --node 20[,24]             these Node versions (default: the one that runs this)
 *   --keep FOLDER              keep traces, reports and outputs
 */
import { parseArgs } from 'node:util';
import { provideNode } from '../../scripts/nodes.mjs';
import { endWith } from '../end.ts';
import { FURTHER_SUITES, SUITES } from './data.ts';
import { judge, type Verdict } from './judge.ts';
import type { Suite } from './types.ts';

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, node: { type: 'string' }, keep: { type: 'string' } },
  });
  const only = values.only?.split(',');
  const suites = only === undefined ? SUITES : [...SUITES, ...FURTHER_SUITES];
  const unknown = only?.filter((name) => !suites.some((suite) => suite.package === name)) ?? [];
  if (unknown.length > 0) throw new Error(`no such suite: ${unknown.join(', ')}`);
  const majors = values.node?.split(',') ?? [process.versions.node.split('.')[0]];
  let [passed, failed] = [0, 0];
  for (const major of majors) {
    const node = await provideNode(Number(major));
    for (const suite of suites.filter((one) => only?.includes(one.package) ?? true)) {
      if (await passes(suite, node, `node ${major}`, values.keep)) passed++;
      else failed++;
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

async function passes(suite: Suite, node: string, on: string, keep: string | undefined): Promise<boolean> {
  const head = `${suite.package.padEnd(22)} ${on}`;
  try {
    const verdict = await judge(suite, node, keep);
    console.log(`${verdict.failures.length > 0 ? 'FAIL' : 'ok  '} ${head}  ${summary(verdict)}`);
    for (const failure of verdict.failures) console.log(`     ${failure}`);
    return verdict.failures.length === 0;
  } catch (error) {
    console.log(`FAIL ${head}  ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

function summary({ untraced, traced, report }: Verdict): string {
  const threads = report.processes.flatMap((process) => process.threads);
  return (
    `exit ${untraced.exitCode}, traced ${traced.exitCode}; ${untraced.seconds.toFixed(1)} s, traced ` +
    `${traced.seconds.toFixed(1)} s; ${report.processes.length} processes, ${threads.length} threads, ` +
    `findings ${report.findings.length}`
  );
}

void endWith(main);
