import { KIND } from '../../trace/records.ts';
import type { ProcessEntity, ThreadEntity, Wait } from '../state/entities.ts';
import type { World } from '../state/world.ts';
import { components } from './components.ts';
import { EnderRules, type Enders } from './enders.ts';

/** Who waits: a whole thread (`task` 0), or one async task of it that has a token. */
export interface Unit {
  readonly thread: ThreadEntity;
  readonly task: number;
  readonly id: string;
}
/** Units and their enders that cannot go on by themselves. */
export interface Stuck {
  readonly certainty: 'certain' | 'suspected';
  readonly units: ReadonlySet<Unit>;
  /** Sets of units that wait for each other in a circle. */
  readonly cycles: readonly (readonly Unit[])[];
}
export type Certainty = Stuck['certainty'];

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
  private readonly unitsOf = new Map<ThreadEntity, Map<number, Unit>>();
  private readonly rules: EnderRules;
  private readonly enderCache = new Map<Wait, { certain?: Enders; suspected?: Enders }>();

  constructor(world: World, now: number, suspectAfter: number, due: (time: number) => void) {
    this.world = world;
    this.now = now;
    this.suspectAfter = suspectAfter;
    this.due = due;
    this.rules = new EnderRules(world, now, suspectAfter, due, (thread, task) => this.unit(thread, task));
  }

  unit(thread: ThreadEntity, task: number): Unit {
    let units = this.unitsOf.get(thread);
    if (units === undefined) {
      units = new Map();
      this.unitsOf.set(thread, units);
    }
    let unit = units.get(task);
    if (unit === undefined) {
      unit = { thread, task, id: task === 0 ? thread.id : `${thread.id}/${task}` };
      units.set(task, unit);
    }
    return unit;
  }

  /** The waits that must all be unable to end for the unit to be stuck. */
  waits(unit: Unit): readonly Wait[] {
    const { thread } = unit;
    if (thread.syncWait !== null && (unit.task === 0 || taskOf(thread.syncWait) === unit.task))
      return [thread.syncWait];
    const open = [...thread.waits.values()];
    return unit.task === 0 ? open : open.filter((wait) => taskOf(wait) === unit.task);
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

  stuck(certainty: Certainty): Stuck {
    const units = new Set<Unit>();
    for (const unit of this.waitingUnits()) if (this.candidate(unit, certainty)) units.add(unit);
    for (let changed = true; changed; ) {
      changed = false;
      for (const unit of units) {
        if (this.waits(unit).every((wait) => this.held(wait, units, certainty))) continue;
        units.delete(unit);
        changed = true;
      }
    }
    const cycles = components([...units], (unit) => this.next(unit, units, certainty));
    return { certainty, units, cycles };
  }

  /** The members of a stuck set that could end a wait of this one, were they not stuck. */
  next(unit: Unit, units: ReadonlySet<Unit>, certainty: Certainty): Unit[] {
    const next: Unit[] = [];
    for (const wait of this.waits(unit)) {
      for (const ender of this.enders(wait, certainty).units) {
        const member = memberOf(ender, units, this);
        if (member !== null && !next.includes(member)) next.push(member);
      }
    }
    return next;
  }

  private *waitingUnits(): Iterable<Unit> {
    for (const thread of this.world.waiting) {
      if (!thread.alive) continue;
      yield this.unit(thread, 0);
      const tasks = new Set<number>();
      for (const wait of thread.waits.values()) tasks.add(taskOf(wait));
      tasks.delete(0);
      for (const task of tasks) yield this.unit(thread, task);
    }
  }

  /** May the unit be stuck at all, judged by itself? */
  private candidate(unit: Unit, certainty: Certainty): boolean {
    const { thread } = unit;
    const waits = this.waits(unit);
    if (waits.length === 0 || waits.some((wait) => wait.timeoutMs !== null)) return false;
    if (this.isEnding(thread.process)) return false;
    return certainty === 'suspected' ? waits.every((wait) => this.lasted(wait.since)) : this.proven(unit);
  }

  /** Evidence that nothing but its waits can move the unit: no other code, no timer, no handle. */
  private proven({ thread, task }: Unit): boolean {
    if (task !== 0 || thread.syncWait !== null) return true;
    const { quiescent } = thread;
    return quiescent !== null && quiescent.handles === 0 && quiescent.timers === 0;
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

  /** True when nobody outside of `units` can end the wait. */
  private held(wait: Wait, units: ReadonlySet<Unit>, certainty: Certainty): boolean {
    const enders = this.enders(wait, certainty);
    if (enders.open) return false;
    let free = 0;
    const lenient = certainty === 'certain' || LENIENT.has(wait.kind);
    for (const ender of enders.units) {
      const member = memberOf(ender, units, this);
      const stuck = member !== null && (lenient || this.proven(member));
      if (!stuck && ++free >= enders.need) return false;
    }
    if (certainty === 'suspected' && this.lasted(wait.since)) return true;
    return enders.weak.every(
      (ender) => memberOf(ender, units, this) !== null || this.dependent(ender.thread, units, certainty),
    );
  }

  /** The thread waits, without a timeout, for something that only members of the set can end. */
  private dependent(thread: ThreadEntity, units: ReadonlySet<Unit>, certainty: Certainty): boolean {
    for (const wait of thread.waits.values()) {
      if (wait.timeoutMs !== null) continue;
      const { open, units: enders } = this.enders(wait, certainty);
      if (!open && enders.length > 0 && enders.every((ender) => memberOf(ender, units, this) !== null))
        return true;
    }
    return false;
  }
}

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

/** The token under which a wait runs. For results of pools the field holds the number of the pool's task instead. */
export function taskOf(wait: Wait): number {
  return wait.kind === KIND.waitResult ? 0 : wait.task;
}

/** The unit in the set that stands for `unit`: itself, or its whole thread. */
function memberOf(unit: Unit, units: ReadonlySet<Unit>, graph: WaitGraph): Unit | null {
  if (units.has(unit)) return unit;
  if (unit.task === 0) return null;
  const whole = graph.unit(unit.thread, 0);
  return units.has(whole) ? whole : null;
}
