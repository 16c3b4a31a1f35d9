/** Everything that the package offers but the contexts, which offer it once more. */

export { type SharedMemoryCode, SharedMemoryError } from '../shm/platform.ts';
export type { AsyncWaitOptions, TimeLimit, TimeLimitOptions, WaitOptions } from './core/arguments/options.ts';
export * from './core/errors/errors.ts';
export { isMain } from './core/functions/main.ts';
export type { Target } from './core/functions/reference.ts';
export { type AnyFunction, task } from './core/tasks/task.ts';
export { Connection, Pipe, type PipeOptions } from './primitives/pipes/connection.ts';
export { JoinableQueue } from './primitives/queues/joinable-queue.ts';
export * as queue from './primitives/queues/local-queue.ts';
export { LifoQueue, PriorityQueue } from './primitives/queues/local-queue.ts';
export { Queue, type QueueOptions } from './primitives/queues/queue.ts';
export { SimpleQueue } from './primitives/queues/simple-queue.ts';
export { SharedMemoryManager } from './primitives/shared-memory/manager.ts';
export { ShareableList, type ShareableValue } from './primitives/shared-memory/shareable-list.ts';
export { SharedMemory, type SharedMemoryOptions } from './primitives/shared-memory/shared-memory.ts';
export { RawArray, RawCell, RawCells, RawValue } from './primitives/shared-values/raw.ts';
export {
  SharedArray,
  SharedArray as Array,
  type SharedOptions,
  SynchronizedArray,
  SynchronizedValue,
  Value,
} from './primitives/shared-values/synchronized.ts';
export type { ElementType, ElementValue, Schema, Typecode } from './primitives/shared-values/types.ts';
export { Barrier, type BarrierOptions } from './primitives/sync/barrier.ts';
export { Condition, type ConditionOptions } from './primitives/sync/condition.ts';
export { Event } from './primitives/sync/event.ts';
export { LockGuard } from './primitives/sync/guard.ts';
export { Lock } from './primitives/sync/lock.ts';
export { RLock } from './primitives/sync/rlock.ts';
export { BoundedSemaphore, Semaphore, type SemaphoreOptions } from './primitives/sync/semaphore.ts';
export { open, type Shared, share } from './primitives/threads/share.ts';
export { BaseProxy, type ProxyOrigin } from './services/manager/base-proxy.ts';
export {
  DictProxy,
  IteratorProxy,
  ListProxy,
  NamespaceProxy,
  ValueProxy,
} from './services/manager/container-proxies.ts';
export { BaseManager, Manager, type ManagerOptions, SyncManager } from './services/manager/manager.ts';
export { AsyncResultProxy, PoolProxy } from './services/manager/pool-proxy.ts';
export type { TypeOptions } from './services/manager/registry.ts';
export type { Serializer } from './services/manager/serializer.ts';
export {
  AcquirerProxy,
  BarrierProxy,
  ConditionProxy,
  EventProxy,
  QueueProxy,
} from './services/manager/sync-proxies.ts';
export { AsyncResult } from './services/pool/async-result.ts';
export { type ExecutorOptions, ProcessPoolExecutor } from './services/pool/executor.ts';
export { Future } from './services/pool/future.ts';
export {
  asCompleted,
  type ReturnWhen,
  type WaitedFutures,
  type WaitFuturesOptions,
  waitFutures,
} from './services/pool/futures.ts';
export type { ApplyOptions, MapOptions, PoolOptions } from './services/pool/options.ts';
export { Pool } from './services/pool/pool.ts';
export type { ResultIterator } from './services/pool/result-iterator.ts';
export { runChild as __runChild } from './services/process/bootstrap.ts';
export { activeChildren, currentProcess, ParentProcess, parentProcess } from './services/process/current.ts';
export {
  getLogger,
  LOG_LEVELS,
  type Logger,
  type LogHandler,
  type LogLevel,
  type LogRecord,
  logToStderr,
} from './services/process/logging.ts';
export { nameProcess } from './services/process/name-process.ts';
export { Process, type ProcessOptions } from './services/process/process.ts';
export { type Address, Client, Listener, type ListenerOptions } from './services/sockets/listener.ts';
export { SocketConnection } from './services/sockets/socket-connection.ts';
export { type Waitable, wait } from './services/waiting/wait.ts';
