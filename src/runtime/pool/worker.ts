/** What a pool's worker process does: take a task, run it, send its result, until it is told to end. */
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { PENDING } from '../blocking.ts';
import { coreOf } from '../handles.ts';
import { readValue } from '../messages.ts';
import { load } from '../process/load.ts';
import { resolveReference } from '../process/resolve.ts';
import type { Reference } from '../process/wire.ts';
import { publish } from '../publish.ts';
import { putAtOnce, type Queue, queueMessages } from '../queue.ts';
import { type AnyFunction, runTask, task } from '../task.ts';
import { type PoolCore, WORKER } from './core.ts';
import { MODE, RESULT, type ResultMessage, type TaskMessage } from './wire.ts';

export interface WorkerOptions {
  readonly seat: number;
  /** 0: any number. */
  readonly maxTasks: number;
  readonly initializer: string | undefined;
  readonly initargs: readonly unknown[];
}

type Tasks = Queue<TaskMessage | null>;
type Results = Queue<ResultMessage>;

async function work(pool: PoolCore, tasks: Tasks, results: Results, options: WorkerOptions): Promise<void> {
  const { seat } = options;
  try {
    if (options.initializer !== undefined) await (await functionOf(options.initializer))(...options.initargs);
  } catch (error) {
    putAtOnce(results, [seat, RESULT.initializerFailed, error, stackOf(error)]);
    return;
  }
  putAtOnce(results, [seat, RESULT.ready, process.pid]);
  for (let done = 0; options.maxTasks === 0 || done < options.maxTasks; done++) {
    const next = await takeTask(pool, tasks, seat);
    if (next === null) break;
    await runOne(pool, results, next);
    pool.set(seat, WORKER.idle);
  }
  pool.set(seat, WORKER.idle);
}

/** The word says `claiming` exactly while a task may have left the queue without its number being written. */
async function takeTask(pool: PoolCore, tasks: Tasks, seat: number): Promise<TaskMessage | null> {
  const messages = queueMessages(tasks);
  for (;;) {
    if (messages.ring.count === 0) await messages.poll(Number.POSITIVE_INFINITY);
    pool.set(seat, WORKER.claiming);
    const message = messages.receiveSync(readValue, 0) as TaskMessage | null | typeof PENDING;
    if (message !== PENDING) {
      pool.set(seat, message === null ? WORKER.idle : message[0]);
      return message;
    }
    pool.set(seat, WORKER.idle);
  }
}

async function runOne(pool: PoolCore, results: Results, message: TaskMessage): Promise<void> {
  const [number, reference, mode, args, kwargs] = message;
  const { info } = coreOf(pool);
  publish('taskStart', info, number);
  let result: ResultMessage;
  try {
    const known = functions.get(reference);
    const fn = known ?? (await functionOf(reference));
    const value = runTask(() => call(fn, mode, args, kwargs));
    result = [number, RESULT.ok, isThenable(value) ? await value : value];
  } catch (error) {
    result = [number, RESULT.failed, error, stackOf(error)];
  }
  publish('taskEnd', info, number);
  sendResult(results, result);
}

function call(
  fn: AnyFunction,
  mode: number,
  args: readonly unknown[],
  kwargs: Readonly<Record<string, unknown>> | undefined,
): unknown {
  if (mode === MODE.apply) return kwargs === undefined ? fn(...args) : fn(...args, kwargs);
  const values: unknown[] = new Array(args.length);
  for (let i = 0; i < args.length; i++) {
    const value = mode === MODE.map ? fn(args[i]) : fn(...(args[i] as readonly unknown[]));
    if (isThenable(value)) return restAsync(fn, mode, args, values, i, value);
    values[i] = value;
  }
  return values;
}

/** A chunk's items run one after the other, also where they are asynchronous: a chunk is one task of one worker. */
async function restAsync(
  fn: AnyFunction,
  mode: number,
  args: readonly unknown[],
  values: unknown[],
  from: number,
  first: unknown,
): Promise<unknown[]> {
  values[from] = await first;
  for (let i = from + 1; i < args.length; i++) {
    values[i] = await (mode === MODE.map ? fn(args[i]) : fn(...(args[i] as readonly unknown[])));
  }
  return values;
}

function sendResult(results: Results, result: ResultMessage): void {
  try {
    putAtOnce(results, result);
  } catch (error) {
    const [number, , value] = result;
    putAtOnce(results, [number, RESULT.unsent, [String(error), inspect(value)]]);
  }
}

const functions = new Map<string, AnyFunction>();

async function functionOf(reference: string): Promise<AnyFunction> {
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

/** Found by the child through the runtime's own module. */
export const poolWorker = task(pathToFileURL(__filename).href, 'poolWorker', work);
