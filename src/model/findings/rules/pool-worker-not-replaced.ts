import { KIND } from '../../../trace/format/records.ts';
import type { ProcessEntity } from '../../state/entities.ts';
import type { Finding } from '../../types/index.ts';
import { notedFinding, waitPlace } from '../kit/noted.ts';
import { type Rule, SUSPECT_AFTER } from '../kit/rule.ts';
import { countWords, resourceWords } from '../kit/words.ts';

/** Tasks are queued, no worker is alive, and none was started for a while. */
export const poolWorkerNotReplaced: Rule = {
  kind: 'pool-worker-not-replaced',
  summary: 'Tasks are queued, results awaited, and no worker is alive or was started for a while.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['pool-worker-killed'],
  check(context) {
    const { world, graph, claimed } = context;
    const findings: Finding[] = [];
    for (const resource of world.resources) {
      const { pool } = resource;
      if (pool === null || pool.workerPids.size === 0) continue;
      const queued = [...pool.open.values()].filter((task) => task.worker === null);
      const waits = [...resource.waiters].filter(
        (wait) => wait.thread.alive && wait.kind === KIND.waitResult,
      );
      if (queued.length === 0 || waits.length === 0) continue;
      const workers = [...pool.workerPids].flatMap((pid) => world.processes.at(pid, context.now) ?? []);
      const ends = [...pool.workerPids].map((pid) => lastEnd(world.processes.all, pid));
      if (workers.some((worker) => worker.alive) || ends.some((end) => end === null)) continue;
      const last = Math.max(...ends.map((end) => end ?? 0), ...queued.map((task) => task.submitted));
      if (!graph.lasted(last)) continue;
      for (const wait of waits) claimed.add(wait);
      const name = resourceWords(world, resource);
      findings.push(
        notedFinding(context, {
          certainty: 'suspected',
          blocking: true,
          title: `${name} has ${countWords(queued.length, 'task')} queued and no worker`,
          time: last,
          processes: waits.map((wait) => wait.thread.process),
          resources: [resource],
          places: waits.map(waitPlace),
          explanation: `All workers of ${name} have exited, and no new one was started since.`,
          fix: 'Look at why the workers exit (they may have reached the limit of respawns), and make a new pool after a broken one.',
        }),
      );
    }
    return findings;
  },
};

/** The end of the last process with a pid, `null`: alive or never seen. */
function lastEnd(processes: readonly ProcessEntity[], pid: number): number | null {
  let last: ProcessEntity | null = null;
  for (const process of processes) if (process.pid === pid) last = process;
  return last?.end ?? null;
}
