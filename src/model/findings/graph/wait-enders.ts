import { KIND } from '../../../trace/format/records.ts';
import type {
  ChildEntity,
  Hold,
  PoolState,
  PoolTask,
  ProcessEntity,
  ResourceEntity,
  ThreadEntity,
  ThreadUse,
  Wait,
} from '../../state/entities.ts';
import { ownedOnly } from '../../state/lock-kinds.ts';
import { type Certainty, direct, type Enders, grouped, openFor } from './groups.ts';
import type { Known } from './known.ts';
import { answerers, isServing, proxyHolders, releaser } from './managers.ts';
import type { Unit } from './unit.ts';

/** Who could end a wait, by kind of wait. Whatever is not known for sure counts as open. */
export class WaitEnders {
  private readonly known: Known;
  private readonly cache = new Map<ResourceEntity, Map<number, Enders>>();

  constructor(known: Known) {
    this.known = known;
  }

  of(wait: Wait, certainty: Certainty): Enders {
    const { resource, kind } = wait;
    switch (kind) {
      case KIND.waitJoin:
      case KIND.waitChild:
      case KIND.waitSyncSpawn:
        return this.end(wait.child, certainty);
      case KIND.waitCall:
        return answerers(this.known, wait, resource);
      case KIND.waitAny:
      case KIND.waitAccept:
        return openFor('unknown');
    }
    if (resource === null) return openFor('unknown');
    if (resource.lossy && certainty === 'certain' && !(kind === KIND.waitAcquire && ownedOnly(resource)))
      return openFor('loss');
    // Anybody may remove a file, from outside of the program too.
    if (resource.kind === 'lockFile' && certainty === 'certain') return openFor('outside');
    if (isGiven(wait, resource)) return openFor('coming');
    if (kind === KIND.waitResult) return this.result(wait, resource);
    if (kind === KIND.waitReady) return this.ready(resource);
    if (kind === KIND.waitAtomics) return this.sharers(wait, resource);
    if (kind === KIND.waitBarrier) return this.barrier(wait, resource, certainty);
    if (kind === KIND.waitAcquire) return this.shared(kind, resource);
    if (isServing(wait)) return proxyHolders(this.known, wait.thread);
    return kind === KIND.waitReceive ? this.receive(wait, resource) : this.shared(kind, resource);
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
    const readers = (): Enders => grouped(this.known.users(resource, (use) => use.canReceive));
    switch (kind) {
      case KIND.waitAcquire:
        return this.lock(resource);
      case KIND.waitReceive:
        return this.senders(resource);
      case KIND.waitSend:
        return resource.kind === 'stdio' ? this.room(resource) : readers();
      case KIND.waitFlush:
        return readers();
      case KIND.waitTaskDone:
        return undone(resource) <= 0 ? openFor('coming') : readers();
      case KIND.waitCondition:
      case KIND.waitEvent:
        return grouped(this.known.users(resource, (use) => use.open));
      default:
        return openFor('unknown');
    }
  }

  /** All holders must be unable to release; a dead one is, unless its lock is about to be recovered. */
  private lock(resource: ResourceEntity): Enders {
    const holds = [...resource.holds.values()];
    const semaphore = isSemaphore(resource);
    const free = semaphore && resource.capacity > 0 && holds.length < resource.capacity;
    if (free || (holds.length === 0 && !(semaphore && resource.capacity === 0))) return openFor('coming');
    const dead = holds.filter((hold) => !hold.thread.alive);
    if (dead.some((hold) => this.recovers(hold))) return openFor('ending');
    const units = holds
      .filter((hold) => hold.thread.alive)
      .map((hold) => releaser(this.known, hold))
      .filter((unit) => unit !== null);
    // A client of a manager has ended: what it held comes free, or its server has not told who it was.
    if (units.length < holds.length - dead.length) return openFor('ending');
    return { ...this.strangers(resource, holds), units, need: 1, dead: dead.map((hold) => hold.thread) };
  }

