import type { ProcessEntity, ThreadEntity, Wait } from '../../state/entities.ts';
import type { SourceEntity } from '../../state/sources.ts';
import type { World } from '../../state/world.ts';
import { components } from './components.ts';
import { type Certainty, type Enders, Group } from './groups.ts';
import { Known } from './known.ts';
import { isServing } from './managers.ts';
import { isSource, type Need, sourcesOf, tellsAll, waitsOf } from './need.ts';
import { SourceEnders } from './source-enders.ts';
import { StuckSet } from './stuck-set.ts';
import { inside, type Unit, Units } from './unit.ts';
import { WaitEnders } from './wait-enders.ts';

/** Units that cannot go on by themselves. */
export interface Stuck {
  readonly certainty: Certainty;
  readonly units: ReadonlySet<Unit>;
  /** Sets of units that wait for each other in a circle, by waits of the runtime and of Node that are recorded as such. */
  readonly cycles: readonly (readonly Unit[])[];
  /** Others, by whatever could make them go on: those who rest without such a wait are members too. */
  readonly wideCycles: readonly (readonly Unit[])[];
}

/**
 * The wait-for graph of one moment. Nodes are units; a unit points to whoever could end one of its waits, or make one of its
 * sources fire. A set of units is stuck when nobody outside of it (and nothing unknown) can do either for any member: the
 * largest such set is what remains after taking away, again and again, every unit that somebody could still free.
 */
export class WaitGraph {
  readonly world: World;
  readonly now: number;
  private readonly known: Known;
  private readonly units = new Units();
  private certain: ReadonlySet<Unit> | null = null;
  private readonly waitEnders: WaitEnders;
  private readonly sourceEnders: SourceEnders;
  private readonly enderCache = new Map<Need, { certain?: Enders; suspected?: Enders }>();
  private readonly waitCache = new Map<Unit, readonly Wait[]>();
  private readonly sourceCache = new Map<ThreadEntity, readonly SourceEntity[]>();

  constructor(world: World, now: number, suspectAfter: number, due: (time: number) => void) {
    this.world = world;
    this.now = now;
    this.known = new Known(world, now, suspectAfter, due, this.units);
    this.waitEnders = new WaitEnders(this.known);
    this.sourceEnders = new SourceEnders(this.known, this.waitEnders);
  }

  unit(thread: ThreadEntity, task: number): Unit {
    return this.units.get(thread, task);
  }

  /** The waits that must all be unable to end for the unit to be stuck. */
  waits(unit: Unit): readonly Wait[] {
    let waits = this.waitCache.get(unit);
    if (waits === undefined) {
      waits = waitsOf(unit);
      this.waitCache.set(unit, waits);
    }
    return waits;
  }

  /** The sources that must all be unable to fire, beside that, for a proof: those of the thread while it rests. */
  sources({ thread, task }: Unit): readonly SourceEntity[] {
    if (thread.syncWait !== null || (task !== 0 && !isServing({ thread, task }))) return [];
    let sources = this.sourceCache.get(thread);
    if (sources === undefined) {
      sources = sourcesOf(thread);
      this.sourceCache.set(thread, sources);
    }
    return sources;
  }

  /** Of what is only suspected the sources are left out: something that may help is what makes it so. */
  needs(unit: Unit, certainty: Certainty): readonly Need[] {
    return certainty === 'certain' ? [...this.waits(unit), ...this.sources(unit)] : this.waits(unit);
  }

  enders(need: Need, certainty: Certainty): Enders {
    let cached = this.enderCache.get(need);
    if (cached === undefined) {
      cached = {};
      this.enderCache.set(need, cached);
    }
    cached[certainty] ??= isSource(need) ? this.sourceEnders.of(need) : this.waitEnders.of(need, certainty);
    return cached[certainty];
  }

