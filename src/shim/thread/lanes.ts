import type { SystemThreadId } from '../../base/quantities.ts';
import { type Lane, Lanes } from '../../trace/writer/lanes.ts';
import { salvage } from '../../trace/writer/salvage.ts';
import { mainThread, ownThread } from './system-threads.ts';

/** A lane as a thread hands it to a worker that it makes. */
export interface LaneShare {
  readonly memory: SharedArrayBuffer;
  readonly index: number;
}

/**
 * Saves what worker threads had collected when they were stopped: after `terminate()`, after the end of the worker that had
 * made them, at the end of the process.
 */
export class WorkerLanes {
  /** The lane in which this thread collects its records; `undefined`: a main thread, or there was no lane left. */
  readonly own: Lane | undefined;
  readonly #dir: string;
  readonly #processKey: string;
  readonly #isMain: boolean;
  readonly #all: Lanes[] = [];

  constructor(
    dir: string,
    { processKey, threadId }: { readonly processKey: string; readonly threadId: number },
    share: LaneShare | undefined,
  ) {
    this.#dir = dir;
    this.#processKey = processKey;
    this.#isMain = threadId === 0;
    if (!share) return;
    const lanes = new Lanes(share.memory);
    this.#all.push(lanes);
    this.own = lanes.lane(share.index);
    this.own.enter(threadId, ownThread());
  }

  /**
   * A lane for a worker that this thread is about to make. Only the main thread makes memory for more lanes, since it must know
   * them all when the process ends. `undefined`: no lane is left, and the worker's last records may be missing.
   */
  claim(): Lane | undefined {
    for (const lanes of this.#all) {
      const lane = lanes.claim(this.own?.index);
      if (lane) return lane;
    }
    if (!this.#isMain) return undefined;
    const lanes = new Lanes();
    this.#all.push(lanes);
    return lanes.claim(undefined);
  }

  /** A worker of this thread has ended, and with it all workers that it had made: saves their records. */
  ended(lane: Lane): void {
    const lanes = this.#all.find(({ memory }) => memory === lane.memory);
    for (const below of lanes?.used(lane.index) ?? []) this.ended(below);
    this.#save(lane, true);
    lane.free();
  }

  /** The system's ids of the threads that run the program's code, as far as they are known here. */
  programThreads(): ReadonlySet<SystemThreadId> {
    const ids = new Set([mainThread(), ownThread()]);
    for (const lanes of this.#all) for (const lane of lanes.used()) ids.add(lane.systemThread);
    return ids;
  }

  /** The process ends while workers may still run: saves their records, and makes them write each later one at once. */
  close(): void {
    for (const lanes of this.#all) {
      lanes.close();
      for (const lane of lanes.used()) this.#save(lane, false);
    }
  }

  #save(lane: Lane, ended: boolean): void {
    const { thread } = lane;
    if (thread === 0) return;
    salvage({ dir: this.#dir, stream: `${this.#processKey}.${thread}`, lane }, ended);
  }
}
