import { KIND } from '../../../trace/format/records.ts';
import { circles, onlyKinds } from '../kit/cycles.ts';
import { type Rule, SUSPECT_AFTER } from '../kit/rule.ts';
import { countWords, resourceWords } from '../kit/words.ts';

/** Every worker of a pool waits, itself or by a manager, for a result of a task that is still queued in the same pool. */
export const poolStarvation: Rule = {
  kind: 'pool-starvation',
  summary: 'Every worker of a pool waits for a task that is queued behind it in the same pool.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  check: circles((context, chain) => {
    // Whoever shares a manager's pool waits for the answer to a call, and in the server a task of that client for the result.
    if (!onlyKinds(chain, KIND.waitResult, KIND.waitCall)) return null;
    const results = chain.links.filter((link) => link.wait.kind === KIND.waitResult);
    const [pool, ...others] = new Set(results.map((link) => link.wait.resource));
    if (pool?.pool == null || others.length > 0) return null;
    const { workerPids } = pool.pool;
    const workers = chain.links.filter(({ unit }) => workerPids.has(unit.thread.process.pid));
    const alive = context.world.processes.all.filter((p) => p.alive && workerPids.has(p.pid)).length;
    const all = workers.length > 1 && workers.length >= alive ? 'All ' : '';
    const one = workers.length === 1;
    const name = resourceWords(context.world, pool);
    return {
      title: `${all}${countWords(workers.length, 'worker')} of ${name} ${one ? 'waits for a task that is queued behind it' : 'wait for tasks that are queued behind them'}`,
      reason: 'Tasks of the pool wait for other tasks of the same pool, and no worker is left to run those.',
      fix: 'Give nested work a pool of its own, run it in the task itself, or submit the next step when the first has ended instead of waiting inside of it.',
    };
  }),
};
