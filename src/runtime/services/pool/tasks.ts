/** What a pool's worker does: take a task, run it, send its result. Without a promise where the task has none. */
import { inspect } from 'node:util';
import type { ResourceInfo } from '../../../base/channels.ts';
import { SpinPolicy } from '../../../shm/spin-policy.ts';
import { tellPath } from '../../core/codec/path.ts';
import { publish } from '../../core/diagnostics/publish.ts';
import type { Reference } from '../../core/functions/function-reference.ts';
import { load } from '../../core/functions/load.ts';
import { resolveReference } from '../../core/functions/resolve.ts';
import { resourceOf } from '../../core/handles/handle.ts';
import { decodeValue, encodeValue, type Messages } from '../../core/messages/messages.ts';
import { FORM, type Received } from '../../core/messages/ring.ts';
import { type AnyFunction, runTask } from '../../core/tasks/task.ts';
import { PENDING } from '../../core/waits/blocking.ts';
import { type Queue, queueMessages } from '../../primitives/queues/queue.ts';
import { type PoolHandle, WORKER } from './pool-handle.ts';
import { MODE, RESULT, RESULT_AT, TASK } from './wire.ts';

/** For so long tasks run one after the other before the loop gets a turn, in milliseconds. */
const TURN_MS = 2;

export class WorkerTasks {
  readonly #pool: PoolHandle;
  readonly #info: ResourceInfo;
  readonly #tasks: Messages;
  readonly #results: Messages;
  readonly #seat: number;
  /** By their places in the pool's table. */
  readonly #functions = new Map<number, AnyFunction>();
  readonly #spinPolicy = new SpinPolicy();
  #taken = 0;
  /** Tasks since the last wait. */
  #streak = 0;
  /** The task that was taken last; `failure`: its body cannot be had. */
  readonly #task = { number: 0, fn: 0, mode: 0, body: undefined as unknown, failure: undefined as unknown };

  constructor(pool: PoolHandle, tasks: Queue, results: Queue, seat: number) {
    this.#pool = pool;
    this.#info = resourceOf(pool).info;
    this.#tasks = queueMessages(tasks);
    this.#results = queueMessages(results);
    this.#seat = seat;
  }

  /** Works until it is told to end, or has done `most` tasks. */
  async run(most: number): Promise<void> {
    let turn = performance.now();
    for (let left = most; left > 0; ) {
      if (!this.#take()) {
        const start = performance.now();
        if (!this.#spin(start)) await this.#tasks.poll(Number.POSITIVE_INFINITY);
        this.#spinPolicy.end(performance.now() - start);
        continue;
      }
      if (this.#task.number === 0) break;
      left--;
      const later = this.#start();
      if (later !== undefined) await later;
      else if (performance.now() - turn < TURN_MS) continue;
      // What a task has left behind, timers and promises, goes on now.
      else await new Promise((resolve) => setImmediate(resolve));
      turn = performance.now();
    }
    this.#pool.set(this.#seat, WORKER.idle);
  }

  /** The word says `claiming` exactly while a task may have left the queue without its number being written. */
  #take(): boolean {
    if (this.#tasks.ring.count > 0) {
      this.#pool.set(this.#seat, WORKER.claiming);
      if (this.#tasks.receiveNow(this.#read, true) !== PENDING) {
        this.#taken++;
        this.#streak++;
        return true;
      }
    }
    this.#pool.set(this.#seat, WORKER.idle);
    return false;
  }

  readonly #read = ({ bytes, length }: Received): true => {
    const task = this.#task;
    task.number = bytes.readUInt32LE(TASK.number);
    this.#pool.set(this.#seat, task.number);
    if (task.number === 0) return true;
    task.fn = bytes.readUInt32LE(TASK.fn);
    task.mode = bytes[TASK.mode] ?? 0;
    task.failure = undefined;
    try {
      task.body = decodeValue(bytes, TASK.body, length);
    } catch (error) {
      task.failure = error;
    }
    return true;
  };

  /** While tasks come in a stream, the next is worth a moment: to sleep and be woken costs both sides more. */
  #spin(start: number): boolean {
    this.#spinPolicy.begin(start, this.#taken, this.#streak > 1);
    this.#streak = 0;
    const { waits } = this.#tasks.resource.memory;
    return waits.spin(() => this.#tasks.ring.count > 0, Number.POSITIVE_INFINITY, this.#spinPolicy);
  }

