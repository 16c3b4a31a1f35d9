import type { ChildDefinition, StreamDefinition } from '../../trace/format/definitions.ts';
import { ChildEntity, type OsSighting, ProcessEntity, type ThreadEntity } from './entities.ts';
import { Lives } from './lives.ts';
import { ProcessNames } from './process-names.ts';

/** Two witnesses' clocks of a start or an end may differ by this much, ns. */
const SLACK = 50_000_000;
/** A sighting is told at the second look, ns after the first: so long ago it was the same process. */
const SEEN_FOR = 1_000_000_000;

/**
 * Who is who. A process is known from up to four sides: its own streams (process key, pid, spawn key), its parent's
 * `child` definition and `start` record (spawn key, pid), the launcher (root) and the process table (pid, parent's pid).
 * They meet here, in any order, by spawn key and pid; the same pid with another spawn key or at another time is another process.
 */
export class ProcessTable {
  readonly all: ProcessEntity[] = [];
  private readonly byId = new Map<string, ProcessEntity>();
  private readonly byPid = new Map<number, Lives>();
  private readonly byProcessKey = new Map<string, ProcessEntity>();
  private readonly bySpawnKey = new Map<string, ProcessEntity[]>();
  private readonly childBySpawnKey = new Map<string, ChildEntity>();
  private readonly workers = new Map<string, ChildEntity>();
  private readonly touch: (process: ProcessEntity) => void;
  private readonly names = new ProcessNames();
  /** What has changed since {@link link}. */
  private readonly unlinked = new Set<ProcessEntity>();

  constructor(touch: (process: ProcessEntity) => void) {
    this.touch = touch;
  }

  get(id: string): ProcessEntity | undefined {
    return this.byId.get(id);
  }

  /** The process that writes a stream. */
  ofStream(def: StreamDefinition): ProcessEntity {
    const known = this.byProcessKey.get(def.processKey);
    const process =
      known ??
      this.around(def.pid, def.start).find((p) => p.processKey === null && this.mayLiveAt(p, def.start)) ??
      this.create();
    process.processKey = def.processKey;
    this.byProcessKey.set(def.processKey, process);
    if (def.threadId === 0) process.streamStart = def.start;
    process.ppid = def.ppid;
    this.setPid(process, def.pid);
    for (const other of this.byPid.get(def.pid)?.open ?? []) {
      if (other !== process && other.start < process.start && other.end === null)
        other.replacedAt = process.start;
    }
    this.changed(process);
    return process;
  }

  /** A process said its spawn key: it is the child of that key, or a descendant of it through programs that are not Node. */
  spawnKey(process: ProcessEntity, spawnKey: string): void {
    if (spawnKey === '' || process.spawnKey === spawnKey) return;
    process.spawnKey = spawnKey;
    const same = this.bySpawnKey.get(spawnKey);
    if (same === undefined) this.bySpawnKey.set(spawnKey, [process]);
    else same.push(process);
    const child = this.childBySpawnKey.get(spawnKey);
    if (child !== undefined) this.bind(child);
    this.changed(process);
  }

  /** A parent (or, with `owner` null, the launcher) described a child. */
  child(owner: ThreadEntity | null, def: Omit<ChildDefinition, 'type' | 'id'>): ChildEntity {
    const known = this.childBySpawnKey.get(def.spawnKey);
    if (known !== undefined && known.owner === owner) return known;
    const child = new ChildEntity(owner, def);
    if (def.spawnKey !== '') this.childBySpawnKey.set(def.spawnKey, child);
    if (def.api !== 'worker') this.bind(child);
    return child;
  }

  /** The parent told the pid of a child. */
  childPid(child: ChildEntity, pid: number): void {
    if (pid === 0 || child.api === 'worker') return;
    if (child.pid === 0) child.pid = pid;
    this.bind(child);
    if (child.process !== null) this.changed(child.process);
  }

  worker(child: ChildEntity, threadId: number): void {
    const owner = child.owner;
    if (owner === null) return;
    child.workerThreadId = threadId;
    this.workers.set(`${owner.process.index}.${threadId}`, child);
    const thread = owner.process.threads.get(threadId);
    if (thread !== undefined) thread.child = child;
    this.changed(owner.process);
  }
  workerChild(process: ProcessEntity, threadId: number): ChildEntity | null {
    return this.workers.get(`${process.index}.${threadId}`) ?? null;
  }

  /** The child that was given a spawn key. */
  childOf(spawnKey: string): ChildEntity | undefined {
    return this.childBySpawnKey.get(spawnKey);
  }

  /** A sighting in the process table. */
  seen(pid: number, ppid: number, time: number, os: OsSighting): ProcessEntity {
    const process = this.at(pid, time) ?? this.endedBefore(pid, time) ?? this.create();
    if (process.ppid === 0) process.ppid = ppid;
    if (process.osSeen === null || os.start < process.osSeen) process.osSeen = os.start;
    process.os = os;
    this.setPid(process, pid);
    this.changed(process);
    return process;
  }

  /** The process that had `pid` at `time`. */
  at(pid: number, time: number): ProcessEntity | undefined {
    let best: ProcessEntity | undefined;
    for (const process of this.around(pid, time)) {
      if (!this.mayLiveAt(process, time)) continue;
      if (best === undefined || process.start > best.start) best = process;
    }
    return best;
  }