  /** Everybody alive who could end the wait, those of `first` before the others, at most `limit`. */
  endersOf(need: Need, certainty: Certainty, first: ReadonlySet<Unit>, limit: number): Unit[] {
    const { units, group } = this.enders(need, certainty);
    const found = new Set(units.filter((unit) => inside(unit, first, this.units)));
    const others = (group?.units ?? []).filter((unit) => unit.thread !== need.thread);
    for (const unit of others) if (found.size < limit && first.has(unit)) found.add(unit);
    for (const unit of [...units, ...others]) if (found.size < limit) found.add(unit);
    return [...found];
  }

  /** How many alive could end the wait. */
  countEnders(need: Need, certainty: Certainty): number {
    const { units, group } = this.enders(need, certainty);
    const own = group?.members.has(this.units.get(need.thread, 0)) ? 1 : 0;
    return units.length + (group?.units.length ?? 0) - own;
  }

  /** Some of `among` could end the wait. */
  touches(need: Need, certainty: Certainty, among: ReadonlySet<Unit>): boolean {
    const { units, group } = this.enders(need, certainty);
    if (units.some((unit) => inside(unit, among, this.units))) return true;
    if (group === null) return false;
    for (const unit of among) if (unit.thread !== need.thread && group.members.has(unit)) return true;
    return false;
  }

  stuck(certainty: Certainty): Stuck {
    const set = new StuckSet(this, certainty, this.units);
    for (const unit of this.candidates(certainty)) set.add(unit);
    set.shrink();
    // All that a thread could go on by is stuck, and so is each of its tasks.
    if (certainty === 'certain') for (const unit of this.tasksOf([...set.units])) set.add(unit);
    const { units } = set;
    if (certainty === 'certain') this.certain = units;
    const cycles = this.cycles(units, certainty, (unit) => this.waits(unit));
    const told = new Set(cycles.flat());
    const wide =
      certainty === 'certain' ? this.cycles(units, certainty, (u) => this.needs(u, certainty)) : [];
    const wideCycles = wide.filter((circle) => !circle.some((unit) => told.has(unit)));
    return { certainty, units, cycles, wideCycles };
  }

  private cycles(
    set: ReadonlySet<Unit>,
    certainty: Certainty,
    needs: (unit: Unit) => readonly Need[],
  ): Unit[][] {
    const next = (node: Unit | Group): (Unit | Group)[] => {
      if (node instanceof Group) return node.units.filter((unit) => set.has(unit));
      const nodes = new Set<Unit | Group>();
      for (const need of needs(node)) {
        const { units, group } = this.enders(need, certainty);
        for (const unit of units) {
          const member = inside(unit, set, this.units);
          if (member !== null) nodes.add(member);
        }
        if (group !== null) nodes.add(group);
      }
      return [...nodes];
    };
    const nodes = new Set<Unit | Group>(set);
    for (const unit of set) for (const node of next(unit)) nodes.add(node);
    return components([...nodes], next).flatMap((members) => {
      const units = members.filter((node): node is Unit => !(node instanceof Group));
      const [only] = units;
      // A waiter is a member of its own group, which makes no circle.
      if (only === undefined || (units.length === 1 && !next(only).includes(only))) return [];
      return [units];
    });
  }

  /** Of units that are all in one wide circle: the members of a shortest one through somebody who waits. */
  shortestCircle(units: readonly Unit[]): readonly Unit[] {
    const set = new Set(units);
    let best = units;
    for (const start of units) {
      if (this.waits(start).length === 0) continue;
      const circle = this.wayBack(start, set, best.length);
      if (circle !== null && circle.length < best.length) best = circle;
    }
    return best;
  }

  /** Breadth first from a unit along those that could end its needs, until one of them needs it. */
  private wayBack(start: Unit, set: ReadonlySet<Unit>, most: number): readonly Unit[] | null {
    const from = new Map<Unit, Unit | null>([[start, null]]);
    for (const unit of from.keys()) {
      const next = this.needs(unit, 'certain').flatMap((need) => this.membersFor(need, set));
      if (next.includes(start)) {
        const circle: Unit[] = [];
        for (let at: Unit | null = unit; at !== null; at = from.get(at) ?? null) circle.unshift(at);
        return circle.length < most ? circle : null;
      }
      for (const other of next) if (!from.has(other)) from.set(other, unit);
    }
    return null;
  }

