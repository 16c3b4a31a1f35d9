import { WAIT } from '../../../shm/layout.ts';
import { atMost } from '../../core/arguments/internal.ts';
import { numberOr } from '../../core/arguments/options.ts';
import { publish, type Wait } from '../../core/diagnostics/publish.ts';
import { ValueError } from '../../core/errors/errors.ts';
import { checkName, ofResource, registerSingle } from '../../core/handles/handle.ts';
import { createResource, type HeldResource, type Shape } from '../../core/handles/held-resource.ts';
import { PENDING, type Pending } from '../../core/waits/blocking.ts';
import { Acquirable } from './acquirable.ts';

const SEMAPHORE = { value: 0, ticket: 1, waiters: 2, words: 2 + WAIT.words } as const;
const MOST = 0x7fffffff;
/** Where others release what this handle acquires, its tickets would grow without end. */
const MOST_TICKETS = 1024;

type SemaphoreKind = 'semaphore' | 'boundedSemaphore';
const shape = (kind: SemaphoreKind): Shape => ({
  kind,
  words: SEMAPHORE.words,
  waitPoints: SEMAPHORE.waiters,
  waitPointCount: 1,
});

export interface SemaphoreOptions {
  /** Units at the start; 1 unless given. */
  readonly value?: number;
  readonly name?: string;
}

/**
 * A number of units between processes: `acquire` takes one or waits, `release` gives one. Units belong to nobody, so those
 * of a process that dies are gone (as in Python); a Lock is recovered.
 */
export class Semaphore extends Acquirable {
  /** Tickets of this handle's acquisitions, oldest first: a release ends the oldest. */
  readonly #tickets: number[];

  /** @throws ValueError for a wrong number of units, TypeMismatch for what is no options */
  constructor(options?: number | SemaphoreOptions);
  constructor(...given: [options?: number | SemaphoreOptions]) {
    const [options = {}] = atMost(1, given, 'new Semaphore({ value: 1, name })');
    const own = ofResource.received(options) ?? create(options, 'semaphore');
    const point = own.content + SEMAPHORE.waiters;
    const tickets: number[] = [];
    super(own, {
      op: 'waitAcquire',
      target: own.info,
      point,
      queue: own.waitQueue(point),
      attempt: (wait) => attempt(own, wait, tickets),
    });
    this.#tickets = tickets;
  }

  /** Units that are free now. */
  getValue(): number {
    const { resource } = this;
    return Atomics.load(resource.memory.words, resource.content + SEMAPHORE.value);
  }

  /** Gives one unit. @throws ValueError when that is more than it may hold */
  release(): void {
    const { resource } = this;
    const { words, waits } = resource.memory;
    const at = resource.content + SEMAPHORE.value;
    const most = this.most(resource);
    let published = false;
    for (;;) {
      const value = Atomics.load(words, at);
      if (value >= most) throw new ValueError('semaphore released too many times');
      // Before the unit is there, so that no observer sees its acquisition first.
      if (!published) publish('release', resource.info, this.#tickets.shift() ?? 0);
      published = true;
      if (Atomics.compareExchange(words, at, value, value + 1) === value) break;
    }
    waits.wake(resource.content + SEMAPHORE.waiters);
  }

  /** Most units it may hold. @internal */
  protected most(_core: HeldResource): number {
    return MOST;
  }
}

/** A semaphore that never holds more units than at its start. */
export class BoundedSemaphore extends Semaphore {
  /** @throws ValueError for a wrong number of units, TypeMismatch for what is no options */
  constructor(options?: number | SemaphoreOptions);
  constructor(...given: [options?: number | SemaphoreOptions]) {
    const [options = {}] = atMost(1, given, 'new BoundedSemaphore({ value: 1, name })');
    super(ofResource.pass(ofResource.received(options) ?? create(options, 'boundedSemaphore')));
  }

  /** @internal */
  protected override most(resource: HeldResource): number {
    return resource.info.capacity;
  }
}

function create(options: number | SemaphoreOptions, kind: SemaphoreKind): HeldResource {
  const { value = 1, name } = numberOr('value', options);
  if (!Number.isInteger(value) || value < 0 || value > MOST) {
    throw new ValueError(`a semaphore's initial value is a whole number from 0, not ${String(value)}`);
  }
  return createResource(shape(kind), { name: checkName(name), capacity: value }, (content, memory) => {
    memory.words[content + SEMAPHORE.value] = value;
  });
}

function attempt(resource: HeldResource, wait: Wait, tickets: number[]): true | Pending {
  const { words } = resource.memory;
  const at = resource.content + SEMAPHORE.value;
  for (;;) {
    const value = Atomics.load(words, at);
    if (value <= 0) return PENDING;
    if (Atomics.compareExchange(words, at, value, value - 1) === value) break;
  }
  const ticket = (Atomics.add(words, resource.content + SEMAPHORE.ticket, 1) + 1) >>> 0;
  if (tickets.push(ticket) > MOST_TICKETS) tickets.shift();
  publish('acquire', resource.info, ticket, wait.n, wait);
  // Two units may have been given while one waiter was rung: whoever was served passes it on.
  if (Atomics.load(words, at) > 0) resource.memory.waits.wake(resource.content + SEMAPHORE.waiters);
  return true;
}

function register<S extends Semaphore>(id: SemaphoreKind, type: new (options: SemaphoreOptions) => S): void {
  registerSingle<S>(type.prototype as S, id, (resource) => new type(ofResource.pass(resource)));
}
register('semaphore', Semaphore);
register('boundedSemaphore', BoundedSemaphore);
