/** The worker processes of a pool: started, replaced when they end, counted against endless respawning. */

import { publish } from '../../core/diagnostics/publish.ts';
import { BrokenPoolError } from '../../core/errors/errors.ts';
import { resourceOf } from '../../core/handles/handle.ts';
import type { Queue } from '../../primitives/queues/queue.ts';
import { endUnwanted } from '../process/children.ts';
import { Process, stateOf } from '../process/process.ts';
import { type PoolHandle, WORKER } from './pool-handle.ts';
import { poolWorker, type WorkerOptions } from './worker.ts';

export interface CrewOptions {
  readonly size: number;
  readonly pool: PoolHandle;
  readonly tasks: Queue;
  readonly results: Queue;
  readonly maxTasks: number;
  readonly initializer: string | undefined;
  readonly initargs: readonly unknown[];
  /** The workers may start processes themselves, though they end with their parent as daemons do. */
  readonly free: boolean;
  /** Who made the pool, as `noteCaller` gives it. */
  readonly site: number;
  /** A worker has ended; `state` is its word at that time. */
  readonly onExit: (seat: number, state: number, exitCode: number) => void;
  /** Workers can't be kept running. */
  readonly onBroken: (error: BrokenPoolError) => void;
}

interface Member {
  readonly seat: number;
  readonly process: Process;
  ready: boolean;
}

/** Deaths in a row without a task or a start that succeeded, for each worker, before the pool is given up. */
const MOST_FAILURES = 3;
let names = 0;

export class Crew {
  readonly #options: CrewOptions;
  readonly #members = new Map<number, Member>();
  readonly #waiting: (() => void)[] = [];
  #failures = 0;
  #stopped = false;

  constructor(options: CrewOptions) {
    this.#options = options;
  }

  /** Starts all workers. When one cannot be started, those that could are stopped. */
  async start(): Promise<void> {
    const seats = Array.from({ length: this.#options.size }, (_, seat) => seat);
    const starts = await Promise.allSettled(seats.map((seat) => this.#hire(seat)));
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed === undefined) return;
    this.stop();
    throw failed.reason;
  }

  get size(): number {
    return this.#members.size;
  }

  get pids(): number[] {
    return [...this.#members.values()].map((member) => member.process.pid ?? 0);
  }

  /** Resolves when every worker has said that it is ready, or the crew is stopped. */
  async ready(): Promise<void> {
    while (!this.#stopped && [...this.#members.values()].some((member) => !member.ready)) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Resolves when no worker is left. */
  async ended(): Promise<void> {
    while (this.#members.size > 0)
      await Promise.all([...this.#members.values()].map((m) => m.process.join()));
  }

  markReady(seat: number): void {
    const member = this.#members.get(seat);
    if (member !== undefined) member.ready = true;
    this.#failures = 0;
    this.#tell();
  }

  /** A task came to its end: workers do work. */
  markWorking(): void {
    this.#failures = 0;
  }

  /** Nobody is replaced from now on. */
  close(): void {
    this.#stopped = true;
    this.#tell();
  }

  /** Ends all workers now, whatever they do. */
  stop(): void {
    this.close();
    for (const { process } of this.#members.values()) endUnwanted(stateOf(process));
  }

  async #hire(seat: number): Promise<void> {
    const { pool, tasks, results, maxTasks, initializer, initargs, free, site } = this.#options;
    const options: WorkerOptions = { seat, maxTasks, initializer, initargs };
    const name = `PoolWorker-${++names}`;
    const process = new Process({
      target: poolWorker,
      args: [pool, tasks, results, options],
      name,
      daemon: true,
    });
    Object.assign(stateOf(process as Process), { free, site });
    const member = { seat, process: process as Process, ready: false };
    this.#members.set(seat, member);
    try {
      await process.start();
    } catch (error) {
      this.#members.delete(seat);
      throw error;
    }
    publish('poolWorker', resourceOf(pool).info, process.pid ?? 0);
    // Not `process.exited`, which keeps the program alive until then.
    void stateOf(process as Process).exited.then((exitCode) => this.#left(member, exitCode));
  }

  #left(member: Member, exitCode: number): void {
    const { pool, onExit } = this.#options;
    this.#members.delete(member.seat);
    if (pool.closed) return;
    const state = pool.get(member.seat);
    pool.set(member.seat, WORKER.idle);
    if (exitCode !== 0) this.#failures++;
    onExit(member.seat, state, exitCode);
    this.#tell();
    if (!this.#stopped) this.#replace(member.seat, exitCode);
  }

  #replace(seat: number, exitCode: number): void {
    const { size, onBroken } = this.#options;
    if (this.#failures > MOST_FAILURES * size) {
      onBroken(new BrokenPoolError(`workers of the pool end again and again (last exit code ${exitCode})`));
      return;
    }
    this.#hire(seat).catch((cause: unknown) => {
      if (!this.#stopped)
        onBroken(new BrokenPoolError('a worker of the pool could not be replaced', { cause }));
    });
  }

  #tell(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