  /** The members of a set that could end a need. */
  private membersFor(need: Need, set: ReadonlySet<Unit>): Unit[] {
    return this.endersOf(need, 'certain', set, Number.POSITIVE_INFINITY).flatMap(
      (unit) => inside(unit, set, this.units) ?? [],
    );
  }

  /** The member of the certain set that stands for a unit. */
  stuckMember(unit: Unit): Unit | null {
    return this.certain === null ? null : inside(unit, this.certain, this.units);
  }

  /** Units that may be stuck, judged by themselves. */
  private *candidates(certainty: Certainty): Iterable<Unit> {
    const { waiting, resting } = this.world;
    const threads = certainty === 'certain' ? new Set([...waiting, ...resting]) : waiting;
    for (const thread of threads) {
      // Whoever is held may be about to do anything: nothing is held against them, nor against those who wait for them.
      if (!thread.alive || thread.process.pausedBy.size > 0 || this.isEnding(thread.process)) continue;
      const whole = this.unit(thread, 0);
      for (const unit of [whole, ...this.tasksOf([whole])])
        if (certainty === 'certain' ? this.isProvable(unit) : this.isSuspicious(unit)) yield unit;
    }
  }

  /** The tasks of whole threads that wait under tokens of their own. */
  private *tasksOf(threads: readonly Unit[]): Iterable<Unit> {
    for (const { thread, task } of threads) {
      if (task !== 0 || thread.syncWait !== null) continue;
      const tasks = new Set<number>();
      for (const wait of thread.waits.values()) tasks.add(wait.task);
      tasks.delete(0);
      for (const own of tasks) yield this.unit(thread, own);
    }
  }

  private isSuspicious(unit: Unit): boolean {
    const waits = this.waits(unit);
    return waits.length > 0 && waits.every((wait) => wait.timeoutMs === null && this.lasted(wait.since));
  }

  /**
   * Is all known that could move the unit? Of a thread that is blocked or rests it is. A task may do more than wait (race its
   * wait against something else), which only the whole thread's rest rules out; but not one that only works for a client.
   */
  private isProvable(unit: Unit): boolean {
    const { thread, task } = unit;
    const waits = this.waits(unit);
    if (waits.some((wait) => wait.timeoutMs !== null)) return false;
    if (task !== 0) return waits.length > 0 && isServing(unit) && thread.calls.has(task) && tellsAll(thread);
    if (thread.syncWait !== null) return true;
    // Without either it is about to end.
    const keepsAlive = waits.length > 0 || this.sources(unit).some(({ told }) => told.ref);
    return keepsAlive && tellsAll(thread);
  }

  /**
   * Evidence that nothing but its waits moves the unit, good enough to hold it against others that are suspected: no other code,
   * no timer, no handle; or the waits are of a task that has a token.
   */
  proven(unit: Unit): boolean {
    const { thread, task } = unit;
    if (thread.syncWait !== null) return true;
    const { quiescent } = thread;
    // A timer of a resting thread may be what the task races against.
    const timed = quiescent !== null && quiescent.timers > 0;
    if (task !== 0 && !timed && !this.waits(unit).some((wait) => wait.cancellable)) return true;
    return tellsAll(thread) && this.sources(unit).length === 0;
  }

  /** A process that was sent a signal a moment ago, or whose parent has just ended, may be about to end. */
  private isEnding(process: ProcessEntity): boolean {
    const parentEnd = process.parent?.end ?? null;
    if (parentEnd !== null && !this.lasted(parentEnd)) return true;
    return process.signalledAt !== null && !this.lasted(process.signalledAt);
  }

  lasted(since: number): boolean {
    return this.known.lasted(since);
  }
}
