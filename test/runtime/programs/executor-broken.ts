// Executors that are broken, and what their futures say: each line is one fact.
import { BrokenProcessPool, isMain, type Pool, ProcessPoolExecutor } from 'forkscope';
import { outcome, settled, tell, until } from './tell.ts';

export const pid = (): number => process.pid;
export const mul = (a: number, b: number): number => a * b;
export function never(): Promise<never> {
  return new Promise(() => setInterval(() => {}, 1000));
}
export function breakDown(): void {
  throw new RangeError('no worker gets ready');
}

async function died(): Promise<void> {
  const executor = new ProcessPoolExecutor(1);
  const worker = await executor.submit(pid).result();
  const future = executor.submit(never);
  const later = Array.from({ length: 8 }, () => executor.submit(mul, 1, 1));
  process.kill(worker, 'SIGKILL');
  const pending = [future, ...later].map((one) => settled(() => one.result()));
  tell({ pending: [...new Set(await Promise.all(pending))] });
  const again = outcome(() => executor.submit(mul, 2, 8));
  tell({ submit: again, map: outcome(() => executor.map(mul, [1], [2])) });
  await executor.shutdown();
  tell({ shutdown: outcome(() => executor.submit(mul, 2, 8)) });
}

async function initializer(): Promise<void> {
  const executor = new ProcessPoolExecutor({ maxWorkers: 1, initializer: breakDown });
  const error: unknown = await executor.submit(mul, 1, 2).exception();
  tell({ initializer: [error instanceof BrokenProcessPool, ((error as Error).cause as Error).name] });
  tell({ afterInitializer: outcome(() => executor.submit(mul, 1, 2)) });
  await executor.shutdown();
}

async function futures(): Promise<void> {
  await using executor = new ProcessPoolExecutor(1);
  const busy = Array.from({ length: 8 }, () => executor.submit(mul, 3, 4));
  const last = busy.at(-1);
  tell({ cancelled: [last?.running(), last?.cancel(), await settled(async () => await last?.exception())] });
  const first = busy[0];
  if (first === undefined) return;
  const wrong = [Number.NaN, '1', { timeout: 'x' }, { signal: {} }] as number[];
  tell({
    limits: await Promise.all(wrong.map((limit) => settled(() => first.result(limit)))),
    exception: await settled(() => first.exception(Number.NaN)),
    aborted: await settled(() => first.result({ signal: AbortSignal.abort(new RangeError('aborted')) })),
  });
  const returned = async (): Promise<number> => first;
  tell({ awaited: [await first, await Promise.all([first, first]), await returned(), first.running()] });
  const told: string[] = [];
  const next = executor.submit(mul, 5, 5);
  next.addDoneCallback(() => {
    throw new RangeError('from the first callback');
  });
  next.addDoneCallback(() => Promise.reject(new RangeError('from the second callback')));
  next.addDoneCallback((future) => told.push(`third ${future.done()}`));
  await next;
  next.addDoneCallback(() => told.push('fourth'));
  await until(() => told.length === 2, 'all callbacks are called');
  tell({ callbacks: told, wrongCallback: outcome(() => next.addDoneCallback(1 as never)) });
}

async function signals(pool: Pool): Promise<void> {
  const result = pool.applyAsync(never);
  const stop = new AbortController();
  const getting = settled(() => result.get({ signal: stop.signal }));
  const waiting = settled(() => result.wait({ signal: stop.signal }));
  const next = settled(() => pool.imap(never, [1]).next({ signal: stop.signal }));
  stop.abort(new RangeError('stopped'));
  tell({ signals: [await getting, await waiting, await next] });
  tell({ timeout: await settled(() => result.get({ timeout: 0.01 })) });
}

if (isMain(import.meta)) {
  void (async () => {
    await died();
    await initializer();
    await futures();
    const { Pool } = await import('forkscope');
    const pool = new Pool(1);
    await signals(pool);
    // No promise: what returns it does not wait for it.
    const later = await (async () => pool.applyAsync(mul, [6, 7]))();
    tell({ returned: typeof later.get });
    pool.terminate();
    await pool.join();
  })();
}
