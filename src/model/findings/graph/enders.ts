import { KIND } from '../../../trace/format/records.ts';
import type {
  ChildEntity,
  Hold,
  PoolState,
  PoolTask,
  ProcessEntity,
  ResourceEntity,
  ThreadEntity,
  Wait,
} from '../../state/entities.ts';
import { ownedOnly } from '../../state/lock-kinds.ts';
import type { World } from '../../state/world.ts';
import { type Certainty, direct, type Enders, Group, grouped, OPEN, type UseTest } from './groups.ts';
import type { Unit, Units } from './unit.ts';

/** How old a death must be before something follows from it, ns. */
const SETTLE = 1e9;

/** Who could end a wait, by kind of wait. Whatever is not known for sure counts as open. */
export class EnderRules {
  private readonly world: World;
  private readonly now: number;
  private readonly patience: number;
  private readonly due: (time: number) => void;
  private readonly units: Units;
  private readonly cache = new Map<ResourceEntity, Map<number, Enders>>();
  private booting: readonly ProcessEntity[] | null = null;
  private groups = 0;

  constructor(world: World, now: number, patience: number, due: (time: number) => void, units: Units) {
    this.world = world;
    this.now = now;
    this.patience = patience;
    this.due = due;
    this.units = units;
  }

  of(wait: Wait, certainty: Certainty): Enders {
    const { resource, kind } = wait;
    switch (kind) {
      case KIND.waitJoin:
      case KIND.waitChild:
      case KIND.waitSyncSpawn:
        return this.end(wait.child, certainty);
      case KIND.waitAny:
      case KIND.waitAccept:
        return OPEN;
    }
    if (resource === null || (resource.lossy && certainty === 'certain' && kind !== KIND.waitAcquire))
      return OPEN;
    switch (kind) {
      case KIND.waitReceive:
        return this.receive(wait, resource);
      case KIND.waitCondition:
        if (resource.lastNotify >= wait.since) return OPEN;
        break;
      case KIND.waitEvent:
        if (resource.lastSet >= wait.since || resource.lastSet > resource.lastClear) return OPEN;
        break;
      case KIND.waitBarrier:
        if (resource.lastNotify >= wait.since) return OPEN;
        break;
      case KIND.waitResult:
        return this.result(wait, resource);
      case KIND.waitAtomics:
        return this.sharers(wait, resource);
    }
    return this.shared(kind, resource);
  }

  /** Answers that are the same for all waits of one kind on one resource. */
  private shared(kind: number, resource: ResourceEntity): Enders {
    let byKind = this.cache.get(resource);
    if (byKind === undefined) {
      byKind = new Map();
      this.cache.set(resource, byKind);
    }
    let enders = byKind.get(kind);
    if (enders === undefined) {
      enders = this.make(kind, resource);
      byKind.set(kind, enders);
    }
    return enders;
  }

  private make(kind: number, resource: ResourceEntity): Enders {
    switch (kind) {
      case KIND.waitAcquire:
        return this.lock(resource);
      case KIND.waitReceive:
        return this.senders(resource);
      case KIND.waitSend:
        return resource.kind === 'stdio'
          ? this.reader(resource)
          : this.users(resource, (use) => use.canReceive);
      case KIND.waitFlush:
        return this.users(resource, (use) => use.canReceive);
      case KIND.waitTaskDone:
        return this.workers(resource);
      case KIND.waitCondition:
      case KIND.waitEvent:
        return this.users(resource, (use) => use.open);
      case KIND.waitBarrier:
        return this.barrier(resource);
      default:
        return OPEN;
    }
  }

