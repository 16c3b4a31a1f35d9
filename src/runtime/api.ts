/** Everything that the package offers but the contexts, which offer it once more. */

export { SharedMemoryError } from '../shm/platform.ts';
export { type Address, Client, Listener, type ListenerOptions } from './connection/listener.ts';
export { SocketConnection } from './connection/socket-connection.ts';
export { type Waitable, wait } from './connection/wait.ts';
export { Connection, Pipe, type PipeOptions } from './connection.ts';
export * from './errors.ts';
export { JoinableQueue } from './joinable-queue.ts';
export * as queue from './local-queue.ts';
export { LifoQueue, PriorityQueue } from './local-queue.ts';
export { Lock } from './lock.ts';
export {
  getLogger,
  LOG_LEVELS,
  type Logger,
  type LogHandler,
  type LogLevel,
  type LogRecord,
  logToStderr,
} from './logging.ts';
export { BaseProxy } from './manager/base-proxy.ts';
export {
  DictProxy,
  IteratorProxy,
  ListProxy,
  NamespaceProxy,
  ValueProxy,
} from './manager/container-proxies.ts';
export { BaseManager, Manager, type ManagerOptions, SyncManager } from './manager/manager.ts';
export { AsyncResultProxy, PoolProxy } from './manager/pool-proxy.ts';
export type { TypeOptions } from './manager/registry.ts';
export type { Serializer } from './manager/serializer.ts';
export {
  AcquirerProxy,
  BarrierProxy,
  ConditionProxy,
  EventProxy,
  QueueProxy,
} from './manager/sync-proxies.ts';
export type { AsyncWaitOptions, WaitOptions } from './options.ts';
export { AsyncResult } from './pool/async-result.ts';
export { type ExecutorOptions, Future, ProcessPoolExecutor } from './pool/executor.ts';
export type { ApplyOptions, MapOptions, PoolOptions } from './pool/options.ts';
export { Pool } from './pool/pool.ts';
export type { ResultIterator } from './pool/result-iterator.ts';
export { runChild as __runChild } from './process/bootstrap.ts';
export { activeChildren, currentProcess, ParentProcess, parentProcess } from './process/current.ts';
export { isMain } from './process/main.ts';
export { Process, type ProcessOptions } from './process/process.ts';
export type { Target } from './process/reference.ts';
export { Queue, type QueueOptions } from './queue.ts';
export { open, type Shared, share } from './share.ts';
export { RawArray, RawCell, RawCells, RawValue } from './shared/raw.ts';
export {
  SharedArray,
  SharedArray as Array,
  type SharedOptions,
  SynchronizedArray,
  SynchronizedValue,
  Value,
} from './shared/synchronized.ts';
export type { ElementType, ElementValue, Schema, Typecode } from './shared/types.ts';
export { SharedMemoryManager } from './shared-memory/manager.ts';
export { ShareableList, type ShareableValue } from './shared-memory/shareable-list.ts';
export { SharedMemory, type SharedMemoryOptions } from './shared-memory/shared-memory.ts';
export { SimpleQueue } from './simple-queue.ts';
export { Barrier, type BarrierOptions } from './sync/barrier.ts';
export { Condition, type ConditionOptions } from './sync/condition.ts';
export { Event } from './sync/event.ts';
export { LockGuard } from './sync/guard.ts';
export { RLock } from './sync/rlock.ts';
export { BoundedSemaphore, Semaphore, type SemaphoreOptions } from './sync/semaphore.ts';
export { type AnyFunction, task } from './task.ts';
