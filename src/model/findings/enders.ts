import { KIND } from '../../trace/records.ts';
import { ownedOnly } from '../feed/locks.ts';
import type {
  ChildEntity,
  Hold,
  ProcessEntity,
  ResourceEntity,
  ThreadEntity,
  ThreadUse,
  Wait,
} from '../state/entities.ts';
import type { World } from '../state/world.ts';
import type { Certainty, Unit } from './graph.ts';

/** Who could end a wait. */
export interface Enders {
  /** Alive, and each able to end it, if not stuck. */
  readonly units: readonly Unit[];
  /** So many of `units` must be free to end it (a barrier needs all who are missing). */
  readonly need: number;
  /** Could end it by a right that is hardly ever used: a lock may be released by anyone who has a handle. */
  readonly weak: readonly Unit[];
  /** Would have ended it, and have exited. */
  readonly dead: readonly ThreadEntity[];
  /** Something unknown, or something under way, may end it. */
  readonly open: boolean;
}
/** How old a death must be before something follows from it, ns. */
const SETTLE = 1e9;
const OPEN: Enders = { units: [], need: 1, weak: [], dead: [], open: true };

type UnitOf = (thread: ThreadEntity, task: number) => Unit;

/** Who could end a wait, by kind of wait. Whatever is not known for sure counts as open. */
export class EnderRules {
  private readonly world: World;
  private readonly now: number;
  private readonly patience: number;
  private readonly due: (time: number) => void;
  private readonly unit: UnitOf;
  private booting: readonly ProcessEntity[] | null = null;

  constructor(world: World, now: number, patience: number, due: (time: number) => void, unit: UnitOf) {
    this.world = world;
    this.now = now;
    this.patience = patience;
    this.due = due;
    this.unit = unit;
  }

  of(wait: Wait, certainty: Certainty): Enders {
    const { resource } = wait;
    switch (wait.kind) {
      case KIND.waitJoin:
      case KIND.waitChild:
      case KIND.waitSyncSpawn:
        return this.end(wait.child, certainty);
      case KIND.waitAny:
      case KIND.waitAccept:
        return OPEN;
    }
    if (resource === null || (resource.lossy && certainty === 'certain' && wait.kind !== KIND.waitAcquire))
      return OPEN;
    switch (wait.kind) {
      case KIND.waitAcquire:
        return this.lock(wait, resource);
      case KIND.waitReceive:
        return this.senders(wait, resource);
      case KIND.waitSend:
      case KIND.waitFlush:
        return this.users(wait, resource, (use) => use.canReceive);
      case KIND.waitTaskDone:
        return this.workers(wait, resource);
      case KIND.waitCondition:
        return resource.lastNotify >= wait.since ? OPEN : this.users(wait, resource, (use) => use.open);
      case KIND.waitEvent:
        return resource.lastSet >= wait.since || resource.lastSet > resource.lastClear
          ? OPEN
          : this.users(wait, resource, (use) => use.open);
      case KIND.waitBarrier:
        return this.barrier(wait, resource);
      case KIND.waitResult:
        return this.result(wait, resource);
      case KIND.waitAtomics:
        return this.sharers(wait, resource);
      default:
        return OPEN;
    }
  }

  /** All holders must be unable to release; a dead one is, unless its lock is about to be recovered. */
  private lock(wait: Wait, resource: ResourceEntity): Enders {
    const holds = [...resource.holds.values()];
    const free = resource.capacity > 0 && isSemaphore(resource) && holds.length < resource.capacity;
    if (free || (holds.length === 0 && !(isSemaphore(resource) && resource.capacity === 0))) return OPEN;
    const dead = holds.filter((hold) => !hold.thread.alive);
    if (dead.some((hold) => this.recovers(hold))) return OPEN;
    const units = holds.filter((hold) => hold.thread.alive).map((hold) => this.unit(hold.thread, hold.task));
    const holders = new Set(holds.map((hold) => hold.thread));
    const strong: Unit[] = [];
    const weak: Unit[] = [];
    for (const use of ownedOnly(resource) ? [] : resource.uses) {
      const { thread } = use;
      if (!thread.alive || !use.open || holders.has(thread) || thread === wait.thread) continue;
      if (resource.foreignReleases > 0 || holds.length === 0) strong.push(this.unit(thread, 0));
      else if (use.acquisitions === 0) weak.push(this.unit(thread, 0));
    }
    if (this.boots(resource)) return OPEN;
    return {
      units: [...units, ...strong],
      need: 1,
      weak,
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
      const thread = child.thread;
      return thread?.alive ? one(this.unit(thread, 0)) : OPEN;
    }
    const process = child.process;
    if (process === null || !process.alive) return OPEN;
    if (process.main !== null) return one(this.unit(process.main, 0));
    if (certainty === 'certain' || process.instrumented) return OPEN;
    const below = [...descendants(process)].flatMap((p) =>
      p.main !== null && p.alive ? [this.unit(p.main, 0)] : [],
    );
    return below.length === 0 ? OPEN : { units: below, need: 1, weak: [], dead: [], open: false };
  }