  /** All holders must be unable to release; a dead one is, unless its lock is about to be recovered. */
  private lock(resource: ResourceEntity): Enders {
    const holds = [...resource.holds.values()];
    const semaphore = isSemaphore(resource);
    const free = semaphore && resource.capacity > 0 && holds.length < resource.capacity;
    if (free || (holds.length === 0 && !(semaphore && resource.capacity === 0))) return OPEN;
    const dead = holds.filter((hold) => !hold.thread.alive);
    if (dead.some((hold) => this.recovers(hold)) || this.boots(resource)) return OPEN;
    const living = holds.filter((hold) => hold.thread.alive);
    const holders = new Set(holds.map((hold) => hold.thread));
    const others = ownedOnly(resource)
      ? []
      : resource.uses.filter((use) => use.thread.alive && use.open && !holders.has(use.thread));
    const anybody = resource.foreignReleases > 0 || holds.length === 0;
    const whole = (list: typeof others): Unit[] => list.map((use) => this.units.get(use.thread, 0));
    return {
      units: living.map((hold) => this.units.get(hold.thread, hold.task)),
      group: anybody ? this.group(whole(others)) : null,
      need: 1,
      weak: anybody ? null : this.group(whole(others.filter((use) => use.acquisitions === 0))),
      dead: dead.map((hold) => hold.thread),
      open: false,
    };
  }

  /** The runtime frees the lock of an owner that was killed or crashed within moments; after a normal end it stays held. */
  private recovers({ thread }: Hold): boolean {
    const { exit, alive } = thread.process;
    const normal = alive ? thread.selfEnd !== null : exit?.signal == null && exit?.code === 0;
    return normal ? !this.settled(thread) : !this.lasted(thread.end ?? 0);
  }

  private end(child: ChildEntity | null, certainty: Certainty): Enders {
    if (child === null || child.exit !== null) return OPEN;
    if (child.api === 'worker') {
      const { thread } = child;
      return thread?.alive ? direct([this.units.get(thread, 0)]) : OPEN;
    }
    const { process } = child;
    if (process === null || !process.alive) return OPEN;
    if (process.main !== null) return direct([this.units.get(process.main, 0)]);
    if (certainty === 'certain' || process.instrumented) return OPEN;
    const below: Unit[] = [];
    for (const p of descendants(process))
      if (p.main !== null && p.alive) below.push(this.units.get(p.main, 0));
    return below.length === 0 ? OPEN : direct(below);
  }

  private receive(wait: Wait, resource: ResourceEntity): Enders {
    const enders = this.shared(KIND.waitReceive, resource);
    if (enders.open || resource.kind !== 'pipe') return enders;
    const others = enders.group?.units.some((unit) => unit.thread !== wait.thread);
    if (others) return enders;
    // The end of a pipe is reported to its reader when the last writer is gone, unless the reader has a write end itself.
    return wait.thread.uses.get(resource)?.canSend || this.lasted(wait.since) ? enders : OPEN;
  }

  private senders(resource: ResourceEntity): Enders {
    let depth = 0;
    for (const use of resource.uses) {
      depth += use.sent - use.received;
      if (use.disconnectedAt !== null) return OPEN;
    }
    return depth > 0 ? OPEN : this.users(resource, (use) => use.canSend);
  }

  /** Room in a pipe comes by itself as long as its reader has not been seen to have stopped. */
  private reader(resource: ResourceEntity): Enders {
    const readers = resource.uses.filter((use) => use.canReceive);
    if (readers.length === 0 || readers.some((use) => use.backpressureSince === null)) return OPEN;
    return this.users(resource, (use) => use.canReceive);
  }

  private workers(resource: ResourceEntity): Enders {
    const undone = resource.uses.reduce((sum, use) => sum + use.sent - use.taskDones, 0);
    return undone <= 0 ? OPEN : this.users(resource, (use) => use.canReceive);
  }

  private barrier(resource: ResourceEntity): Enders {
    const arrived = new Set<ThreadEntity>();
    let count = 0;
    for (const waiter of resource.waiters) {
      if (!waiter.thread.alive) continue;
      arrived.add(waiter.thread);
      count++;
    }
    const need = resource.capacity - count;
    if (need <= 0 || resource.capacity === 0) return OPEN;
    return { ...this.users(resource, (use) => use.open && !arrived.has(use.thread)), need };
  }