  /** Those who have a handle on a lock and do not hold it: they could release it, and hardly ever do. */
  private strangers(
    resource: ResourceEntity,
    holds: readonly Hold[],
  ): Pick<Enders, 'group' | 'weak' | 'open'> {
    const anybody = resource.foreignReleases > 0 || holds.length === 0;
    const server = holds.find(isServing)?.thread;
    if (server !== undefined && !ownedOnly(resource)) {
      const { units, open } = proxyHolders(this.known, server);
      const clients = new Set(holds.map((hold) => releaser(this.known, hold)?.thread));
      const group = this.known.group(units.filter(({ thread }) => !clients.has(thread)));
      return { group: anybody ? group : null, weak: anybody ? null : group, open };
    }
    const holders = new Set(holds.map((hold) => hold.thread));
    const others = ownedOnly(resource)
      ? []
      : resource.uses.filter((use) => use.thread.alive && use.open && !holders.has(use.thread));
    const starters = this.known.startersFor(resource);
    const whole = (list: typeof others): Unit[] => list.map((use) => this.known.units.get(use.thread, 0));
    const releasers = anybody ? others : others.filter((use) => isHandedOver(use, holds));
    const group = this.known.group([...whole(releasers), ...starters.units]);
    return {
      group: group.units.length > 0 ? group : null,
      weak: anybody ? null : this.known.group(whole(others.filter((use) => use.acquisitions === 0))),
      open: starters.open,
    };
  }

  /** The runtime frees the lock of an owner that was killed or crashed within moments; after a normal end it stays held. */
  private recovers({ thread }: Hold): boolean {
    const { exit, alive } = thread.process;
    const normal = alive ? thread.selfEnd !== null : exit?.signal == null && exit?.code === 0;
    return normal ? !this.known.settled(thread) : !this.known.lasted(thread.end ?? 0);
  }

  /** Who brings about the end of a child. */
  end(child: ChildEntity | null, certainty: Certainty): Enders {
    const { units } = this.known;
    if (child === null) return openFor('unknown');
    if (child.exit !== null) return openFor('coming');
    if (child.api === 'worker') {
      const { thread } = child;
      return thread?.alive ? direct([units.get(thread, 0)]) : openFor('coming');
    }
    const { process } = child;
    if (process === null) return openFor('untraced');
    if (!process.alive) return openFor('coming');
    if (process.main !== null) return direct([units.get(process.main, 0)]);
    if (certainty === 'certain' || process.instrumented) return openFor('untraced');
    const below: Unit[] = [];
    for (const p of descendants(process)) if (p.main !== null && p.alive) below.push(units.get(p.main, 0));
    return below.length === 0 ? openFor('untraced') : direct(below);
  }

  private receive(wait: Wait, resource: ResourceEntity): Enders {
    const enders = this.shared(KIND.waitReceive, resource);
    if (enders.open || resource.kind !== 'pipe') return enders;
    const others = enders.group?.units.some((unit) => unit.thread !== wait.thread);
    if (others) return enders;
    // The end of a pipe is reported to its reader when the last writer is gone, unless the reader has a write end itself.
    return wait.thread.uses.get(resource)?.canSend || this.known.lasted(wait.since)
      ? enders
      : openFor('ending');
  }

  private senders(resource: ResourceEntity): Enders {
    let depth = 0;
    for (const use of resource.uses) {
      depth += use.sent - use.received;
      if (use.disconnectedAt !== null) return openFor('ending');
    }
    return depth > 0 ? openFor('coming') : grouped(this.known.users(resource, (use) => use.canSend));
  }

  /** Who makes room in a stdio pipe: it comes by itself as long as its reader has not been seen to have stopped. */
  room(resource: ResourceEntity): Enders {
    const readers = resource.uses.filter((use) => use.canReceive);
    if (readers.length === 0) return openFor('unknown');
    if (readers.some((use) => use.backpressureSince === null)) return openFor('coming');
    return grouped(this.known.users(resource, (use) => use.canReceive));
  }

  /**
   * Those who have arrived in the generation that the wait is for are no help. For a proof nobody else may be free: one thread
   * may arrive more than once, or start others that do.
   */
  private barrier(wait: Wait, resource: ResourceEntity, certainty: Certainty): Enders {
    const arrived = [...resource.waiters].filter((w) => w.thread.alive && w.subject === wait.subject);
    const need = resource.capacity - arrived.length;
    if (need <= 0 || resource.capacity === 0) return openFor('coming');
    if (isServing(wait)) return proxyHolders(this.known, wait.thread);
    if (certainty === 'certain') return grouped(this.known.users(resource, (use) => use.open));
    const threads = new Set(arrived.map((w) => w.thread));
    return grouped(
      this.known.users(resource, (use) => use.open && !threads.has(use.thread)),
      need,
    );
  }

