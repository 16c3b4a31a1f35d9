import type { Words } from '../../../base/quantities.ts';
import { WAIT } from '../../../shm/layout.ts';
import { atMost, Internal } from '../../core/arguments/internal.ts';
import {
  type AsyncWaitOptions,
  milliseconds,
  numberOr,
  patience,
  type WaitOptions,
} from '../../core/arguments/options.ts';
import { publish } from '../../core/diagnostics/publish.ts';
import { BrokenBarrierError, TypeMismatch, ValueError } from '../../core/errors/errors.ts';
import {
  checkName,
  Handle,
  openResourceFields,
  resourceFields,
  resourceOf,
} from '../../core/handles/handle.ts';
import { BOTH, createResource, type HeldResource, type Shape } from '../../core/handles/held-resource.ts';
import { registerHandle } from '../../core/handles/transfer.ts';
import {
  blockAsync,
  blockSync,
  newWait,
  type Operation,
  PENDING,
  type Pending,
} from '../../core/waits/blocking.ts';
import { Action } from './action.ts';
import { waitLimits } from './event.ts';

const OUTCOMES_KEPT = 256;
const BARRIER = {
  /** Inner lock, two words. */
  lock: 0,
  parties: 2,
  /** Arrived in this round; all of them: the last one runs the action. */
  count: 3,
  /** Number of the round. */
  round: 4,
  broken: 5,
  /** The last to arrive, while it runs the action. */
  leader: 6,
  /** One bit a round: it ended broken. */
  outcomes: 7,
  waiters: 7 + OUTCOMES_KEPT / 32,
  words: 7 + OUTCOMES_KEPT / 32 + WAIT.words,
} as const;
const SHAPE: Shape = {
  kind: 'barrier',
  words: BARRIER.words,
  waitPoints: BARRIER.waiters,
  waitPointCount: 1,
};

export interface BarrierOptions {
  /** How many must arrive. */
  readonly parties: number;
  /** Run once a round by the last to arrive, in its process, before the others go on. To travel it must be exported or a `task`. */
  readonly action?: () => void | Promise<void>;
  /** Seconds that `wait` takes at most where it is given none. */
  readonly timeout?: number;
  readonly name?: string;
}

interface Parts {
  readonly resource: HeldResource;
  readonly action: Action | undefined;
  /** Seconds. */
  readonly timeout: number | undefined;
}
/** In the place of a constructor's options: a barrier that exists. */
const existing = new Internal<Parts>();

interface Arrival {
  readonly round: number;
  readonly index: number;
}

/** A place where `parties` threads or tasks wait for each other, again and again. */
export class Barrier extends Handle {
  readonly #action: Action | undefined;
  readonly #timeout: number | undefined;

  /** @throws ValueError for a wrong number of parties, TypeMismatch for what is no options */
  constructor(options: number | BarrierOptions);
  constructor(...given: [options: number | BarrierOptions]) {
    const [options] = atMost(1, given, 'new Barrier({ parties: 2, action, timeout, name })');
    const { resource, action, timeout } = existing.received(options) ?? make(options);
    super(resource, BOTH);
    this.#action = action;
    this.#timeout = timeout;
  }

  get parties(): number {
    return this.resource.info.capacity;
  }

  /** How many wait now. */
  get nWaiting(): number {
    const { resource } = this;
    const count = Atomics.load(resource.memory.words, resource.content + BARRIER.count);
    return count >= this.parties ? 0 : count;
  }

  get broken(): boolean {
    const { resource } = this;
    return Atomics.load(resource.memory.words, resource.content + BARRIER.broken) === 1;
  }

  /** @internal */
  get action(): Action | undefined {
    return this.#action;
  }

  /** Seconds. @internal */
  get defaultTimeout(): number | undefined {
    return this.#timeout;
  }