  /** The process that had `pid` at `time`, or that was seen to have gone a little before: whoever awaits an end may hear of it later. */
  atOrBefore(pid: number, time: number): ProcessEntity | undefined {
    return this.at(pid, time) ?? this.endedBefore(pid, time);
  }

  /** The process that has said its end, and that the system still shows: on a busy machine that takes a while. */
  private endedBefore(pid: number, time: number): ProcessEntity | undefined {
    return this.around(pid, time)
      .filter(({ start, end }) => start <= time && end !== null && end + SEEN_FOR >= time)
      .sort((a, b) => b.start - a.start)[0];
  }

  /** Brings `parent`, `children` and `name` up to date. */
  link(): void {
    if (this.unlinked.size === 0) return;
    const renamed = new Set(this.unlinked);
    this.unlinked.clear();
    for (const process of this.all) {
      const parent = this.parentOf(process);
      if (parent !== null && process.start < parent.start) this.beganBefore(parent, process.start);
      if (parent === process.parent) continue;
      if (process.parent !== null) {
        process.parent.children.delete(process);
        this.touch(process.parent);
      }
      process.parent = parent;
      parent?.children.add(process);
      if (parent !== null) this.touch(parent);
      this.touch(process);
      renamed.add(process);
    }
    for (const process of this.names.update(renamed)) this.touch(process);
  }

  /** A process is not younger than its children. One that is has become another program: a shell runs its last command so. */
  private beganBefore(parent: ProcessEntity, start: number): void {
    const { child, osSeen } = parent;
    parent.beganBefore = Math.min(start, child?.startTime ?? start, osSeen ?? start);
    this.touch(parent);
  }

  changed(process: ProcessEntity): void {
    this.unlinked.add(process);
    this.touch(process);
  }

  private parentOf(process: ProcessEntity): ProcessEntity | null {
    const owner = process.child?.owner?.process;
    if (owner !== undefined) return owner;
    if (process.child !== null) return null;
    const byPid = process.ppid === 0 ? undefined : this.at(process.ppid, process.start);
    if (byPid !== undefined && byPid !== process && !descends(byPid, process)) return byPid;
    const child = process.spawnKey === null ? undefined : this.childBySpawnKey.get(process.spawnKey);
    const above = child?.process ?? child?.owner?.process ?? null;
    return above === null || above === process || above.id === '' || descends(above, process)
      ? (child?.owner?.process ?? null)
      : above;
  }

  /** Finds or makes the process of a child. Without a pid only its own stream, started by the owner itself, can be it. */
  private bind(child: ChildEntity): void {
    if (child.api === 'worker' || child.process !== null) return;
    const found = child.pid === 0 ? this.unnamed(child) : this.named(child);
    if (found === undefined) return;
    child.process = found;
    found.child = child;
    if (child.owner !== null) this.touch(child.owner.process);
    this.changed(found);
  }

  private unnamed(child: ChildEntity): ProcessEntity | undefined {
    const owner = child.owner;
    if (owner === null) return undefined;
    const found = this.bySpawnKey
      .get(child.spawnKey)
      ?.find((p) => p.child === null && p.ppid === owner.process.pid);
    if (found !== undefined) child.pid = found.pid;
    return found;
  }

  private named(child: ChildEntity): ProcessEntity {
    const time = child.startTime;
    const candidates = this.around(child.pid, time ?? Number.NEGATIVE_INFINITY).filter(
      (p) => p.child === null,
    );
    const own = this.bySpawnKey.get(child.spawnKey)?.find((p) => p.pid === child.pid && p.child === null);
    if (own !== undefined) return own;
    const unnamed = candidates.filter((p) => p.spawnKey === null);
    const found = unnamed.find((p) => time === null || this.mayLiveAt(p, time)) ?? this.create();
    this.setPid(found, child.pid);
    return found;
  }

  private mayLiveAt(process: ProcessEntity, time: number): boolean {
    const end = process.end;
    if (end !== null && end + SLACK < time) return false;
    // A start seen from the process table is late by the sampling interval: it never excludes an earlier time.
    return process.streamStart === null || process.streamStart <= time + SLACK || process.child === null;
  }

  /** Those with a pid that may have lived at a time, or have ended so shortly before that the system still showed them. */
  private around(pid: number, time: number): readonly ProcessEntity[] {
    return this.byPid.get(pid)?.since(time - SEEN_FOR) ?? [];
  }

  private create(): ProcessEntity {
    const process = new ProcessEntity(this.all.length);
    this.all.push(process);
    return process;
  }

  private setPid(process: ProcessEntity, pid: number): void {
    if (pid === 0 || process.pid === pid) return;
    process.pid = pid;
    const lives = this.byPid.get(pid) ?? new Lives();
    this.byPid.set(pid, lives);
    lives.add(process);
    process.id = lives.count === 1 ? `${pid}` : `${pid}.${lives.count}`;
    this.byId.set(process.id, process);
  }
}

function descends(process: ProcessEntity, from: ProcessEntity): boolean {
  for (let p: ProcessEntity | null = process; p !== null; p = p.parent) if (p === from) return true;
  return false;
}
