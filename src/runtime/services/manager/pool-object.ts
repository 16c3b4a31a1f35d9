/** A pool in a manager's server. Functions come as references, since the server finds them as any child does. */

import type { Reference } from '../../core/functions/function-reference.ts';
import { load } from '../../core/functions/load.ts';
import { resolveReference } from '../../core/functions/resolve.ts';
import type { AnyFunction } from '../../core/tasks/task.ts';
import type { AsyncResult } from '../pool/async-result.ts';
import { Pool } from '../pool/pool.ts';
import { callerOptions } from './tenants.ts';
import type { CallLimits } from './wire.ts';

const find = (reference: Reference): Promise<AnyFunction> =>
  resolveReference(reference, 'Pool function', load);

type Result = Pick<AsyncResult<unknown>, 'get' | 'wait' | 'ready' | 'successful'>;

/** A result in the server: its waits end with their caller, and when that cancels them. */
class ResultObject {
  readonly #result: Result;
  constructor(result: Result) {
    this.#result = result;
  }
  get(limits?: number | CallLimits): Promise<unknown> {
    return this.#result.get(callerOptions(limits));
  }
  wait(limits?: number | CallLimits): Promise<void> {
    return this.#result.wait(callerOptions(limits));
  }
  ready(): boolean {
    return this.#result.ready();
  }
  successful(): boolean {
    return this.#result.successful();
  }
}

export class PoolObject {
  readonly #pool: Pool;
  constructor(processes?: number) {
    this.#pool = new Pool({ processes });
  }
  async apply(
    fn: Reference,
    args: readonly unknown[],
    kwargs?: Readonly<Record<string, unknown>>,
  ): Promise<unknown> {
    return await this.#pool.apply(await find(fn), args, kwargs);
  }
  async applyAsync(
    fn: Reference,
    args: readonly unknown[],
    kwargs?: Readonly<Record<string, unknown>>,
  ): Promise<ResultObject> {
    const task = await find(fn);
    return new ResultObject(this.#pool.applyAsync(task, args, kwargs === undefined ? {} : { kwargs }));
  }
  async map(fn: Reference, items: readonly unknown[], chunksize?: number): Promise<unknown[]> {
    return await this.#pool.map(await find(fn), items, chunksize);
  }
  async mapAsync(fn: Reference, items: readonly unknown[], chunksize?: number): Promise<ResultObject> {
    const task = await find(fn);
    return new ResultObject(this.#pool.mapAsync(task, items, { chunksize }));
  }
  async starmap(fn: Reference, items: readonly unknown[][], chunksize?: number): Promise<unknown[]> {
    return await this.#pool.starmap(await find(fn), items, chunksize);
  }
  async starmapAsync(fn: Reference, items: readonly unknown[][], chunksize?: number): Promise<ResultObject> {
    const task = await find(fn);
    return new ResultObject(this.#pool.starmapAsync(task, items, { chunksize }));
  }
  async imap(fn: Reference, items: readonly unknown[], chunksize?: number): Promise<object> {
    return this.#pool.imap(await find(fn), items, chunksize);
  }
  async imapUnordered(fn: Reference, items: readonly unknown[], chunksize?: number): Promise<object> {
    return this.#pool.imapUnordered(await find(fn), items, chunksize);
  }
  close(): void {
    this.#pool.close();
  }
  terminate(): void {
    this.#pool.terminate();
  }
  async join(): Promise<void> {
    await this.#pool.join();
  }
}