  /**
   * Waits for the others. Resolves to this one's place in the round, 0 to parties − 1. Rejects with BrokenBarrierError when
   * the barrier is or becomes broken: by `abort`, `reset`, an action that throws, or anybody's timeout.
   */
  async wait(options?: number | AsyncWaitOptions): Promise<number> {
    const limits = { timeout: this.#timeout, ...waitLimits(options) };
    const milliseconds = patience(limits);
    const arrival = await this.#throughAsync(() => this.#arriving(), milliseconds, limits.signal);
    if (arrival.index === this.parties - 1) {
      await this.#lead(arrival);
    } else {
      await this.#throughAsync(() => this.#waiting(arrival), milliseconds, limits.signal);
    }
    return this.#passed(arrival);
  }

  /** The same, blocking the thread. An action that returns a promise is not awaited. */
  waitSync(options?: number | WaitOptions): number {
    const milliseconds = patience({ timeout: this.#timeout, ...waitLimits(options) });
    const arrival = this.#throughSync(this.#arriving(), milliseconds);
    if (arrival.index === this.parties - 1) this.#leadSync(arrival);
    else this.#throughSync(this.#waiting(arrival), milliseconds);
    return this.#passed(arrival);
  }

  /** Makes the barrier new: whoever waits gets BrokenBarrierError, and the next round can begin. */
  reset(): void {
    publish('barrierReset', this.resource.info);
    this.#exclusively((words, at) => {
      if ((words[at + BARRIER.count] ?? 0) > 0) this.#endRound(words, at, true);
      words[at + BARRIER.broken] = 0;
    });
  }

  /** Breaks the barrier until `reset`: whoever waits, and whoever comes, gets BrokenBarrierError. */
  abort(): void {
    publish('barrierBreak', this.resource.info);
    this.#break();
  }

  async #throughAsync<T>(make: () => Operation<T>, milliseconds: number, signal?: AbortSignal): Promise<T> {
    try {
      const result = await blockAsync(make(), milliseconds, signal);
      if (result !== PENDING) return result;
    } catch (error) {
      if (signal?.aborted) this.#break();
      throw error;
    }
    return this.#timedOut();
  }

  #throughSync<T>(operation: Operation<T>, milliseconds: number): T {
    const result = blockSync(this.resource.memory.waits, operation, milliseconds);
    return result === PENDING ? this.#timedOut() : result;
  }

  #timedOut(): never {
    this.abort();
    throw new BrokenBarrierError('the barrier is broken: a wait timed out');
  }

  async #lead(arrival: Arrival): Promise<void> {
    try {
      await this.#action?.run();
    } catch (error) {
      this.abort();
      throw error;
    }
    this.#pass(arrival);
  }

  #leadSync(arrival: Arrival): void {
    try {
      this.#action?.runSync();
    } catch (error) {
      this.abort();
      throw error;
    }
    this.#pass(arrival);
  }

  #pass(arrival: Arrival): void {
    this.#exclusively((words, at) => {
      if ((words[at + BARRIER.round] ?? 0) === arrival.round) this.#endRound(words, at, false);
    });
    checkOutcome(this.resource, arrival.round);
  }

  #passed(arrival: Arrival): number {
    publish('barrierPass', this.resource.info, arrival.round >>> 0, arrival.index, newWait(false));
    return arrival.index;
  }

  /** A place in the round; those that come while a full round's action runs wait for the next one. */
  #arriving(): Operation<Arrival> {
    return this.#operation((lookForDead) => {
      if (lookForDead) this.#checkLeader();
      return this.#exclusively((words, at): Arrival | Pending => {
        if (words[at + BARRIER.broken] === 1) throw new BrokenBarrierError('the barrier is broken');
        const index = words[at + BARRIER.count] ?? 0;
        if (index >= (words[at + BARRIER.parties] ?? 0)) return PENDING;
        words[at + BARRIER.count] = index + 1;
        words[at + BARRIER.leader] = index + 1 === this.parties ? this.resource.memory.thread : 0;
        return { round: words[at + BARRIER.round] ?? 0, index };
      });
    });
  }

  #waiting(arrival: Arrival): Operation<true> {
    const { resource } = this;
    return this.#operation((lookForDead) => {
      if (lookForDead) this.#checkLeader();
      if (Atomics.load(resource.memory.words, resource.content + BARRIER.round) === arrival.round)
        return PENDING;
      checkOutcome(resource, arrival.round);
      return true;
    }, arrival.round >>> 0);
  }

  /** @param round in which it has arrived, and whose end it awaits */
  #operation<T>(attempt: (lookForDead: boolean) => T | Pending, round?: number): Operation<T> {
    const { resource } = this;
    const point = resource.content + BARRIER.waiters;
    const queue = resource.ownWaitQueue(point);
    const arrived = round === undefined ? {} : { subject: round };
    return {
      op: 'waitBarrier',
      target: resource.info,
      ...arrived,
      point,
      queue,
      attempt: (_, lookForDead) => attempt(lookForDead),
    };
  }

  /** One that died in its action would leave the others waiting for ever. */
  #checkLeader(): void {
    const { memory, content } = this.resource;
    const leader = Atomics.load(memory.words, content + BARRIER.leader);
    if (leader === 0 || leader === memory.thread || memory.slots.isAlive(leader)) return;
    if (Atomics.compareExchange(memory.words, content + BARRIER.leader, leader, 0) === leader) this.abort();
  }

  #break(): void {
    this.#exclusively((words, at) => {
      words[at + BARRIER.broken] = 1;
      this.#endRound(words, at, true);
    });
  }

  #endRound(words: Int32Array, at: Words, broken: boolean): void {
    const round = words[at + BARRIER.round] ?? 0;
    const place = (round >>> 0) % OUTCOMES_KEPT;
    const word = at + BARRIER.outcomes + (place >> 5);
    const bit = 1 << (place & 31);
    words[word] = broken ? (words[word] ?? 0) | bit : (words[word] ?? 0) & ~bit;
    words[at + BARRIER.count] = 0;
    words[at + BARRIER.leader] = 0;
    Atomics.store(words, at + BARRIER.round, (round + 1) | 0);
    this.resource.memory.waits.wake(at + BARRIER.waiters, true);
  }

  #exclusively<T>(body: (words: Int32Array, at: Words) => T): T {
    const { memory, content } = this.resource;
    memory.inner.enter(content + BARRIER.lock);
    try {
      return body(memory.words, content);
    } finally {
      memory.inner.leave(content + BARRIER.lock);
    }
  }
}

