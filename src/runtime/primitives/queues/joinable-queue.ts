import { atMost } from '../../core/arguments/internal.ts';
import { type AsyncWaitOptions, patience, type WaitOptions } from '../../core/arguments/options.ts';
import { publish } from '../../core/diagnostics/publish.ts';
import { ValueError } from '../../core/errors/errors.ts';
import { ofResource, registerSingle } from '../../core/handles/handle.ts';
import { RING_EXTRA, RING_THIRD_POINT } from '../../core/messages/ring.ts';
import { blockAsync, blockSync, type Operation, PENDING, type Pending } from '../../core/waits/blocking.ts';
import { createQueue, Queue, type QueueOptions } from './queue.ts';

/** Number of `taskDone` calls so far, beside the ring's own count of puts. */
const DONE = RING_EXTRA;

/** A queue whose `join` waits until each item that was put has been reported done by a `taskDone`. */
export class JoinableQueue<T = unknown> extends Queue<T> {
  /** @throws ValueError for a wrong size, TypeMismatch for what is no options */
  constructor(options?: number | QueueOptions);
  constructor(...given: [options?: number | QueueOptions]) {
    const [options = {}] = atMost(1, given, 'new JoinableQueue({ maxsize, name })');
    super(ofResource.pass(ofResource.received(options) ?? createQueue('joinableQueue', options)));
  }

  /** Reports one item done. @throws ValueError when called more often than items were put */
  taskDone(): void {
    const { resource } = this;
    const { words, waits } = resource.memory;
    const at = resource.content + DONE;
    for (;;) {
      const done = Atomics.load(words, at);
      if (done === this.messages.ring.puts) throw new ValueError('taskDone() called too many times');
      if (Atomics.compareExchange(words, at, done, (done + 1) | 0) === done) break;
    }
    publish('taskDone', resource.info);
    if (this.unfinished() === 0) waits.wake(resource.content + RING_THIRD_POINT, true);
  }

  /** Items put and not yet reported done. */
  unfinished(): number {
    const { resource } = this;
    return (this.messages.ring.puts - Atomics.load(resource.memory.words, resource.content + DONE)) >>> 0;
  }

  /** Waits until every item is done; resolves to false when `timeout` (seconds) has passed before. */
  async join(options?: AsyncWaitOptions): Promise<boolean> {
    return (await blockAsync(this.#joining(), patience(options), options?.signal)) !== PENDING;
  }

  joinSync(options?: WaitOptions): boolean {
    return blockSync(this.resource.memory.waits, this.#joining(), patience(options)) !== PENDING;
  }

  #joining(): Operation<true> {
    const { resource } = this;
    const point = resource.content + RING_THIRD_POINT;
    const attempt = (): true | Pending => (this.unfinished() === 0 ? true : PENDING);
    return { op: 'waitTaskDone', target: resource.info, point, queue: resource.waitQueue(point), attempt };
  }
}

registerSingle(
  JoinableQueue.prototype,
  'joinableQueue',
  (resource) => new JoinableQueue(ofResource.pass(resource)),
);
