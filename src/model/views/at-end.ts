import type { ProcessEntity, ThreadEntity } from '../state/entities.ts';
import type { World } from '../state/world.ts';

/**
 * Something about each thread as it was when an end came that the thread did not bring about itself: Ctrl-C, a signal, the
 * launcher's kill.
 */
export class AtEnd<T> {
  private readonly world: World;
  private readonly make: (thread: ThreadEntity, time: number) => T;
  private readonly kept = new Map<ThreadEntity, T>();

  /** @param make told of a thread that is about to be ended at `time`, ns */
  constructor(world: World, make: (thread: ThreadEntity, time: number) => T) {
    this.world = world;
    this.make = make;
  }

  /** A process is about to end. Once the program is ended as a whole, what its threads did then is what counts. */
  beforeEnd(process: ProcessEntity, time: number): void {
    if (this.world.ending === null) this.note(process, time);
  }

  /** The program as a whole is about to be ended. */
  beforeEnding(time: number): void {
    for (const process of this.world.processes.all) if (process.alive) this.note(process, time);
  }

  /** `undefined` of a thread that lives, or that ended otherwise. */
  of(thread: ThreadEntity): T | undefined {
    const { end } = thread;
    return end !== null && this.world.isOfEnding(end) ? this.kept.get(thread) : undefined;
  }

  private note(process: ProcessEntity, time: number): void {
    for (const thread of process.threads.values())
      if (thread.alive) this.kept.set(thread, this.make(thread, time));
  }
}