function checkOutcome(resource: HeldResource, round: number): void {
  const place = (round >>> 0) % OUTCOMES_KEPT;
  const word = Atomics.load(resource.memory.words, resource.content + BARRIER.outcomes + (place >> 5));
  if ((word >>> (place & 31)) & 1) throw new BrokenBarrierError('the barrier is broken');
}

function checkWaits(timeout: unknown, action: unknown): void {
  milliseconds(timeout as number | undefined);
  if (action !== undefined && typeof action !== 'function')
    throw new TypeMismatch("a barrier's action is a function");
}

function make(options: number | BarrierOptions): Parts {
  const { parties, timeout, name, action } = numberOr('parties', options);
  if (parties === undefined)
    throw new TypeMismatch(
      'a barrier needs its number of parties: new Barrier(2), new Barrier({ parties: 2 })',
    );
  checkWaits(timeout, action);
  return { resource: create(parties, checkName(name)), action: Action.of(action), timeout };
}

function create(parties: unknown, name: string | undefined): HeldResource {
  if (typeof parties !== 'number' || !Number.isInteger(parties) || parties < 1 || parties > 0x7fffffff) {
    throw new ValueError(`a barrier has a whole number of parties from 1, not ${String(parties)}`);
  }
  return createResource(SHAPE, { name, capacity: parties }, (content, memory) => {
    memory.words[content + BARRIER.parties] = parties;
  });
}

registerHandle<Barrier>(Barrier.prototype, {
  id: 'barrier',
  toWire(barrier) {
    const resource = resourceOf(barrier);
    const fields = [barrier.defaultTimeout, barrier.action?.toWire(), ...resourceFields(resource)];
    return { fields, blocks: [resource.at] };
  },
  fromWire([timeout, action, ...fields]) {
    const resource = openResourceFields(fields, 'barrier');
    return new Barrier(
      existing.pass({
        resource,
        action: Action.fromWire(action),
        timeout: timeout as number | undefined,
      }),
    );
  },
});
