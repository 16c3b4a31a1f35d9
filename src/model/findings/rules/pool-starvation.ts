import { KIND } from '../../../trace/format/records.ts';
import { circles, linkOf, onlyKinds } from '../kit/cycles.ts';
import { type Rule, SUSPECT_AFTER } from '../kit/rule.ts';
import { countWords, resourceWords } from '../kit/words.ts';

/** Every worker of a pool waits for a result of a task that is still queued in the same pool. */
export const poolStarvation: Rule = {
  kind: 'pool-starvation',
  summary: 'Every worker of a pool waits for a task that is queued behind it in the same pool.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  check: circles((context, chain) => {
    const pools = new Set(chain.links.map((link) => link.wait.resource));
    const [pool] = pools;
    if (!onlyKinds(chain, KIND.waitResult) || pools.size !== 1 || pool == null) return null;
    if (linkOf(chain, KIND.waitResult) === undefined) return null;
    const name = resourceWords(context.world, pool);
    return {
      title: `All ${countWords(chain.links.length, 'worker')} of ${name} wait for tasks that are queued behind them`,
      reason: 'Tasks of the pool wait for other tasks of the same pool, and no worker is left to run those.',
      fix: 'Give nested work a pool of its own, run it in the task itself, or submit the next step when the first has ended instead of waiting inside of it.',
    };
  }),
};
