/** The package `forkscope`: Python's `multiprocessing` for TypeScript. */

export { SharedMemoryError } from '../shm/platform.ts';
export { Connection, Pipe, type PipeOptions } from './connection.ts';
export * from './errors.ts';
export { Lock, LockGuard } from './lock.ts';
export type { AsyncWaitOptions, WaitOptions } from './options.ts';
export { runChild as __runChild } from './process/bootstrap.ts';
export { activeChildren, currentProcess, ParentProcess, parentProcess } from './process/current.ts';
export { isMain } from './process/main.ts';
export { Process, type ProcessOptions } from './process/process.ts';
export type { Target } from './process/reference.ts';
export { Queue, type QueueOptions } from './queue.ts';
export { type AnyFunction, task } from './task.ts';
