import type { ResourceEntity } from '../../state/entities.ts';
import type { LockOrder, OrderEdge } from '../../state/lock-order.ts';
import type { World } from '../../state/world.ts';
import type { Finding } from '../../types/index.ts';
import { notedFinding, type Place } from '../kit/noted.ts';
import type { Rule, RuleContext } from '../kit/rule.ts';
import { listWords, resourceWords, threadWords } from '../kit/words.ts';

/** Longest circle of locks that is searched. */
const LONGEST = 4;
/** Most circles that are reported. */
const MOST = 50;

/**
 * Locks taken in a circle of orders by different holders, without a hang so far. An edge a → b counts only if a was still
 * held when b was taken; a lock that all edges hold (a gate) makes it safe; holders that never lived at the same time can't
 * meet.
 */
export const lockOrderInversion: Rule = {
  kind: 'lock-order-inversion',
  summary: 'Two locks are taken in both orders by different holders. It did not hang this time.',
  blocks: 'never',
  outlives: false,
  thresholds: {},
  yieldsTo: ['lock-cycle', 'owner-died', 'worker-died-holding-lock'],
  check(context) {
    const { world, claimed } = context;
    const hanging = new Set<ResourceEntity>();
    for (const wait of claimed) if (wait.resource !== null) hanging.add(wait.resource);
    return circles(world.lockOrder, world)
      .filter((circle) => !circle.every((edge) => hanging.has(edge.first)))
      .map((circle) => finding(context, circle));
  },
};

const cache = new WeakMap<LockOrder, { revision: number; alive: number; circles: OrderEdge[][] }>();

/** Searched again only after a new edge, or after an end (which may show that two never met). */
function circles(order: LockOrder, world: World): OrderEdge[][] {
  const alive = world.processes.all.reduce((count, process) => count + (process.alive ? 1 : 0), 0);
  const cached = cache.get(order);
  if (cached !== undefined && cached.revision === order.revision && cached.alive === alive)
    return cached.circles;
  const found = new Map<string, OrderEdge[]>();
  for (const start of order.edges.keys()) search(order, [], start, start, found);
  const result = [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, circle]) => circle);
  cache.set(order, { revision: order.revision, alive, circles: result });
  return result;
}

/** Depth first; a circle is found once, from its smallest lock. */
function search(
  order: LockOrder,
  path: readonly OrderEdge[],
  at: ResourceEntity,
  start: ResourceEntity,
  found: Map<string, OrderEdge[]>,
): void {
  if (path.length >= LONGEST || found.size >= MOST) return;
  for (const [second, edges] of order.edges.get(at) ?? []) {
    if (second !== start && (second.index < start.index || path.some((edge) => edge.first === second)))
      continue;
    for (const edge of edges) {
      if (!compatible(path, edge)) continue;
      const next = [...path, edge];
      if (second !== start) search(order, next, second, start, found);
      else if (next.length > 1) {
        const key = next.map((e) => e.first.key).join('\0');
        if (!found.has(key)) found.set(key, next);
      }
    }
  }
}

function compatible(path: readonly OrderEdge[], edge: OrderEdge): boolean {
  return path.every((other) => {
    if (other.thread === edge.thread && other.task === edge.task) return false;
    if (other.thread === edge.thread && (other.task === 0 || edge.task === 0)) return false;
    return !other.gates.some((gate) => edge.gates.includes(gate)) && together(other, edge);
  });
}

/** Both lived at the same time for a while, after each had taken its locks or before. */
function together(a: OrderEdge, b: OrderEdge): boolean {
  const endA = a.thread.end ?? Number.POSITIVE_INFINITY;
  const endB = b.thread.end ?? Number.POSITIVE_INFINITY;
  return a.thread.start < endB && b.thread.start < endA;
}

function finding(context: RuleContext, circle: readonly OrderEdge[]): Finding {
  const { world } = context;
  const locks = circle.map((edge) => edge.first);
  const names = locks.map((lock) => resourceWords(world, lock));
  const places = circle.flatMap((edge): Place[] => [
    {
      role: 'acquired',
      thread: edge.thread,
      resource: edge.first,
      site: edge.firstHold.site,
      time: edge.firstHold.since,
    },
    {
      role: 'acquired',
      thread: edge.thread,
      resource: edge.second,
      site: edge.secondHold.site,
      time: edge.secondHold.since,
    },
  ]);
  const orders = circle.map(
    (edge) =>
      `${threadWords(edge.thread, edge.task)} took ${resourceWords(world, edge.first)} and then ${resourceWords(world, edge.second)}`,
  );
  return notedFinding(context, {
    certainty: 'certain',
    blocking: false,
    title: `${listWords(names)} are taken in different orders`,
    time: Math.max(...circle.map((edge) => edge.secondHold.since)),
    processes: circle.map((edge) => edge.thread.process),
    resources: locks,
    places,
    explanation: `${listWords(orders, 6)}, each while still holding the first. It did not hang this time; with another timing each gets its first lock and waits for the other, for ever unless one of them gives up. No common lock keeps them apart.`,
    fix: `Take these locks in one order everywhere, for example ${listWords([...names].sort())}, or put one more lock around both.`,
  });
}
