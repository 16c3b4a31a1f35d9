/**
 * Resources as this thread holds them. All handles of a thread on one resource share a {@link Core}; the resource's block stays
 * alive while any thread holds it or a message carries it.
 */
import type { ResourceInfo, ResourceKind } from '../../../base/channels.ts';
import { BLOCK } from '../../../shm/layout.ts';
import type { Memory } from '../../../shm/memory.ts';
import { publish } from '../diagnostics/publish.ts';
import { OSError, ValueError } from '../errors/errors.ts';
import { Line } from '../waits/blocking.ts';
import { memory } from './instance.ts';

/** READ | WRITE bits, as `open` and `close` publish them (`ROLE` of the trace). Locks and values use both. */
export type Role = number;
export const READ = 1;
export const WRITE = 2;
export const BOTH = READ | WRITE;

/** How a kind of resource lies in memory. */
export interface Shape {
  readonly kind: ResourceKind;
  /** Words of content. */
  readonly words: number;
  /** Where the wait points begin within the content, and how many there are. */
  readonly waitPoints: number;
  readonly waitPointCount: number;
}

/** One resource as this thread holds it. `content` is the first word of its content. */
export class Core {
  readonly memory: Memory;
  readonly at: number;
  readonly content: number;
  readonly generation: number;
  readonly info: ResourceInfo;
  readonly #lines = new Map<number, Line>();
  readonly #busyLines = new Set<Line>();
  readonly #counts = { read: 0, write: 0 };

  constructor(memory: Memory, at: number, info: ResourceInfo) {
    this.memory = memory;
    this.at = at;
    this.content = at + BLOCK.content;
    this.generation = memory.generation(at);
    this.info = info;
  }

  /** This thread's asynchronous waiters at a wait point, who need the resource in one of the roles of `role`. */
  line(point: number, role: Role = BOTH): Line {
    let line = this.#lines.get(point);
    if (line === undefined) {
      line = this.ownLine(point, role);
      this.#lines.set(point, line);
    }
    return line;
  }

  /** A line for one waiter, who need not go in turn. */
  ownLine(point: number, role: Role = BOTH): Line {
    return new Line(this.memory.waits, point, role, this.#busyLines);
  }

  retain(role: Role): void {
    if (this.generation !== this.memory.generation(this.at)) {
      throw new ValueError(`${this.info.kind} is gone: everybody closed it before it arrived`);
    }
    let opened = 0;
    if (role & READ && this.#counts.read++ === 0) opened |= READ;
    if (role & WRITE && this.#counts.write++ === 0) opened |= WRITE;
    if (opened & READ) this.memory.hold(this.at, BLOCK.readers);
    if (opened & WRITE) this.memory.hold(this.at, BLOCK.writers);
    if (opened) publish('open', this.info, 0, opened);
  }

  release(role: Role): void {
    let closed = 0;
    if (role & READ && --this.#counts.read === 0) closed |= READ;
    if (role & WRITE && --this.#counts.write === 0) closed |= WRITE;
    if (closed) publish('close', this.info, 0, closed);
    if (this.closed) cores.delete(this.info.key);
    if (closed === 0 || !this.#failWaits()) this.#drop(closed);
    // Those who give up may still have something to put right in the resource.
    else setImmediate(() => this.#drop(closed));
  }

  #drop(roles: Role): void {
    // It may have been opened anew meanwhile.
    const gone = roles & ~(cores.get(this.info.key)?.held ?? 0);
    if (gone & READ) this.memory.drop(this.at, BLOCK.readers);
    if (gone & WRITE) this.memory.drop(this.at, BLOCK.writers);
  }

  /** Ends this thread's waits for what it no longer holds. Whether there were any. */
  #failWaits(): boolean {
    const lost = [...this.#busyLines].filter((line) => (line.role & this.held) === 0);
    const { kind } = this.info;
    for (const line of lost) {
      line.fail(kind === 'pipe' ? new OSError('handle is closed') : new ValueError(`${kind} is closed`));
    }
    return lost.length > 0;
  }

  /** The roles in which this thread holds it. */
  get held(): Role {
    return (this.#counts.read > 0 ? READ : 0) | (this.#counts.write > 0 ? WRITE : 0);
  }

  get closed(): boolean {
    return this.held === 0;
  }
}

const cores = new Map<string, Core>();

/** Every resource that this thread holds. */
export function openCores(): Iterable<Core> {
  return cores.values();
}

export interface Description {
  readonly name: string | undefined;
  readonly capacity: number;
  readonly peerKey?: string | undefined;
}

function infoOf(memory: Memory, at: number, kind: ResourceKind, description: Description): ResourceInfo {
  const key = keyOf(memory, at);
  const { name, capacity, peerKey } = description;
  return { key, kind, name, capacity, peerKey };
}

export function keyOf(memory: Memory, at: number): string {
  return `${memory.session.address.id}:${at}:${memory.generation(at)}`;
}

/** Makes a resource. `initialise` fills its content before anybody is told of it. The caller then retains it. */
export function createCore(shape: Shape, description: Description, initialise?: Initialise): Core {
  return announceCore(allocateCore(shape, initialise), shape.kind, description);
}

type Initialise = (content: number, memory: Memory) => void;

/** The first half of {@link createCore}, for resources that must know each other's keys. */
export function allocateCore(shape: Shape, initialise?: Initialise): number {
  const own = memory();
  const at = own.create(shape.words, shape.waitPoints, shape.waitPointCount);
  initialise?.(at + BLOCK.content, own);
  return at;
}

/** The second half of {@link createCore}. */
export function announceCore(at: number, kind: ResourceKind, description: Description): Core {
  const own = memory();
  const core = new Core(own, at, infoOf(own, at, kind, description));
  cores.set(core.info.key, core);
  publish('create', core.info);
  return core;
}

/** The resource at `at`, as another thread or process described it. The caller retains it, then ends the flight. */
export function openCore(at: number, generation: number, kind: ResourceKind, description: Description): Core {
  const own = memory();
  if (own.generation(at) !== generation) throw new ValueError(`a ${kind} in this message no longer exists`);
  const info = infoOf(own, at, kind, description);
  const known = cores.get(info.key);
  if (known !== undefined) return known;
  const core = new Core(own, at, info);
  cores.set(info.key, core);
  return core;
}
