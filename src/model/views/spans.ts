import type { PoolTask, ResourceEntity, ThreadEntity } from '../state/entities.ts';
import type { PastTask, PastWait } from '../state/spans.ts';
import { awaited, waitName } from '../state/wait-names.ts';
import type { World } from '../state/world.ts';
import type { TaskSpan, WaitSpan } from '../types/index.ts';
import { whole, wholeOrNull } from '../types/whole.ts';
import { makeWait } from './processes.ts';

/** Waits that have ended, as far as they were kept, and those that are open; one that is open ends with its thread. */
export function* waitSpans(world: World): Generator<WaitSpan> {
  for (const past of world.past?.waits() ?? []) {
    const span = pastWait(world, past);
    if (span !== null) yield span;
  }
  for (const thread of world.threads) {
    if (thread.process.id === '') continue;
    for (const wait of thread.waits.values())
      yield { ...makeWait(world, wait), end: wholeOrNull(thread.end) };
  }
}

/** Tasks of pools, likewise. */
export function* taskSpans(world: World): Generator<TaskSpan> {
  const { threads, resources, past } = world;
  for (const { pool, worker, by, ...task } of past?.tasks() ?? []) {
    const at = threads[worker];
    const of = resources[pool];
    if (at !== undefined && of !== undefined) yield taskSpan(world, of, at, threads[by], task);
  }
  for (const resource of resources) {
    for (const task of resource.pool?.open.values() ?? []) {
      const { worker, by } = task;
      if (worker !== null)
        yield taskSpan(world, resource, worker, by ?? undefined, { ...task, end: worker.end });
    }
  }
}

function pastWait({ threads, resources, sites }: World, past: PastWait): WaitSpan | null {
  const thread = threads[past.thread];
  if (thread === undefined || thread.process.id === '') return null;
  return {
    kind: waitName(past.kind),
    process: thread.process.id,
    thread: thread.id,
    task: past.task,
    resource: resources[past.resource]?.key ?? null,
    awaitedProcess: awaited(past.child)?.id || null,
    since: whole(past.since),
    end: whole(past.end),
    sync: past.sync,
    site: sites.view(past.site),
  };
}

function taskSpan(
  { sites }: World,
  pool: ResourceEntity,
  worker: ThreadEntity,
  by: ThreadEntity | undefined,
  {
    n,
    submitted,
    started,
    site,
    end,
  }: Pick<PoolTask, 'n' | 'submitted' | 'started' | 'site'> & {
    readonly end: PastTask['end'] | null;
  },
): TaskSpan {
  return {
    pool: pool.key,
    n,
    submitter: by?.id ?? null,
    submitted: whole(submitted),
    site: sites.view(site),
    worker: worker.id,
    start: whole(started),
    end: wholeOrNull(end),
  };
}
