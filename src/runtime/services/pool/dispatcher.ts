/** Tasks on their way: put into the workers' queue in order, and settled by what comes back or by a worker's death. */
import type { ResourceInfo } from '../../../base/channels.ts';
import type { Waiter } from '../../../shm/waiting.ts';
import { tellPath } from '../../core/codec/path.ts';
import { noteCaller, publishFrom } from '../../core/diagnostics/publish.ts';
import { type BrokenPoolError, MaybeEncodingError, RemoteTraceback } from '../../core/errors/errors.ts';
import { withoutRuntime } from '../../core/errors/stacks.ts';
import { refer, type Target } from '../../core/functions/reference.ts';
import { resourceOf } from '../../core/handles/handle.ts';
import { decodeValue, type Encoded, encodeValue, type Messages } from '../../core/messages/messages.ts';
import { FORM, type Received } from '../../core/messages/ring.ts';
import type { AnyFunction } from '../../core/tasks/task.ts';
import { PENDING } from '../../core/waits/blocking.ts';
import { type Queue, queueMessages } from '../../primitives/queues/queue.ts';
import { type Flight, Flights, type Outcome, type Submission } from './flights.ts';
import { type PoolHandle, WORKER } from './pool-handle.ts';
import { MODE, type Mode, RESULT, RESULT_AT, TASK } from './wire.ts';

/** Results handled in one go, before the loop gets its turn. */
const BATCH = 2048;
/** So many tasks at most are put before a worker that sleeps is woken. */
const UNSAID = 16;

export interface DispatcherOptions {
  readonly pool: PoolHandle;
  readonly tasks: Queue;
  readonly results: Queue;
  readonly onReady: (seat: number) => void;
  readonly onInitializerFailed: (error: unknown) => void;
  /** A task has been settled. */
  readonly onSettled: () => void;
}

/** A function as tasks name it: by its place in the pool's table, or where that is full, by the text itself. */
interface Known {
  readonly place: number;
  readonly reference: string;
}