  private result(wait: Wait, resource: ResourceEntity): Enders {
    const { pool } = resource;
    if (pool === null) return OPEN;
    const task = awaitedTask(pool, wait.subject);
    if (task === undefined) return OPEN;
    if (task.worker !== null) {
      if (task.worker.alive) return direct([this.units.get(task.worker, 0)]);
      return this.lasted(task.worker.end ?? 0) ? direct([], [task.worker]) : OPEN;
    }
    const units: Unit[] = [];
    const dead: ThreadEntity[] = [];
    for (const pid of pool.workerPids) {
      const main = this.world.processes.at(pid, this.now)?.main;
      if (main == null) {
        if (!this.lasted(wait.since)) return OPEN;
      } else if (main.alive) units.push(this.units.get(main, 0));
      else dead.push(main);
    }
    if ((units.length === 0 && !this.lasted(wait.since)) || this.boots(resource)) return OPEN;
    return direct(units, dead);
  }

  /** Any live thread of the process may have the memory, whether it has touched it or not. */
  private sharers(wait: Wait, resource: ResourceEntity): Enders {
    if (resource.lastNotify >= wait.since) return OPEN;
    const units: Unit[] = [];
    const dead: ThreadEntity[] = [];
    for (const thread of wait.thread.process.threads.values()) {
      if (thread === wait.thread) continue;
      if (thread.alive) units.push(this.units.get(thread, 0));
      else if (!this.settled(thread)) return OPEN;
      else if (thread.uses.has(resource)) dead.push(thread);
    }
    return direct(units, dead);
  }

  /** The threads that have a suitable handle. */
  private users(resource: ResourceEntity, can: UseTest): Enders {
    const units: Unit[] = [];
    const dead: ThreadEntity[] = [];
    for (const use of resource.uses) {
      if (!can(use)) continue;
      if (use.thread.alive) units.push(this.units.get(use.thread, 0));
      else if (this.settled(use.thread)) dead.push(use.thread);
      else return OPEN;
    }
    return grouped(this.group(units, dead, this.boots(resource)));
  }

  private group(units: Unit[], dead: ThreadEntity[] = [], open = false): Group {
    return new Group(`group ${this.groups++}`, units, dead, open);
  }

  /** A `Process` child that starts up has not opened the handles of its arguments yet. */
  private boots(resource: ResourceEntity): boolean {
    this.booting ??= this.world.processes.all.filter((process) => this.isBooting(process));
    return this.booting.some((process) => {
      for (let p = process.parent; p !== null; p = p.parent) {
        for (const thread of p.threads.values()) if (thread.uses.has(resource)) return true;
      }
      return false;
    });
  }

  private isBooting(process: ProcessEntity): boolean {
    if (!process.alive || process.child?.api !== 'Process' || this.lasted(process.start)) return false;
    for (const thread of process.threads.values()) if (thread.uses.size > 0) return false;
    return true;
  }

  private lasted(since: number): boolean {
    return this.passed(since + this.patience);
  }

  /**
   * A death is old enough to conclude from. Right after it others may be about to die too (Ctrl-C, a group that is killed),
   * or the runtime to tell them.
   */
  private settled(thread: ThreadEntity): boolean {
    return this.passed((thread.end ?? 0) + SETTLE);
  }

  private passed(at: number): boolean {
    if (this.now >= at) return true;
    this.due(at);
    return false;
  }
}

/** A task that has not ended, of those that a result awaits: it awaits all of them, so that one is enough to hold it up. */
function awaitedTask(pool: PoolState, first: number | null): PoolTask | undefined {
  if (first === null) return undefined;
  return pool.open.get(first) ?? [...pool.open.values()].find((task) => task.first === first);
}

export function isSemaphore(resource: ResourceEntity): boolean {
  return resource.kind === 'semaphore' || resource.kind === 'boundedSemaphore';
}

function* descendants(process: ProcessEntity): Iterable<ProcessEntity> {
  for (const child of process.children) {
    yield child;
    yield* descendants(child);
  }
}
