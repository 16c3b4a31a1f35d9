import { type Lane, Lanes } from '../../trace/writer/lanes.ts';
import { salvage } from '../../trace/writer/salvage.ts';

/** A lane as a thread gives it to a worker of its own. */
export interface LaneShare {
  readonly memory: SharedArrayBuffer;
  readonly index: number;
}

/**
 * Saves what worker threads had collected when they were stopped: after `terminate()`, after the end of the worker that had
 * made them, at the end of the process.
 */
export class WorkerLanes {
  /** Where this thread collects; `undefined`: a main thread, or there was no lane left. */
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
    this.own.enter(threadId);
  }

  /**
   * For a worker that this thread is about to make. Only the main thread makes more of them, as it is the one that must know
   * them all; `undefined`: none is left, and what the worker writes last may be missing.
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

  /** A worker of this thread has ended, and with it all that it had made. */
  ended(lane: Lane): void {
    const lanes = this.#all.find(({ memory }) => memory === lane.memory);
    for (const below of lanes?.used(lane.index) ?? []) this.ended(below);
    this.#save(lane, true);
    lane.free();
  }

  /** The process ends while workers may still run: nothing is held back from now on. */
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