export class Dispatcher implements Waiter {
  readonly point: number;
  readonly #options: DispatcherOptions;
  readonly #info: ResourceInfo;
  readonly #tasks: Messages;
  readonly #results: Messages;
  readonly #flights = new Flights();
  /** Those that wait for their function to be located, and all after them. */
  readonly #pending: Flight[] = [];
  readonly #known = new WeakMap<AnyFunction, Known>();
  #puts = 0;
  #awaited = 0;
  #pumping = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#info = resourceOf(options.pool).info;
    this.#tasks = queueMessages(options.tasks);
    this.#results = queueMessages(options.results);
    this.point = this.#results.ring.notEmpty;
    resourceOf(options.results).memory.waits.add(this, false);
  }

  /** Whether tasks are not settled yet. */
  get busy(): boolean {
    return this.#flights.size > 0;
  }

  get info(): ResourceInfo {
    return this.#info;
  }

  /** Whether somebody waits for a result: only then it keeps the program alive. */
  awaited(change: 1 | -1): void {
    this.#awaited += change;
    const { results } = this.#options;
    if (!results.closed) resourceOf(results).memory.waits.setRef(this, this.#awaited > 0);
  }

  /**
   * Numbers the tasks and puts them, at once where their function is known, else as soon as it is located. Returns the first
   * number.
   */
  submit(submission: Submission): number {
    const flight = this.#flights.add(submission);
    const known = this.#known.get(submission.fn);
    if (known !== undefined && this.#pending.length === 0) {
      this.#put(flight, known);
    } else {
      if (flight.site === 0) flight.site = noteCaller(this.#info);
      this.#pending.push(flight);
      void this.#pump();
    }
    return flight.first;
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    // Locating a function needs turns of the loop, which would otherwise be free to end.
    this.awaited(1);
    while (this.#pending.length > 0) {
      const [flight] = this.#pending as [Flight];
      try {
        await this.#locate(flight.fn);
        this.#putLocated();
      } catch (error) {
        if (this.#pending[0] === flight) this.#pending.shift();
        for (let index = 0; index < flight.count; index++) this.#fail(flight.first + index, error);
      }
    }
    this.awaited(-1);
    this.#pumping = false;
  }

  /** Puts the tasks up to the first whose function is not located yet. */
  #putLocated(): void {
    const next = this.#pending.findIndex(({ fn }) => !this.#known.has(fn));
    const ready = this.#pending.splice(0, next < 0 ? this.#pending.length : next);
    for (const flight of ready) this.#put(flight, this.#known.get(flight.fn) as Known);
  }

  async #locate(fn: AnyFunction): Promise<void> {
    if (this.#known.has(fn)) return;
    const reference = JSON.stringify((await refer(fn as Target, 'Pool function')).reference);
    const { pool } = this.#options;
    this.#known.set(fn, { reference, place: pool.closed ? 0 : pool.functions.add(reference) });
  }

  #put(flight: Flight, known: Known): void {
    flight.position = this.#puts + 1;
    for (let index = 0; index < flight.count; index++) {
      // Announced first: a worker may begin before the put returns.
      publishFrom(flight.site, 'submit', this.#info, flight.first + index, flight.first);
      try {
        this.#putOne(flight, index, known);
        this.#puts++;
      } catch (error) {
        flight.unput.push(index);
        this.#fail(flight.first + index, error);
      }
      if (index < this.#options.pool.size || index % UNSAID === 0) this.#tasks.wakeReader();
    }
    this.#tasks.wakeReader();
  }

  #putOne(flight: Flight, index: number, { place, reference }: Known): void {
    const body = flight.body(index);
    const { info } = resourceOf(this.#options.tasks);
    let message: Encoded;
    try {
      message = encodeValue(place > 0 ? body : [reference, body], info, TASK.body, true);
    } catch (error) {
      tellBody(error, flight.mode, place > 0 ? 0 : 1);
      throw error;
    }
    const bytes = message.bytes as Buffer;
    bytes.writeUInt32LE(flight.first + index, TASK.number);
    bytes.writeUInt32LE(place, TASK.fn);
    bytes[TASK.mode] = flight.mode;
    this.#tasks.sendNow(message, FORM.value, true, true, true);
  }

  /** Tells `count` workers to end when the tasks before are done. */
  dismiss(count: number): void {
    const bytes = Buffer.alloc(TASK.fn);
    const message = { bytes, length: bytes.length, blocks: [] };
    for (let i = 0; i < count; i++) this.#tasks.sendNow(message, FORM.value, true, true);
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
    for (let i = 0; i < limit; i++) {
      if (this.#results.receiveNow(this.#read, true) === PENDING) {
        if (i > 0) resourceOf(results).memory.waits.pollForNext();
        return false;
      }
      this.#receive();
      if (results.closed) return false;
    }
    return true;
  }

  /** What `#read` has read. */
  readonly #result = { number: 0, kind: 0, value: undefined as unknown };

  readonly #read = ({ bytes, length }: Received): true => {
    const result = this.#result;
    result.number = bytes.readUInt32LE(RESULT_AT.number);
    result.kind = bytes[RESULT_AT.kind] ?? 0;
    try {
      result.value = decodeValue(bytes, RESULT_AT.body, length);
    } catch (error) {
      // A handle in it is gone by now, or a class cannot be made here: that is this task's error only.
      if (result.kind !== RESULT.initializerFailed) result.kind = RESULT.failed;
      result.value = [error, undefined];
    }
    return true;
  };

  #receive(): void {
    const { number, kind, value } = this.#result;
    this.#result.value = undefined;
    if (kind === RESULT.ready) this.#options.onReady(number);
    else if (kind === RESULT.initializerFailed) this.#options.onInitializerFailed(withCause(value));
    else this.#land(number, outcomeOf(kind, value));
  }

  #settle(flight: Flight, index: number, outcome: Outcome): void {
    try {
      flight.settle(index, outcome);
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
   * live worker; which of them is known as soon as no live worker stands between taking a task and saying so.
   */
  #findLost(live: () => readonly number[], error: BrokenPoolError): void {
    if (this.#options.tasks.closed) return;
    // Before the states: whoever takes a task from now on is not confused with the dead.
    const taken = this.#tasks.ring.gets >>> 0;
    const states = live();
    if (states.includes(WORKER.claiming)) {
      setTimeout(() => this.#findLost(live, error), 1);
      return;
    }
    while (this.#drain(BATCH));
    const running = new Set(states);
    for (const number of this.#flights.open()) {
      const position = this.#flights.position(number);
      if (position > 0 && position <= taken && !running.has(number)) this.#fail(number, error);
    }
  }

  #fail(number: number, error: unknown): void {
    this.#land(number, { ok: false, error });
  }

  #land(number: number, outcome: Outcome): void {
    const flight = this.#flights.land(number);
    if (flight !== undefined) this.#settle(flight, number - flight.first, outcome);
  }

  /** Rejects everything that is not settled. */
  failAll(error: unknown): void {
    this.#pending.length = 0;
    for (const number of this.#flights.open()) this.#fail(number, error);
  }

  /** No more results: the queues can be closed. */
  end(): void {
    resourceOf(this.#options.results).memory.waits.remove(this);
  }
}

/** Says where in what the program has given the part is that cannot be sent. `skip`: steps to the body. */
function tellBody(error: unknown, mode: Mode, skip: number): void {
  if (mode === MODE.apply) tellPath(error, 'args', skip);
  else if (mode === MODE.applyKeyed)
    tellPath(error, (first) => (first === '[0]' ? 'args' : 'kwargs'), skip + 1);
  else tellPath(error, mode === MODE.map ? 'item' : 'args', skip + 1);
}

function outcomeOf(kind: number, value: unknown): Outcome {
  if (kind === RESULT.ok) return { ok: true, value };
  if (kind === RESULT.failed) return { ok: false, error: withCause(value) };
  const [exc, words] = value as [string, string];
  return { ok: false, error: new MaybeEncodingError(exc, words) };
}

/** The error of a `failed` result. */
function withCause(value: unknown): unknown {
  const [error, stack] = value as [unknown, string | undefined];
  if (error instanceof Error && error.cause === undefined && stack !== undefined) {
    Object.defineProperty(error, 'cause', {
      value: new RemoteTraceback(withoutRuntime(stack)),
      configurable: true,
      writable: true,
    });
  }
  return error;
}
