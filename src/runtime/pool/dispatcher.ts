/** Tasks on their way: put into the workers' queue in order, and settled by what comes back or by a worker's death. */
import type { ResourceInfo } from '../../base/channels.ts';
import type { Waiter } from '../../shm/waiting.ts';
import { PENDING } from '../blocking.ts';
import { type BrokenPoolError, MaybeEncodingError, RemoteTraceback } from '../errors.ts';
import { coreOf } from '../handles.ts';
import { readValue } from '../messages.ts';
import { refer, type Target } from '../process/reference.ts';
import { publish } from '../publish.ts';
import { putAtOnce, type Queue, queueMessages } from '../queue.ts';
import type { AnyFunction } from '../task.ts';
import { type PoolCore, WORKER } from './core.ts';
import { type Mode, RESULT, type ResultMessage, type TaskMessage } from './wire.ts';

export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown };

export interface Submission {
  readonly fn: AnyFunction;
  readonly mode: Mode;
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>> | undefined;
  readonly settle: (outcome: Outcome) => void;
}
interface Flight extends Submission {
  readonly number: number;
  /** Its place among all tasks that were ever put, from 1. */
  position: number;
}

/** Results handled in one go, before the loop gets its turn. */
const BATCH = 2048;

export interface DispatcherOptions {
  readonly pool: PoolCore;
  readonly tasks: Queue<TaskMessage | null>;
  readonly results: Queue<ResultMessage>;
  readonly onReady: (seat: number) => void;
  readonly onInitializerFailed: (error: unknown) => void;
  /** A task has been settled. */
  readonly onSettled: () => void;
}

