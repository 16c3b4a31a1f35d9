import type { ProcessEntity, ResourceEntity, ThreadEntity } from '../../state/entities.ts';
import type { World } from '../../state/world.ts';
import { Group, type Openness, type UseTest } from './groups.ts';
import type { Unit, Units } from './unit.ts';

/** How old a death must be before something follows from it, ns. */
const SETTLE = 1e9;

/** From this minor version of the trace on a process tells when its target begins. */
const TELLS_TARGETS = 1;

/** What the rules about waits and about sources ask of a moment. */
export class Known {
  readonly world: World;
  /** Session time of the question, ns. */
  readonly now: number;
  readonly units: Units;
  private readonly patience: number;
  private readonly due: (time: number) => void;
  private starters: readonly ProcessEntity[] | null = null;
  private groups = 0;

  /**
   * @param patience how long something must have lasted before more than a proof follows from it, ns
   * @param due is told when an answer may be another one, though nothing was fed
   */
  constructor(world: World, now: number, patience: number, due: (time: number) => void, units: Units) {
    this.world = world;
    this.now = now;
    this.patience = patience;
    this.due = due;
    this.units = units;
  }

  /** Has it been so for long enough, the time left out in which somebody was paused? */
  lasted(since: number): boolean {
    return this.passed(since + this.patience + this.world.pauses.within(since, this.now));
  }

  /**
   * A death is old enough to conclude from. Right after it others may be about to die too (Ctrl-C, a group that is killed),
   * or the runtime to tell them.
   */
  settled(thread: ThreadEntity): boolean {
    return this.passed((thread.end ?? 0) + SETTLE);
  }

  private passed(at: number): boolean {
    if (this.now >= at) return true;
    this.due(at);
    return false;
  }

  group(units: readonly Unit[], dead: readonly ThreadEntity[] = [], open: Openness | null = null): Group {
    return new Group(`group ${this.groups++}`, units, dead, open);
  }

  /** The threads that have a suitable handle. */
  users(resource: ResourceEntity, can: UseTest): Group {
    const units: Unit[] = [];
    const dead: ThreadEntity[] = [];
    for (const use of resource.uses) {
      if (!can(use)) continue;
      if (use.thread.alive) units.push(this.units.get(use.thread, 0));
      else if (this.settled(use.thread)) dead.push(use.thread);
      else return this.group([], [], 'ending');
    }
    const starters = this.startersFor(resource);
    return this.group([...units, ...starters.units], dead, starters.open);
  }

  /**
   * Processes that start, and get a handle on the resource by their arguments, perhaps: they may do with it whatever they like,
   * as long as they are not stuck themselves. Of one that has no thread yet, or is not traced, nothing is known.
   */
  startersFor(resource: ResourceEntity): { readonly units: readonly Unit[]; readonly open: Openness | null } {
    this.starters ??= this.world.processes.all.filter((process) => this.isStarting(process));
    const units: Unit[] = [];
    for (const process of this.starters) {
      if (!isBelowUser(process, resource)) continue;
      const { main } = process;
      if (main === null || !main.alive) return { units: [], open: 'starting' };
      units.push(this.units.get(main, 0));
    }
    return { units, open: null };
  }

  /** A child of the runtime whose target has not begun: it has not opened the handles of its arguments, or is not traced. */
  isStarting(process: ProcessEntity): boolean {
    if (!process.alive || process.child?.api !== 'Process') return false;
    const { main } = process;
    if (main === null || main.targetAt !== null) return main === null;
    if (main.traceMinor >= TELLS_TARGETS) return true;
    if (this.lasted(process.start)) return false;
    for (const thread of process.threads.values()) if (thread.uses.size > 0) return false;
    return true;
  }
}

/** The process descends from one that has used the resource. */
function isBelowUser(process: ProcessEntity, resource: ResourceEntity): boolean {
  for (let p = process.parent; p !== null; p = p.parent) {
    for (const thread of p.threads.values()) if (thread.uses.has(resource)) return true;
  }
  return false;
}
