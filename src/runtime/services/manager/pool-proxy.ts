import type { TimeLimit } from '../../core/arguments/options.ts';
import type { Reference } from '../../core/functions/function-reference.ts';
import { refer, type Target } from '../../core/functions/reference.ts';
import type { AnyFunction } from '../../core/tasks/task.ts';
import { BaseProxy, setProxyType } from './base-proxy.ts';
import type { IteratorProxy } from './container-proxies.ts';

type Result<F extends AnyFunction> = Awaited<ReturnType<F>>;

/** The result of a task of a manager's pool. */
export class AsyncResultProxy<R = unknown> extends BaseProxy {
  get(timeout?: TimeLimit): Promise<R> {
    return this.callLimited('get', [], timeout) as Promise<R>;
  }
  async wait(timeout?: TimeLimit): Promise<void> {
    await this.callLimited('wait', [], timeout);
  }
  ready(): Promise<boolean> {
    return this.callMethod('ready') as Promise<boolean>;
  }
  successful(): Promise<boolean> {
    return this.callMethod('successful') as Promise<boolean>;
  }
}

/** A pool in a manager. */
export class PoolProxy extends BaseProxy {
  async apply<F extends AnyFunction>(
    fn: F,
    args: Readonly<Parameters<F>> | readonly unknown[] = [],
    kwargs?: Readonly<Record<string, unknown>>,
  ): Promise<Result<F>> {
    return (await this.callMethod('apply', await reference(fn), args, kwargs)) as Result<F>;
  }
  async applyAsync<F extends AnyFunction>(
    fn: F,
    args: Readonly<Parameters<F>> | readonly unknown[] = [],
    kwargs?: Readonly<Record<string, unknown>>,
  ): Promise<AsyncResultProxy<Result<F>>> {
    return (await this.callMethod('applyAsync', await reference(fn), args, kwargs)) as AsyncResultProxy<
      Result<F>
    >;
  }
  async map<T, R>(fn: (item: T) => R, items: Iterable<T>, chunksize?: number): Promise<Awaited<R>[]> {
    return (await this.callMethod('map', await reference(fn), [...items], chunksize)) as Awaited<R>[];
  }
  async mapAsync<T, R>(
    fn: (item: T) => R,
    items: Iterable<T>,
    chunksize?: number,
  ): Promise<AsyncResultProxy<Awaited<R>[]>> {
    return (await this.callMethod(
      'mapAsync',
      await reference(fn),
      [...items],
      chunksize,
    )) as AsyncResultProxy<Awaited<R>[]>;
  }
  async starmap<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    items: Iterable<A>,
    chunksize?: number,
  ): Promise<Awaited<R>[]> {
    return (await this.callMethod(
      'starmap',
      await reference(fn as AnyFunction),
      [...items],
      chunksize,
    )) as Awaited<R>[];
  }
  async starmapAsync<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    items: Iterable<A>,
    chunksize?: number,
  ): Promise<AsyncResultProxy<Awaited<R>[]>> {
    const task = await reference(fn as AnyFunction);
    return (await this.callMethod('starmapAsync', task, [...items], chunksize)) as AsyncResultProxy<
      Awaited<R>[]
    >;
  }
  async imap<T, R>(
    fn: (item: T) => R,
    items: Iterable<T>,
    chunksize?: number,
  ): Promise<IteratorProxy<Awaited<R>>> {
    return (await this.callMethod('imap', await reference(fn), [...items], chunksize)) as IteratorProxy<
      Awaited<R>
    >;
  }
  async imapUnordered<T, R>(
    fn: (item: T) => R,
    items: Iterable<T>,
    chunksize?: number,
  ): Promise<IteratorProxy<Awaited<R>>> {
    return (await this.callMethod(
      'imapUnordered',
      await reference(fn),
      [...items],
      chunksize,
    )) as IteratorProxy<Awaited<R>>;
  }
  async close(): Promise<void> {
    await this.callMethod('close');
  }
  async terminate(): Promise<void> {
    await this.callMethod('terminate');
  }
  async join(): Promise<void> {
    await this.callMethod('join');
  }
}

async function reference(fn: AnyFunction): Promise<Reference> {
  return (await refer(fn as Target, 'Pool function')).reference;
}

setProxyType('Pool', PoolProxy);
setProxyType('AsyncResult', AsyncResultProxy);