  private result(wait: Wait, resource: ResourceEntity): Enders {
    const { pool } = resource;
    const { units, world, now } = this.known;
    const task = pool === null ? undefined : awaitedTask(pool, wait.subject);
    if (pool === null || task === undefined) return openFor('coming');
    if (task.worker !== null) {
      if (task.worker.alive) return direct([units.get(task.worker, 0)]);
      return this.known.lasted(task.worker.end ?? 0) ? direct([], [task.worker]) : openFor('ending');
    }
    const workers: Unit[] = [];
    const dead: ThreadEntity[] = [];
    for (const pid of pool.workerPids) {
      const process = world.processes.at(pid, now);
      if (process?.main == null) {
        if (process?.alive || !this.known.lasted(wait.since)) return openFor('starting');
      } else if (process.main.alive) workers.push(units.get(process.main, 0));
      else dead.push(process.main);
    }
    if (workers.length === 0 && !this.known.lasted(wait.since)) return openFor('starting');
    const starters = this.known.startersFor(resource);
    if (starters.open !== null) return openFor(starters.open);
    return direct([...new Set([...workers, ...starters.units])], dead);
  }

  /** Every worker must come to where it takes tasks: one that does not holds it up. Those that ended are replaced. */
  private ready({ pool, capacity }: ResourceEntity): Enders {
    const { units, world, now } = this.known;
    const workers = [...(pool?.workerPids ?? [])].flatMap((pid) => world.processes.at(pid, now) ?? []);
    const alive = workers.filter((worker) => worker.alive);
    if (alive.length < capacity || capacity === 0) return openFor('starting');
    const unready: Unit[] = [];
    for (const { main } of alive) {
      if (main === null) return openFor('starting');
      if (main.targetAt === null) unready.push(units.get(main, 0));
    }
    return unready.length === 0 ? openFor('coming') : grouped(this.known.group(unready), unready.length);
  }

  /** Any live thread of the process may have the memory, whether it has touched it or not. */
  private sharers(wait: Wait, resource: ResourceEntity): Enders {
    const units: Unit[] = [];
    const dead: ThreadEntity[] = [];
    for (const thread of wait.thread.process.threads.values()) {
      if (thread === wait.thread) continue;
      if (thread.alive) units.push(this.known.units.get(thread, 0));
      else if (!this.known.settled(thread)) return openFor('ending');
      else if (thread.uses.has(resource)) dead.push(thread);
    }
    return direct(units, dead);
  }
}

/** What it waits for has been given, and it is about to be told. */
function isGiven({ kind, since, subject }: Wait, resource: ResourceEntity): boolean {
  switch (kind) {
    case KIND.waitCondition:
      return subject === null ? resource.lastNotify >= since : resource.woken >= subject;
    case KIND.waitEvent:
      return resource.lastSet >= since || resource.lastSet > resource.lastClear;
    case KIND.waitBarrier:
      if (resource.lastBreak >= since) return true;
      return subject === null ? resource.lastNotify >= since : resource.passed >= subject;
    case KIND.waitAtomics:
      return resource.lastNotify >= since;
    default:
      return false;
  }
}

/** Items of a queue whose work was not reported done. */
function undone(resource: ResourceEntity): number {
  return resource.uses.reduce((sum, use) => sum + use.sent - use.taskDones, 0);
}

/**
 * A task that has not ended, of those that a result awaits: it awaits all of them, so that one is enough to hold it up. One
 * that a worker has begun says more than one that is queued. `null`: its number is not known yet, or it awaits any.
 */
function awaitedTask(pool: PoolState, first: number | null): PoolTask | undefined {
  if (first === null) return undefined;
  const tasks = [...pool.open.values()].filter((task) => task.n === first || task.first === first);
  return tasks.find((task) => task.worker !== null) ?? tasks[0];
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

/** Whoever holds it has started the other one, with a handle on it, since then: perhaps so that this one gives it back. */
function isHandedOver({ thread, acquisitions }: ThreadUse, holds: readonly Hold[]): boolean {
  if (acquisitions > 0) return false;
  for (let process = thread.process.parent; process !== null; process = process.parent)
    if (holds.some((hold) => hold.thread.process === process && hold.since < thread.process.start))
      return true;
  return false;
}