  /** Runs the task that was taken; a promise where it is not done at once. */
  #start(): Promise<void> | undefined {
    const { number, fn: place, mode, body, failure } = this.#task;
    publish('taskStart', this.#info, number);
    let value: unknown;
    try {
      if (failure !== undefined) throw failure;
      const fn = this.#functions.get(place);
      value = fn === undefined ? this.#find(place, mode, body) : runTask(() => call(fn, mode, body));
    } catch (error) {
      this.#end(number, RESULT.failed, error);
      return undefined;
    }
    const list = mode === MODE.map || mode === MODE.starmap;
    if (isThenable(value)) return this.#settle(number, value, list);
    this.#end(number, RESULT.ok, value, list);
    return undefined;
  }

  async #settle(number: number, promise: PromiseLike<unknown>, list: boolean): Promise<void> {
    let value: unknown;
    try {
      value = await promise;
    } catch (error) {
      this.#end(number, RESULT.failed, error);
      return;
    }
    this.#end(number, RESULT.ok, value, list);
  }

  /** Finds the task's function, which this worker has not called yet, and calls it. */
  async #find(place: number, mode: number, body: unknown): Promise<unknown> {
    if (place === 0) {
      const [reference, rest] = body as [string, unknown];
      const fn = await functionOf(reference);
      return await runTask(() => call(fn, mode, rest));
    }
    const fn = await functionOf(this.#pool.functions.get(place));
    this.#functions.set(place, fn);
    return await runTask(() => call(fn, mode, body));
  }

  /** `list`: the value is the array of a chunk's results. */
  #end(number: number, kind: number, value: unknown, list = false): void {
    publish('taskEnd', this.#info, number);
    this.report(number, kind, value, list);
  }

  /** Sends a result; where its value cannot be sent, that. */
  report(number: number, kind: number, value: unknown, list = false): void {
    const failed = kind === RESULT.failed || kind === RESULT.initializerFailed;
    try {
      this.#send(number, kind, failed ? [value, stackOf(value)] : value, list);
    } catch (error) {
      tellPath(error, failed ? 'error' : 'result', failed ? 1 : 0);
      this.#send(number, RESULT.unsent, [String(error), inspect(value)]);
    }
  }

  #send(number: number, kind: number, value: unknown, list = false): void {
    const message = encodeValue(value, this.#results.resource.info, RESULT_AT.body, list);
    const bytes = message.bytes as Buffer;
    bytes.writeUInt32LE(number, RESULT_AT.number);
    bytes[RESULT_AT.kind] = kind;
    this.#results.sendNow(message, FORM.value, true, true);
  }
}

function call(fn: AnyFunction, mode: number, body: unknown): unknown {
  switch (mode) {
    case MODE.apply:
      return fn(...(body as readonly unknown[]));
    case MODE.applyKeyed: {
      const [args, kwargs] = body as [readonly unknown[], object];
      return fn(...args, kwargs);
    }
    default:
      return callEach(fn, mode === MODE.starmap, body as readonly unknown[]);
  }
}

/** A chunk's items run one after the other, also where they are asynchronous: a chunk is one task of one worker. */
function callEach(fn: AnyFunction, star: boolean, items: readonly unknown[]): unknown {
  const values: unknown[] = new Array(items.length);
  for (let i = 0; i < items.length; i++) {
    const value = star ? fn(...(items[i] as readonly unknown[])) : fn(items[i]);
    if (isThenable(value)) return restAsync(fn, star, items, values, i, value);
    values[i] = value;
  }
  return values;
}

async function restAsync(
  fn: AnyFunction,
  star: boolean,
  items: readonly unknown[],
  values: unknown[],
  from: number,
  first: unknown,
): Promise<unknown[]> {
  values[from] = await first;
  for (let i = from + 1; i < items.length; i++) {
    values[i] = await (star ? fn(...(items[i] as readonly unknown[])) : fn(items[i]));
  }
  return values;
}

const functions = new Map<string, AnyFunction>();

/** The function of a reference as JSON. */
export async function functionOf(reference: string): Promise<AnyFunction> {
  let fn = functions.get(reference);
  if (fn === undefined) {
    fn = await resolveReference(JSON.parse(reference) as Reference, 'Pool function', load);
    functions.set(reference, fn);
  }
  return fn;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? String(error)) : inspect(error);
}
