import type { ResourceDefinition, Source, SourceKind } from '../trace/format/definitions.ts';
import { KIND } from '../trace/format/records.ts';
import { parseStdioKey } from '../trace/format/stdio-key.ts';
import type { Moment, OpenWait, Shared, Thread, Use } from './moment.ts';

/** Who could end a wait or make a source fire. */
export interface Feeders {
  /** Each of them could, if it went on. */
  readonly threads: readonly Thread[];
  /** They have the means by a right that is hardly ever used: a plain lock may be released by whoever has a handle on it. */
  readonly strangers?: readonly Thread[];
  /** Why it may end without any of them. */
  readonly open: string | undefined;
}

const open = (why: string): Feeders => ({ threads: [], open: why });
const only = (threads: readonly Thread[]): Feeders => ({ threads, open: undefined });

/** By themselves, by the system, or from outside of the program. */
const OUTSIDE: ReadonlySet<SourceKind> = new Set([
  'timer',
  'immediate',
  'signal',
  'debugger',
  'request',
  'watcher',
  'native',
  'terminal',
  'server',
  'datagram',
] satisfies SourceKind[]);

/** Nobody but who holds it can give it back. */
const OWNED = ['rlock', 'webLock'];

/** Names those who could bring about what somebody waits for, each by the records that gave them the means. */
export class FeederSearch {
  readonly #moment: Moment;

  constructor(moment: Moment) {
    this.#moment = moment;
  }

