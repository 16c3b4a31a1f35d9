import type { ProcessEntity, ThreadEntity, Wait } from '../../state/entities.ts';
import type { World } from '../../state/world.ts';
import { components } from './components.ts';
import { EnderRules } from './enders.ts';
import { type Certainty, type Enders, Group } from './groups.ts';
import { StuckSet } from './stuck-set.ts';
import { inside, type Unit, Units } from './unit.ts';

/** Units that cannot go on by themselves. */
export interface Stuck {
  readonly certainty: Certainty;
  readonly units: ReadonlySet<Unit>;
  /** Sets of units that wait for each other in a circle. */
  readonly cycles: readonly (readonly Unit[])[];
}

/**
 * The wait-for graph of one moment. Nodes are units; a unit points to whoever could end one of its waits. A set of units is
 * stuck when nobody outside of it (and nothing unknown) can end a wait of any member: the largest such set is what remains
 * after taking away, again and again, every unit that somebody could still free.
 */
export class WaitGraph {
  readonly world: World;
  readonly now: number;
  private readonly suspectAfter: number;
  private readonly due: (time: number) => void;
  private readonly units = new Units();
  private readonly rules: EnderRules;
  private readonly enderCache = new Map<Wait, { certain?: Enders; suspected?: Enders }>();
  private readonly waitCache = new Map<Unit, readonly Wait[]>();

  constructor(world: World, now: number, suspectAfter: number, due: (time: number) => void) {
    this.world = world;
    this.now = now;
    this.suspectAfter = suspectAfter;
    this.due = due;
    this.rules = new EnderRules(world, now, suspectAfter, due, this.units);
  }

  unit(thread: ThreadEntity, task: number): Unit {
    return this.units.get(thread, task);
  }

  /** The waits that must all be unable to end for the unit to be stuck. */
  waits(unit: Unit): readonly Wait[] {
    let waits = this.waitCache.get(unit);
    if (waits === undefined) {
      const { syncWait, waits: open } = unit.thread;
      const own = (wait: Wait): boolean => unit.task === 0 || wait.task === unit.task;
      waits = syncWait !== null && own(syncWait) ? [syncWait] : [...open.values()].filter(own);
      this.waitCache.set(unit, waits);
    }
    return waits;
  }

  enders(wait: Wait, certainty: Certainty): Enders {
    let cached = this.enderCache.get(wait);
    if (cached === undefined) {
      cached = {};
      this.enderCache.set(wait, cached);
    }
    cached[certainty] ??= this.rules.of(wait, certainty);
    return cached[certainty];
  }

  /** Everybody alive who could end the wait, those of `first` before the others, at most `limit`. */
  endersOf(wait: Wait, certainty: Certainty, first: ReadonlySet<Unit>, limit: number): Unit[] {
    const { units, group } = this.enders(wait, certainty);
    const found = new Set(units.filter((unit) => inside(unit, first, this.units)));
    const others = (group?.units ?? []).filter((unit) => unit.thread !== wait.thread);
    for (const unit of others) if (found.size < limit && first.has(unit)) found.add(unit);
    for (const unit of [...units, ...others]) if (found.size < limit) found.add(unit);
    return [...found];
  }

  /** How many alive could end the wait. */
  countEnders(wait: Wait, certainty: Certainty): number {
    const { units, group } = this.enders(wait, certainty);
    const own = group?.members.has(this.units.get(wait.thread, 0)) ? 1 : 0;
    return units.length + (group?.units.length ?? 0) - own;
  }

  /** Some of `among` could end the wait. */
  touches(wait: Wait, certainty: Certainty, among: ReadonlySet<Unit>): boolean {
    const { units, group } = this.enders(wait, certainty);
    if (units.some((unit) => inside(unit, among, this.units))) return true;
    if (group === null) return false;
    for (const unit of among) if (unit.thread !== wait.thread && group.members.has(unit)) return true;
    return false;
  }

  stuck(certainty: Certainty): Stuck {
    const set = new StuckSet(this, certainty, this.units);
    for (const unit of this.waitingUnits()) if (this.candidate(unit, certainty)) set.add(unit);
    set.shrink();
    return { certainty, units: set.units, cycles: this.cycles(set, certainty) };
  }

  private cycles(set: StuckSet, certainty: Certainty): Unit[][] {
    const next = (node: Unit | Group): (Unit | Group)[] => {
      if (node instanceof Group) return node.units.filter((unit) => set.units.has(unit));
      const nodes = new Set<Unit | Group>();
      for (const wait of this.waits(node)) {
        const { units, group } = this.enders(wait, certainty);
        for (const unit of units) {
          const member = inside(unit, set.units, this.units);
          if (member !== null) nodes.add(member);
        }
        if (group !== null) nodes.add(group);
      }
      return [...nodes];
    };
    const nodes = new Set<Unit | Group>(set.units);
    for (const unit of set.units) for (const node of next(unit)) nodes.add(node);
    return components([...nodes], next).flatMap((members) => {
      const units = members.filter((node): node is Unit => !(node instanceof Group));
      const [only] = units;
      // A waiter is a member of its own group, which makes no circle.
      if (only === undefined || (units.length === 1 && !next(only).includes(only))) return [];
      return [units];
    });
  }

  private *waitingUnits(): Iterable<Unit> {
    for (const thread of this.world.waiting) {
      if (!thread.alive) continue;
      yield this.unit(thread, 0);
      const tasks = new Set<number>();
      for (const wait of thread.waits.values()) tasks.add(wait.task);
      tasks.delete(0);
      for (const task of tasks) yield this.unit(thread, task);
    }
  }

  /** May the unit be stuck at all, judged by itself? */
  private candidate(unit: Unit, certainty: Certainty): boolean {
    const waits = this.waits(unit);
    if (waits.length === 0 || waits.some((wait) => wait.timeoutMs !== null)) return false;
    if (this.isEnding(unit.thread.process)) return false;
    return certainty === 'suspected' ? waits.every((wait) => this.lasted(wait.since)) : this.proven(unit);
  }

  /** Evidence that nothing but its waits can move the unit: no other code, no timer, no handle. */
  proven(unit: Unit): boolean {
    const { thread, task } = unit;
    if (thread.syncWait !== null) return true;
    const { quiescent } = thread;
    // A token says who waits; a timer of a resting thread may still be what the task races against.
    const timed = quiescent !== null && quiescent.timers > 0;
    if (task !== 0 && !timed && !this.waits(unit).some((wait) => wait.cancellable)) return true;
    return thread.isAtRest;
  }

  /** A process that was sent a signal a moment ago, or whose parent has just ended, may be about to end. */
  private isEnding(process: ProcessEntity): boolean {
    const parentEnd = process.parent?.end ?? null;
    if (parentEnd !== null && !this.lasted(parentEnd)) return true;
    return process.signalledAt !== null && !this.lasted(process.signalledAt);
  }

  lasted(since: number): boolean {
    const at = since + this.suspectAfter;
    if (this.now >= at) return true;
    this.due(at);
    return false;
  }
}