export class Dispatcher implements Waiter {
  readonly point: number;
  readonly #options: DispatcherOptions;
  readonly #info: ResourceInfo;
  readonly #flying = new Map<number, Flight>();
  readonly #pending: Flight[] = [];
  readonly #references = new WeakMap<AnyFunction, string>();
  #numbers = 0;
  #puts = 0;
  #awaited = 0;
  #pumping = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#info = coreOf(options.pool).info;
    this.point = queueMessages(options.results).ring.notEmpty;
    coreOf(options.results).memory.waits.add(this, false);
  }

  /** Tasks that are not settled yet. */
  get unsettled(): number {
    return this.#flying.size + this.#pending.length;
  }

  get info(): ResourceInfo {
    return this.#info;
  }

  /** Whether somebody waits for a result: only then it keeps the program alive. */
  awaited(change: 1 | -1): void {
    this.#awaited += change;
    const { results } = this.#options;
    if (!results.closed) coreOf(results).memory.waits.setRef(this, this.#awaited > 0);
  }

  /** Numbers the task and puts it, at once where its function is known, else as soon as it is located. */
  submit(submission: Submission): number {
    const flight: Flight = { ...submission, number: ++this.#numbers, position: 0 };
    const reference = this.#references.get(submission.fn);
    if (reference !== undefined && this.#pending.length === 0) {
      this.#put(flight, reference);
    } else {
      this.#pending.push(flight);
      void this.#pump();
    }
    return flight.number;
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    // Locating a function needs turns of the loop, which would otherwise be free to end.
    this.awaited(1);
    while (this.#pending.length > 0) {
      const [flight] = this.#pending as [Flight];
      try {
        await this.#referenceOf(flight.fn);
        this.#putLocated();
      } catch (error) {
        if (this.#pending[0] === flight) this.#pending.shift();
        this.#settle(flight, { ok: false, error });
      }
    }
    this.awaited(-1);
    this.#pumping = false;
  }

  /** Puts the tasks up to the first whose function is not located yet. */
  #putLocated(): void {
    const next = this.#pending.findIndex(({ fn }) => !this.#references.has(fn));
    const ready = this.#pending.splice(0, next < 0 ? this.#pending.length : next);
    for (const flight of ready) this.#put(flight, this.#references.get(flight.fn) as string);
  }

  async #referenceOf(fn: AnyFunction): Promise<string> {
    let reference = this.#references.get(fn);
    if (reference === undefined) {
      reference = JSON.stringify((await refer(fn as Target, 'Pool function')).reference);
      this.#references.set(fn, reference);
    }
    return reference;
  }

  #put(flight: Flight, reference: string): void {
    const { number, mode, args, kwargs } = flight;
    // Announced first: a worker may begin before putSync returns.
    publish('submit', this.#info, number);
    this.#flying.set(number, flight);
    flight.position = ++this.#puts;
    try {
      putAtOnce(this.#options.tasks, [number, reference, mode, args, kwargs]);
    } catch (error) {
      this.#puts--;
      this.#flying.delete(number);
      this.#settle(flight, { ok: false, error });
    }
  }

  /** Tells `count` workers to end when the tasks before are done. */
  dismiss(count: number): void {
    for (let i = 0; i < count; i++) putAtOnce(this.#options.tasks, null);
    this.#puts += count;
  }

  /** Called at each ring: takes what has come. It stays registered. */
  attempt(): boolean {
    if (this.#drain(BATCH)) setImmediate(() => this.attempt());
    return false;
  }

  /** Takes up to `limit` results; true when there may be more. */
  #drain(limit: number): boolean {
    const { results } = this.#options;
    if (results.closed) return false;
    const messages = queueMessages(results);
    for (let i = 0; i < limit; i++) {
      const message = messages.receiveNow(readValue, true) as ResultMessage | typeof PENDING;
      if (message === PENDING) {
        if (i > 0) coreOf(results).memory.waits.came();
        return false;
      }
      this.#receive(message);
      if (results.closed) return false;
    }
    return true;
  }

  #receive([number, kind, value, stack]: ResultMessage): void {
    if (kind === RESULT.ready) this.#options.onReady(number);
    else if (kind === RESULT.initializerFailed) this.#options.onInitializerFailed(withCause(value, stack));
    else this.#land(number, outcomeOf(kind, value, stack));
  }

  #settle(flight: Flight, outcome: Outcome): void {
    try {
      flight.settle(outcome);
    } catch (error) {
      // A callback of the user threw: it is reported as any uncaught error is, and the results go on.
      process.nextTick(() => {
        throw error;
      });
    }
    this.#options.onSettled();
  }

  /** A worker ended in `state`: what it had is rejected, after the results that it still sent. */
  workerDied(state: number, live: () => readonly number[], error: BrokenPoolError): void {
    while (this.#drain(BATCH));
    if (state > 0) this.#fail(state, error);
    else if (state === WORKER.claiming) this.#findLost(live, error);
  }

  /**
   * It died between taking a task and saying which. The task is the one that left the queue, has no result, and is at no
   * live worker; that is certain in a moment when no live worker is between the two.
   */
  #findLost(live: () => readonly number[], error: BrokenPoolError): void {
    if (this.#options.tasks.closed) return;
    const states = live();
    if (states.includes(WORKER.claiming)) {
      setTimeout(() => this.#findLost(live, error), 1);
      return;
    }
    const taken = queueMessages(this.#options.tasks).ring.gets >>> 0;
    while (this.#drain(BATCH));
    const running = new Set(states);
    for (const flight of [...this.#flying.values()]) {
      if (flight.position <= taken && !running.has(flight.number)) this.#fail(flight.number, error);
    }
  }

  #fail(number: number, error: unknown): void {
    this.#land(number, { ok: false, error });
  }

  #land(number: number, outcome: Outcome): void {
    const flight = this.#flying.get(number);
    if (flight === undefined) return;
    this.#flying.delete(number);
    this.#settle(flight, outcome);
  }

  /** Rejects everything that is not settled. */
  failAll(error: unknown): void {
    const flights = [...this.#flying.values(), ...this.#pending.splice(0)];
    this.#flying.clear();
    for (const flight of flights) this.#settle(flight, { ok: false, error });
  }

  /** No more results: the queues can be closed. */
  end(): void {
    coreOf(this.#options.results).memory.waits.remove(this);
  }
}

function outcomeOf(kind: number, value: unknown, stack: string | undefined): Outcome {
  if (kind === RESULT.ok) return { ok: true, value };
  if (kind === RESULT.failed) return { ok: false, error: withCause(value, stack) };
  const [exc, words] = value as [string, string];
  return { ok: false, error: new MaybeEncodingError(exc, words) };
}

function withCause(error: unknown, stack: string | undefined): unknown {
  if (error instanceof Error && error.cause === undefined && stack !== undefined) {
    Object.defineProperty(error, 'cause', {
      value: new RemoteTraceback(stack),
      configurable: true,
      writable: true,
    });
  }
  return error;
}
