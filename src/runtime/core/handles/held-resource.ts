/**
 * Resources as this thread holds them. All handles of a thread on one resource share a {@link HeldResource}; the resource's block stays
 * alive while any thread holds it or a message carries it.
 */

import type { ResourceInfo, ResourceKind } from '../../../base/channels.ts';
import type { Words } from '../../../base/quantities.ts';
import { BLOCK } from '../../../shm/layout.ts';
import type { Memory } from '../../../shm/memory.ts';
import { publish } from '../diagnostics/publish.ts';
import { OSError, ValueError } from '../errors/errors.ts';
import { WaitQueue } from '../waits/blocking.ts';
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
  readonly words: Words;
  /** Where the wait points begin within the content, and how many there are. */
  readonly waitPoints: number;
  readonly waitPointCount: number;
}

/** One resource as this thread holds it. `content` is the first word of its content. */
export class HeldResource {
  readonly memory: Memory;
  readonly at: Words;
  readonly content: Words;
  readonly generation: number;
  readonly info: ResourceInfo;
  readonly #waitQueues = new Map<number, WaitQueue>();
  readonly #busyQueues = new Set<WaitQueue>();
  readonly #counts = { read: 0, write: 0 };

  constructor(memory: Memory, at: Words, info: ResourceInfo) {
    this.memory = memory;
    this.at = at;
    this.content = at + BLOCK.content;
    this.generation = memory.generation(at);
    this.info = info;
  }

  /** This thread's asynchronous waiters at a wait point, who need the resource in one of the roles of `role`. */
  waitQueue(point: Words, role: Role = BOTH): WaitQueue {
    let queue = this.#waitQueues.get(point);
    if (queue === undefined) {
      queue = this.ownWaitQueue(point, role);
      this.#waitQueues.set(point, queue);
    }
    return queue;
  }

  /** A queue of its own for one waiter, who need not wait for the turn of others. */
  ownWaitQueue(point: Words, role: Role = BOTH): WaitQueue {
    return new WaitQueue(this.memory.waits, point, role, this.#busyQueues);
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
    if (this.closed) held.delete(this.info.key);
    if (closed === 0 || !this.#failWaits()) this.#drop(closed);
    // Those who give up may still have something to put right in the resource.
    else setImmediate(() => this.#drop(closed));
  }

  #drop(roles: Role): void {
    // It may have been opened anew meanwhile.
    const gone = roles & ~(held.get(this.info.key)?.held ?? 0);
    if (gone & READ) this.memory.drop(this.at, BLOCK.readers);
    if (gone & WRITE) this.memory.drop(this.at, BLOCK.writers);
  }

  /** Ends this thread's waits for what it no longer holds. Whether there were any. */
  #failWaits(): boolean {
    const lost = [...this.#busyQueues].filter((queue) => (queue.role & this.held) === 0);
    const { kind } = this.info;
    for (const queue of lost) {
      queue.fail(kind === 'pipe' ? new OSError('handle is closed') : new ValueError(`${kind} is closed`));
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

const held = new Map<string, HeldResource>();

/** Every resource that this thread holds. */
export function heldResources(): Iterable<HeldResource> {
  return held.values();
}

export interface Description {
  readonly name: string | undefined;
  readonly capacity: number;
  readonly peerKey?: string | undefined;
}

function infoOf(memory: Memory, at: Words, kind: ResourceKind, description: Description): ResourceInfo {
  const key = keyOf(memory, at);
  const { name, capacity, peerKey } = description;
  return { key, kind, name, capacity, peerKey };
}

export function keyOf(memory: Memory, at: Words): string {
  return `${memory.session.address.id}:${at}:${memory.generation(at)}`;
}

/** Makes a resource. `initialise` fills its content before anybody is told of it. The caller then retains it. */
export function createResource(
  shape: Shape,
  description: Description,
  initialise?: Initialise,
): HeldResource {
  return announceResource(allocateResource(shape, initialise), shape.kind, description);
}

type Initialise = (content: Words, memory: Memory) => void;

/** The first half of {@link createResource}, for resources that must know each other's keys. */
export function allocateResource(shape: Shape, initialise?: Initialise): number {
  const own = memory();
  const at = own.create(shape.words, shape.waitPoints, shape.waitPointCount);
  initialise?.(at + BLOCK.content, own);
  return at;
}

/** The second half of {@link createResource}. */
export function announceResource(at: Words, kind: ResourceKind, description: Description): HeldResource {
  const own = memory();
  const resource = new HeldResource(own, at, infoOf(own, at, kind, description));
  held.set(resource.info.key, resource);
  publish('create', resource.info);
  return resource;
}

/** The resource at `at`, as another thread or process described it. The caller retains it, then ends the flight. */
export function openResource(
  at: Words,
  generation: number,
  kind: ResourceKind,
  description: Description,
): HeldResource {
  const own = memory();
  if (own.generation(at) !== generation) throw new ValueError(`a ${kind} in this message no longer exists`);
  const info = infoOf(own, at, kind, description);
  const known = held.get(info.key);
  if (known !== undefined) return known;
  const resource = new HeldResource(own, at, info);
  held.set(info.key, resource);
  return resource;
}
