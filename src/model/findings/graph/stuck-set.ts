import { KIND } from '../../../trace/format/records.ts';
import type { ThreadEntity } from '../../state/entities.ts';
import type { WaitGraph } from './graph.ts';
import type { Certainty, Group } from './groups.ts';
import { isSource, type Need } from './need.ts';
import { inside, type Unit, type Units } from './unit.ts';

/**
 * Waits whose enders may be suspected to be stuck because they have waited for long themselves. Whoever could put, notify,
 * arrive … may do so at any time from other code: a server that is idle between requests looks like that.
 */
const LENIENT: ReadonlySet<number> = new Set([
  KIND.waitAcquire,
  KIND.waitJoin,
  KIND.waitChild,
  KIND.waitSyncSpawn,
  KIND.waitSend,
  KIND.waitFlush,
]);

/** Members of a group that are not stuck, in one state of the set. */
interface Free {
  readonly revision: number;
  readonly lenient: number;
  readonly strict: number;
  readonly weak: readonly ThreadEntity[];
}

/** A set of units that shrinks to its largest part that nobody outside can free. */
export class StuckSet {
  readonly units = new Set<Unit>();
  private readonly graph: WaitGraph;
  private readonly certainty: Certainty;
  private readonly all: Units;
  private readonly free = new Map<Group, Free>();
  private revision = 0;

  constructor(graph: WaitGraph, certainty: Certainty, all: Units) {
    this.graph = graph;
    this.certainty = certainty;
    this.all = all;
  }

  add(unit: Unit): void {
    this.units.add(unit);
  }

  shrink(): void {
    for (let changed = true; changed; ) {
      const leaving = [...this.units].filter(
        (unit) => !this.graph.needs(unit, this.certainty).every((need) => this.held(need)),
      );
      for (const unit of leaving) this.units.delete(unit);
      changed = leaving.length > 0;
      this.revision++;
    }
  }

  /** True when nobody outside of the set can end the wait, or make the source fire. */
  private held(what: Need): boolean {
    const { graph, certainty } = this;
    const { open, units, group, need, weak } = graph.enders(what, certainty);
    if (open) return false;
    const lenient = certainty === 'certain' || (!isSource(what) && LENIENT.has(what.kind));
    let free = 0;
    for (const unit of units) if (this.isFree(unit, lenient)) free++;
    if (group !== null) free += this.freeIn(group, lenient, what.thread);
    if (free >= need) return false;
    if (weak === null) return true;
    if (certainty === 'suspected' && !isSource(what) && graph.lasted(what.since)) return true;
    return this.counts(weak).weak.every((thread) => thread === what.thread);
  }

  private isFree(unit: Unit, lenient: boolean): boolean {
    const member = inside(unit, this.units, this.all);
    return member === null || !(lenient || this.graph.proven(member));
  }

  private freeIn(group: Group, lenient: boolean, except: ThreadEntity): number {
    const counts = this.counts(group);
    const own = this.all.get(except, 0);
    const ownCounts = group.members.has(own) && this.isFree(own, lenient) ? 1 : 0;
    return (lenient ? counts.lenient : counts.strict) - ownCounts;
  }

  private counts(group: Group): Free {
    const known = this.free.get(group);
    if (known !== undefined && known.revision === this.revision) return known;
    const unstuck = group.units.filter((unit) => this.isFree(unit, true));
    const counts = {
      revision: this.revision,
      lenient: unstuck.length,
      strict: group.units.filter((unit) => this.isFree(unit, false)).length,
      weak: unstuck.filter((unit) => !this.dependent(unit.thread)).map((unit) => unit.thread),
    };
    this.free.set(group, counts);
    return counts;
  }

  /** The thread waits, without a timeout, for something that only members of the set can end. */
  private dependent(thread: ThreadEntity): boolean {
    for (const wait of thread.waits.values()) {
      if (wait.timeoutMs !== null) continue;
      const { open, units, group } = this.graph.enders(wait, this.certainty);
      if (open || this.graph.countEnders(wait, this.certainty) === 0) continue;
      const others = group?.units.filter((unit) => unit.thread !== thread) ?? [];
      if ([...units, ...others].every((unit) => inside(unit, this.units, this.all) !== null)) return true;
    }
    return false;
  }
}