  ofWait(thread: Thread, wait: OpenWait): Feeders {
    if (wait.timed) return open('it has a timeout');
    if (wait.child !== undefined) return this.#child(wait.child.spawnKey, wait.child.api === 'worker');
    if (wait.kind === KIND.waitAtomics) return only(this.#moment.siblingsOf(thread));
    const { resource } = wait;
    const shared = resource && this.#moment.shared.get(resource.key);
    if (resource === undefined || shared === undefined) return open('nothing tells what it is for');
    if (wait.kind === KIND.waitAcquire) return this.#lock(thread, shared);
    if (wait.kind === KIND.waitResult) return this.#result(shared, wait);
    if (wait.kind === KIND.waitCall) return this.#users(thread, resource, () => true);
    if (wait.kind === KIND.waitTaskDone && this.#sum(resource.key, ({ sent, done }) => sent - done) <= 0)
      return open('every item is done');
    if (wait.kind === KIND.waitReceive && this.#depth(resource) > 0) return open('something is in it');
    return this.#users(thread, resource, rightFor(wait.kind));
  }

  ofSource(thread: Thread, source: Source): Feeders {
    if (OUTSIDE.has(source.kind)) return open(`a ${source.kind} may fire`);
    if (source.state === 'exited') return open('its child has ended');
    if (source.state === 'ending') return open('it was told to end');
    if ((source.unwritten ?? 0) > 0 && source.kind !== 'stdio')
      return open('something is still to be written');
    const resource = source.resource === undefined ? undefined : thread.resources.get(source.resource);
    if (resource !== undefined && source.listens !== false && this.#comes(thread, source, resource))
      return open('something is on its way');
    const child = source.child === undefined ? undefined : thread.children.get(source.child);
    switch (source.kind) {
      case 'child':
      case 'worker':
        return child === undefined
          ? open('its child is not known')
          : this.#child(child.spawnKey, source.kind === 'worker');
      case 'parent':
        return this.#parent(thread);
      case 'ipc':
        return child === undefined
          ? this.#parent(this.#moment.mainOf(thread))
          : this.#child(child.spawnKey, false);
      case 'broadcast':
        return only(this.#moment.siblingsOf(thread));
      case 'port':
        return resource === undefined
          ? open('its other end is not known')
          : this.#users(thread, resource, ({ writers }) => writers > 0);
      case 'stdio':
        return resource === undefined ? open('it is nobody’s') : this.#stdio(thread, resource);
      default:
        return this.#connection(thread, source);
    }
  }

  /** What was broadcast before the thread told that it rests has come, to as many as listened. */
  #comes(self: Thread, { kind }: Source, resource: ResourceDefinition): boolean {
    if (kind !== 'broadcast') return this.#depth(resource) > 0;
    const since = self.rests?.time ?? 0;
    return [...this.#moment.threads.values()].some(
      (thread) => (thread.uses.get(resource.key)?.sentAt ?? 0) > since,
    );
  }

  /** The process or worker itself, as long as it lives and tells of itself. */
  #child(spawnKey: string, isWorker: boolean): Feeders {
    const birth = this.#moment.born.get(spawnKey);
    if (birth?.ended === true) return open('it has ended');
    const [thread, another] = this.#moment.startedUnder(spawnKey, isWorker);
    if (thread === undefined || another !== undefined) return open('it is not traced');
    return this.#moment.isAlive(thread) ? only([thread]) : open('it has ended');
  }

  #parent(thread: Thread | undefined): Feeders {
    const birth = thread && this.#moment.born.get(thread.spawnKey);
    if (birth === undefined) return open('who started it is not known');
    return only(this.#moment.isAlive(birth.by) ? [birth.by] : []);
  }

  #lock(thread: Thread, shared: Shared): Feeders {
    const { definition, holds, foreign } = shared;
    const semaphore = definition.kind === 'semaphore' || definition.kind === 'boundedSemaphore';
    if (holds.size === 0 && !(semaphore && definition.capacity === 0)) return open('nobody holds it');
    if (semaphore && definition.capacity > 0 && holds.size < definition.capacity)
      return open('there is room');
    const holders = [...holds.values()]
      .map((hold) => hold.thread)
      .filter((holder) => this.#moment.isAlive(holder));
    if (OWNED.includes(definition.kind)) return only(holders);
    const others = this.#users(thread, definition, () => true);
    if (others.open !== undefined) return others;
    const strangers = others.threads.filter((other) => !holders.includes(other));
    if (foreign || holds.size === 0) return only([...holders, ...strangers]);
    const never = strangers.filter((other) => (other.uses.get(definition.key)?.acquired ?? 0) === 0);
    return { ...only(holders), strangers: never };
  }

  #result({ tasks, workers }: Shared, { part }: OpenWait): Feeders {
    if (part === undefined) return open('it awaits any task');
    const awaited = [...tasks]
      .filter(([n, task]) => n === part || task.first === part)
      .map(([, task]) => task);
    if (awaited.length === 0) return open('its task has ended');
    const busy = awaited.find(({ worker }) => worker !== undefined)?.worker;
    if (busy !== undefined) return only(this.#moment.isAlive(busy) ? [busy] : []);
    const all = [...this.#moment.threads.values()].filter(
      (thread) =>
        thread.stream.threadId === 0 && workers.has(thread.stream.pid) && this.#moment.isAlive(thread),
    );
    return all.length === 0 ? open('its workers are not known') : only(all);
  }

  /** Everybody alive who has such a handle, and everybody who may get one with what it was started with. */
  #users(self: Thread, { key }: ResourceDefinition, can: (use: Use) => boolean): Feeders {
    const users: Thread[] = [];
    for (const thread of this.#moment.threads.values()) {
      const use = thread.uses.get(key);
      if (thread === self || use === undefined || !this.#moment.isAlive(thread)) continue;
      // Who has used it without telling of a handle has one.
      if (can(use) || !use.counted) users.push(thread);
    }
    const starting = this.#starting(key);
    if (starting === undefined) return open('a child that is not traced may have got it');
    return only([...users, ...starting.filter((thread) => thread !== self && !users.includes(thread))]);
  }

  /** Children that may have got the resource and whose target has not begun; nothing: one of them is not traced. */
  #starting(key: string): readonly Thread[] | undefined {
    const found: Thread[] = [];
    for (const { by, child, pid, ended } of this.#moment.born.values()) {
      if (ended || child.api !== 'Process' || !this.#reaches(by, key)) continue;
      if (this.#moment.isGone(pid)) continue;
      const [main] = this.#moment.startedUnder(child.spawnKey, false);
      if (main === undefined) return undefined;
      if (!main.started && this.#moment.isAlive(main)) found.push(main);
    }
    return found;
  }

  /** Somebody of the process, or of those above it, has used the resource. */
  #reaches(from: Thread, key: string): boolean {
    let at: Thread | undefined = from;
    for (let steps = 0; at !== undefined && steps < 1000; steps++) {
      if (this.#moment.threadsOf(at).some(({ uses }) => uses.has(key))) return true;
      at = this.#moment.born.get(this.#moment.mainOf(at)?.spawnKey ?? '')?.by;
    }
    return false;
  }

  #stdio(thread: Thread, resource: ResourceDefinition): Feeders {
    const parsed = parseStdioKey(resource.key);
    if (parsed === undefined) return open('its key says nothing');
    const atParent =
      this.#moment.born.get(parsed.spawnKey)?.by.stream.processKey === thread.stream.processKey;
    const isWriter = (parsed.way === 'down') === atParent;
    if (isWriter) {
      const readers = [...this.#moment.threads.values()].filter(
        (other) => (other.uses.get(resource.key)?.readers ?? 0) > 0,
      );
      if (readers.length === 0 || readers.some((other) => other.uses.get(resource.key)?.stands !== true))
        return open('its reader may read');
      return only(readers.filter((other) => this.#moment.isAlive(other)));
    }
    if (parsed.way === 'down') return this.#parent(this.#moment.mainOf(thread));
    return this.#below(parsed.spawnKey, thread);
  }

  /** The child and all below it: they may have its pipe. */
  #below(spawnKey: string, self: Thread): Feeders {
    const all: Thread[] = [];
    const keys = [spawnKey];
    for (const key of keys) {
      const birth = this.#moment.born.get(key);
      if (birth?.ended === true) continue;
      const [thread] = this.#moment.startedUnder(key, false);
      if (thread === undefined) return open('a process below it is not traced');
      if (!this.#moment.isAlive(thread)) continue;
      if (thread !== self) all.push(thread);
      for (const [next, { by, child }] of this.#moment.born)
        if (
          child.api !== 'worker' &&
          by.stream.processKey === thread.stream.processKey &&
          !keys.includes(next)
        )
          keys.push(next);
      if (this.#hasUntraced(thread.stream.pid)) return open('a process below it is not traced');
    }
    return all.length === 0 ? open('nobody is below it') : only(all);
  }

  #hasUntraced(pid: number): boolean {
    const traced = new Set([...this.#moment.threads.values()].map(({ stream }) => stream.pid));
    return [...this.#moment.untraced].some(
      ([below, ppid]) => ppid === pid && !traced.has(below) && !this.#moment.isGone(below),
    );
  }

  #connection(thread: Thread, { local, remote, count }: Source): Feeders {
    if (local === undefined || remote === undefined || count > 1) return open('its other end is not known');
    for (const other of this.#moment.threads.values()) {
      const found = this.#moment
        .sourcesOf(other)
        ?.find((source) => source.local === remote && source.remote === local);
      if (found === undefined || other === thread) continue;
      if ((found.unwritten ?? 0) > 0) return open('something is still to be written at its other end');
      return this.#moment.isAlive(other) ? only([other]) : open('its other end has ended');
    }
    return open('its other end is not known');
  }

  #depth({ key, kind }: ResourceDefinition): number {
    return this.#sum(key, (use) =>
      kind === 'stdio' ? use.sentBytes - use.receivedBytes : use.sent - use.received,
    );
  }

  #sum(key: string, of: (use: Use) => number): number {
    let sum = 0;
    for (const { uses } of this.#moment.threads.values()) {
      const use = uses.get(key);
      if (use !== undefined) sum += of(use);
    }
    return sum;
  }
}

/** What somebody must have to end such a wait. */
function rightFor(kind: number): (use: Use) => boolean {
  if (kind === KIND.waitReceive) return ({ writers }) => writers > 0;
  if (kind === KIND.waitSend || kind === KIND.waitFlush || kind === KIND.waitTaskDone)
    return ({ readers }) => readers > 0;
  return ({ readers, writers }) => readers > 0 || writers > 0;
}
