import { KIND } from '../../../trace/format/records.ts';
import type { PoolTask, ProcessEntity, ResourceEntity, Wait } from '../../state/entities.ts';
import type { Finding } from '../../types/index.ts';
import { notedFinding, type Place, waitPlace } from '../kit/noted.ts';
import type { Rule, RuleContext } from '../kit/rule.ts';
import { resourceWords } from '../kit/words.ts';

/** A worker ended in the middle of a task: blocking while the task's result is still awaited. */
export const poolWorkerKilled: Rule = {
  kind: 'pool-worker-killed',
  summary: 'A worker of a pool ended in the middle of a task.',
  blocks: 'sometimes',
  outlives: true,
  thresholds: {},
  yieldsTo: ['pool-starvation'],
  check(context) {
    const findings: Finding[] = [];
    for (const resource of context.world.resources) {
      if (resource.pool === null) continue;
      for (const task of resource.pool.open.values()) {
        const worker = task.worker;
        if (worker === null || worker.alive || context.world.endedWithProgram(worker.process)) continue;
        // A pool that is terminated kills its workers on purpose.
        if (resource.pool.closedAt !== null && !awaitedBy(resource, task)) continue;
        findings.push(killed(context, resource, task, worker.process));
      }
    }
    return findings;
  },
};

function killed(
  context: RuleContext,
  resource: ResourceEntity,
  task: PoolTask,
  worker: ProcessEntity,
): Finding {
  const { world, claimed, graph, certain } = context;
  const wait = awaitedBy(resource, task);
  if (wait !== undefined) claimed.add(wait);
  const waiter = wait === undefined ? null : graph.unit(wait.thread, 0);
  const stuck = waiter !== null && certain.units.has(waiter);
  const { exit } = worker;
  const how =
    exit?.signal != null
      ? `was killed by ${exit.signal}`
      : `exited${exit?.code == null ? '' : ` with code ${exit.code}`}`;
  const pool = resourceWords(world, resource);
  return notedFinding(context, {
    // That it was killed is certain; that nothing ends the wait for its result must be proven.
    certainty: 'certain',
    blocking: stuck,
    ...(stuck && { stuck: [waiter] }),
    title: `${worker.name} of ${pool} ${how} in the middle of task ${task.n}`,
    time: worker.end ?? context.now,
    processes: [worker, ...(wait === undefined ? [] : [wait.thread.process])],
    resources: [resource],
    places: [...submitPlaces(resource, task), ...(wait === undefined ? [] : [waitPlace(wait)])],
    key: String(task.n),
    explanation: `The task was begun and never ended.${wait === undefined ? '' : ' Its result is still awaited, and no worker will give it.'}`,
    fix: 'Find out what killed the worker (memory, a native crash, process.exit in the task), and handle the rejection of the task.',
  });
}

function submitPlaces(resource: ResourceEntity, task: PoolTask): Place[] {
  if (task.by === null) return [];
  return [{ role: 'sent', thread: task.by, resource, site: task.site, time: task.submitted }];
}

function awaitedBy(resource: ResourceEntity, task: PoolTask): Wait | undefined {
  for (const wait of resource.waiters) {
    if (
      wait.thread.alive &&
      wait.kind === KIND.waitResult &&
      (wait.subject === task.n || wait.subject === task.first)
    )
      return wait;
  }
  return undefined;
}
