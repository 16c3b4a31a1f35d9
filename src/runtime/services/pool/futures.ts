/** Waiting for several futures, as `concurrent.futures` does. */
import { inspect } from 'node:util';
import { limitOf, type TimeLimit, type TimeLimitOptions } from '../../core/arguments/options.ts';
import { TimeoutError, TypeMismatch, ValueError } from '../../core/errors/errors.ts';
import { Listeners } from '../../core/waits/listeners.ts';
import { Future } from './future.ts';

const RETURN_WHEN = ['FIRST_COMPLETED', 'FIRST_EXCEPTION', 'ALL_COMPLETED'] as const;
export type ReturnWhen = (typeof RETURN_WHEN)[number];

export interface WaitFuturesOptions extends TimeLimitOptions {
  /** What it waits for; `ALL_COMPLETED` unless given. `FIRST_EXCEPTION`: the first that fails, or else all. */
  readonly returnWhen?: ReturnWhen | undefined;
}

export interface WaitedFutures<F> {
  readonly done: Set<F>;
  readonly notDone: Set<F>;
}

/** Waits for futures, and says which are done when it has what it waits for, or when `timeout` seconds have passed. */
export async function waitFutures<F extends Future<never> | Future<unknown>>(
  futures: Iterable<F>,
  options: WaitFuturesOptions = {},
): Promise<WaitedFutures<F>> {
  const { returnWhen = 'ALL_COMPLETED' } = options;
  if (!RETURN_WHEN.includes(returnWhen))
    throw new ValueError(`returnWhen is one of ${RETURN_WHEN.join(', ')}, not ${inspect(returnWhen)}`);
  const { ms, signal } = limitOf(options);
  signal?.throwIfAborted();
  const all = check(futures);
  const failed = new Set<F>();
  const told = new Listeners();
  for (const future of all) {
    (future as Future<unknown>).exception().then(
      (error) => {
        if (error !== null) failed.add(future);
        told.tell();
      },
      () => told.tell(),
    );
  }
  const end = performance.now() + ms;
  // One turn of the microtasks: those that have failed already are known then.
  await Promise.resolve();
  while (!isEnough(all, failed, returnWhen) && (await told.wait(end - performance.now(), signal)));
  const done = new Set([...all].filter((future) => future.done()));
  return { done, notDone: new Set([...all].filter((future) => !done.has(future))) };
}

function isEnough<F extends { done(): boolean }>(
  all: ReadonlySet<F>,
  failed: ReadonlySet<F>,
  when: ReturnWhen,
): boolean {
  const futures = [...all];
  if (when === 'FIRST_COMPLETED' && futures.some((future) => future.done())) return true;
  if (when === 'FIRST_EXCEPTION' && failed.size > 0) return true;
  return futures.every((future) => future.done());
}

/**
 * Futures in the order in which they are done or cancelled, each once. The next one rejects with TimeoutError where `timeout`
 * seconds have passed since the call, and with the signal's reason.
 */
export function asCompleted<F extends Future<never> | Future<unknown>>(
  futures: Iterable<F>,
  timeout?: TimeLimit,
): AsyncIterableIterator<F> {
  const { ms, signal } = limitOf(timeout);
  const end = performance.now() + ms;
  const all = check(futures);
  const ready = [...all].filter((future) => future.done());
  const told = new Listeners();
  for (const future of all) {
    if (future.done()) continue;
    const note = (): void => {
      ready.push(future);
      told.tell();
    };
    (future as Future<unknown>).exception().then(note, note);
  }
  let left = all.size;
  // Not a generator, which would await the futures that it gives.
  const next = async (): Promise<IteratorResult<F, undefined>> => {
    if (left === 0) return { done: true, value: undefined };
    while (ready.length === 0)
      if (!(await told.wait(end - performance.now(), signal)))
        throw new TimeoutError(`${left} of ${all.size} futures are not done`);
    left--;
    return { done: false, value: ready.shift() as F };
  };
  return {
    next,
    return: () => {
      left = 0;
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function check<F>(futures: Iterable<F>): Set<F> {
  const all = new Set(futures);
  for (const future of all)
    if (!(future instanceof Future)) throw new TypeMismatch(`this is no Future: ${inspect(future)}`);
  return all;
}
