import type { Hold, ResourceEntity, ThreadEntity } from './entities.ts';

/**
 * In which order locks are taken, for `lock-order-inversion`. An edge first → second is noted when a thread (or a task of
 * it) takes `second` while it still holds `first`; edges are kept per pair of locks and set of gates, not per event.
 */
export interface OrderEdge {
  readonly first: ResourceEntity;
  readonly second: ResourceEntity;
  readonly thread: ThreadEntity;
  readonly task: number;
  /** Other locks that were held all along. */
  readonly gates: readonly ResourceEntity[];
  readonly firstHold: Hold;
  readonly secondHold: Hold;
}

/** Edges of one pair of locks that are kept: as many threads and gate sets as make a difference. */
const MOST_PER_PAIR = 8;

export class LockOrder {
  readonly edges = new Map<ResourceEntity, Map<ResourceEntity, OrderEdge[]>>();
  /** Counts new edges, so that the search for inversions runs only then. */
  revision = 0;

  /** Only locks that exclude each other can be taken in a wrong order; an acquisition that gives up by itself can't hang. */
  note(hold: Hold, timed: boolean): void {
    if (timed || hold.thread.holds.length === 0 || !excludes(hold)) return;
    const held = hold.thread.holds.filter(
      (other) => other.task === hold.task && other.resource !== hold.resource && excludes(other),
    );
    for (const firstHold of held) {
      const gates = held.filter((other) => other !== firstHold).map((other) => other.resource);
      this.add({
        first: firstHold.resource,
        second: hold.resource,
        thread: hold.thread,
        task: hold.task,
        gates,
        firstHold,
        secondHold: hold,
      });
    }
  }

  private add(edge: OrderEdge): void {
    let from = this.edges.get(edge.first);
    if (from === undefined) {
      from = new Map();
      this.edges.set(edge.first, from);
    }
    const known = from.get(edge.second);
    if (known === undefined) from.set(edge.second, [edge]);
    else {
      if (known.length >= MOST_PER_PAIR || known.some((k) => same(k, edge))) return;
      known.push(edge);
    }
    this.revision++;
  }
}

function same(a: OrderEdge, b: OrderEdge): boolean {
  return (
    a.thread === b.thread &&
    a.gates.length === b.gates.length &&
    a.gates.every((gate) => b.gates.includes(gate))
  );
}

const EXCLUDING: ReadonlySet<ResourceEntity['kind']> = new Set(['lock', 'rlock', 'webLock', 'lockFile']);

/** Nobody else has the lock at the same time. Of those who share one it is not known whom they would exclude. */
function excludes({ resource, shared }: Hold): boolean {
  if (shared) return false;
  if (resource.kind === 'semaphore' || resource.kind === 'boundedSemaphore') return resource.capacity === 1;
  return EXCLUDING.has(resource.kind);
}
