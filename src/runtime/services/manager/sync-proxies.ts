import { type AsyncWaitOptions, limitOf, type TimeLimit } from '../../core/arguments/options.ts';
import { runInTask } from '../../core/tasks/task.ts';
import { LockGuard } from '../../primitives/sync/guard.ts';
import { BaseProxy, setProxyType } from './base-proxy.ts';

/** A lock or semaphore in a manager. */
export class AcquirerProxy extends BaseProxy {
  /** A guard for `await using`, or false when `timeout` (seconds) has passed or with `block: false`. */
  acquire(): Promise<LockGuard>;
  acquire(options: AsyncWaitOptions | undefined): Promise<LockGuard | false>;
  async acquire(options?: AsyncWaitOptions): Promise<LockGuard | false> {
    if (!(await this.callLimited('acquire', [], options))) return false;
    return LockGuard.of(() => void this.release());
  }

  async release(): Promise<void> {
    await this.callMethod('release');
  }

  /** Runs `body` holding it, as an async task that owns it, and releases it whatever happens. */
  async with<T>(body: () => T | Promise<T>): Promise<T> {
    return await runInTask(async () => {
      await this.acquire();
      try {
        return await body();
      } finally {
        await this.release();
      }
    });
  }
}

/** A condition in a manager. */
export class ConditionProxy extends AcquirerProxy {
  /** False when `timeout` (seconds) has passed without a notification. */
  wait(timeout?: TimeLimit): Promise<boolean> {
    return this.callLimited('wait', [], timeout) as Promise<boolean>;
  }

  /** Waits until `predicate`, which runs here, holds; resolves to its last value. */
  async waitFor<T>(predicate: () => T | Promise<T>, timeout?: TimeLimit): Promise<T> {
    const { ms, signal } = limitOf(timeout);
    const end = performance.now() + ms;
    for (;;) {
      const value = await predicate();
      const left = (end - performance.now()) / 1000;
      if (value || left <= 0) return value;
      await this.wait({ timeout: left === Number.POSITIVE_INFINITY ? undefined : left, signal });
    }
  }

  async notify(n = 1): Promise<void> {
    await this.callMethod('notify', n);
  }
  async notifyAll(): Promise<void> {
    await this.callMethod('notifyAll');
  }
}

/** An event in a manager. */
export class EventProxy extends BaseProxy {
  isSet(): Promise<boolean> {
    return this.callMethod('isSet') as Promise<boolean>;
  }
  async set(): Promise<void> {
    await this.callMethod('set');
  }
  async clear(): Promise<void> {
    await this.callMethod('clear');
  }
  /** False when `timeout` (seconds) has passed before. */
  wait(timeout?: TimeLimit): Promise<boolean> {
    return this.callLimited('wait', [], timeout) as Promise<boolean>;
  }
}

/** A barrier in a manager. */
export class BarrierProxy extends BaseProxy {
  wait(timeout?: TimeLimit): Promise<number> {
    return this.callLimited('wait', [], timeout) as Promise<number>;
  }
  async reset(): Promise<void> {
    await this.callMethod('reset');
  }
  async abort(): Promise<void> {
    await this.callMethod('abort');
  }
  state(): Promise<{ parties: number; nWaiting: number; broken: boolean }> {
    return this.callMethod('state') as Promise<{ parties: number; nWaiting: number; broken: boolean }>;
  }
}

/** A queue in a manager; JoinableQueue too. */
export class QueueProxy<T = unknown> extends BaseProxy {
  async put(item: T, options?: AsyncWaitOptions): Promise<void> {
    await this.callLimited('put', [item], options);
  }
  get(options?: AsyncWaitOptions): Promise<T> {
    return this.callLimited('get', [], options) as Promise<T>;
  }
  async putNowait(item: T): Promise<void> {
    await this.callMethod('putNowait', item);
  }
  getNowait(): Promise<T> {
    return this.callMethod('getNowait') as Promise<T>;
  }
  qsize(): Promise<number> {
    return this.callMethod('qsize') as Promise<number>;
  }
  empty(): Promise<boolean> {
    return this.callMethod('empty') as Promise<boolean>;
  }
  full(): Promise<boolean> {
    return this.callMethod('full') as Promise<boolean>;
  }
  async taskDone(): Promise<void> {
    await this.callMethod('taskDone');
  }
  /** Waits until every item that was put is done; resolves to false when `timeout` (seconds) has passed before. */
  join(options?: AsyncWaitOptions): Promise<boolean> {
    return this.callLimited('join', [], options) as Promise<boolean>;
  }

  /** Items as they come, for ever. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, never, void> {
    for (;;) yield await this.get();
  }
}

for (const typeid of ['Lock', 'RLock', 'Semaphore', 'BoundedSemaphore']) setProxyType(typeid, AcquirerProxy);
setProxyType('Condition', ConditionProxy);
setProxyType('Event', EventProxy);
setProxyType('Barrier', BarrierProxy);
setProxyType('Queue', QueueProxy);
setProxyType('JoinableQueue', QueueProxy);