  private senders(wait: Wait, resource: ResourceEntity): Enders {
    let sent = 0;
    let received = 0;
    for (const use of resource.uses) {
      sent += use.sent;
      received += use.received;
      if (use.disconnectedAt !== null) return OPEN;
    }
    if (sent > received) return OPEN;
    const enders = this.users(wait, resource, (use) => use.canSend);
    if (enders.open || enders.units.length > 0 || resource.kind !== 'pipe') return enders;
    // The end of a pipe is reported to its reader when the last writer is gone, unless the reader has a write end itself.
    const own = resource.uses.find((use) => use.thread === wait.thread);
    return own?.canSend || this.lasted(wait.since) ? enders : OPEN;
  }

  private workers(wait: Wait, resource: ResourceEntity): Enders {
    let put = 0;
    let done = 0;
    for (const use of resource.uses) {
      put += use.sent;
      done += use.taskDones;
    }
    return done >= put ? OPEN : this.users(wait, resource, (use) => use.canReceive);
  }

  private barrier(wait: Wait, resource: ResourceEntity): Enders {
    if (resource.lastNotify >= wait.since) return OPEN;
    const arrived = new Set<ThreadEntity>();
    let count = 0;
    for (const waiter of resource.waiters) {
      if (!waiter.thread.alive) continue;
      arrived.add(waiter.thread);
      count++;
    }
    const need = resource.capacity - count;
    if (need <= 0 || resource.capacity === 0) return OPEN;
    const enders = this.users(wait, resource, (use) => use.open && !arrived.has(use.thread));
    return { ...enders, need };
  }

  private result(wait: Wait, resource: ResourceEntity): Enders {
    const pool = resource.pool;
    if (pool === null) return OPEN;
    const task = [...pool.open.values()].find((open) => (open.n & 0xffff) === wait.task);
    if (task === undefined) return OPEN;
    if (task.worker !== null) {
      if (task.worker.alive) return one(this.unit(task.worker, 0));
      return this.lasted(task.worker.end ?? 0) ? { ...OPEN, open: false, dead: [task.worker] } : OPEN;
    }
    const units: Unit[] = [];
    const dead: ThreadEntity[] = [];
    for (const pid of pool.workerPids) {
      const main = this.world.processes.at(pid, this.now)?.main;
      if (main == null) {
        if (!this.lasted(wait.since)) return OPEN;
      } else if (main.alive) units.push(this.unit(main, 0));
      else dead.push(main);
    }
    if (units.length === 0 && !this.lasted(wait.since)) return OPEN;
    return { units, need: 1, weak: [], dead, open: this.boots(resource) };
  }

  /** Any live thread of the process may have the memory, whether it has touched it or not. */
  private sharers(wait: Wait, resource: ResourceEntity): Enders {
    if (resource.lastNotify >= wait.since) return OPEN;
    const units: Unit[] = [];
    const dead: ThreadEntity[] = [];
    for (const thread of wait.thread.process.threads.values()) {
      if (thread === wait.thread) continue;
      if (thread.alive) units.push(this.unit(thread, 0));
      else if (!this.settled(thread)) return OPEN;
      else if (thread.uses.has(resource)) dead.push(thread);
    }
    return { units, need: 1, weak: [], dead, open: false };
  }

  /** The threads other than the waiter that have a suitable handle. */
  private users(wait: Wait, resource: ResourceEntity, can: (use: ThreadUse) => boolean): Enders {
    const units: Unit[] = [];
    const dead: ThreadEntity[] = [];
    for (const use of resource.uses) {
      if (use.thread === wait.thread || !can(use)) continue;
      if (use.thread.alive) units.push(this.unit(use.thread, 0));
      else if (this.settled(use.thread)) dead.push(use.thread);
      else return OPEN;
    }
    return { units, need: 1, weak: [], dead, open: this.boots(resource) };
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

function one(unit: Unit): Enders {
  return { units: [unit], need: 1, weak: [], dead: [], open: false };
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
