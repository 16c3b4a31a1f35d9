import worker from 'node:worker_threads';
import type { EndOptions, PortEnd } from './end.ts';
import type { EndState } from './registry.ts';

/** Above the numbers that `PortRegistry.newChannel` gives; twice as much still fits its words. */
const CHANNELS = 1 << 29;

type Make = (state: EndState, options: Partial<EndOptions>) => PortEnd;

/**
 * `postMessageToThread`: Node has a channel between the main thread and each worker, and what goes from one worker to another
 * passes the main thread. Its ports are made out of sight, and each message names the thread whose channel it is in.
 */
export class BetweenThreads {
  readonly #make: Make;
  readonly #ends = new Map<unknown, PortEnd>();
  #registry: PortEnd | undefined;

  constructor(make: Make) {
    this.#make = make;
  }

  /** The end that such a message goes through in this thread; `undefined`: it is none. */
  endOf(message: unknown): PortEnd | undefined {
    if (typeof message !== 'object' || message === null) return undefined;
    switch (Reflect.get(message, 'type')) {
      case 'sendMessageToWorker':
        return this.#end(Reflect.get(message, 'source'));
      case 'receiveMessageFromWorker':
        return this.#end(Reflect.get(message, 'destination'));
      // How Node's threads make themselves known, over the same ports.
      case 'registerMainThreadPort':
      case 'unregisterMainThreadPort':
        this.#registry ??= this.#make({ channel: 0, side: 0, sent: 0, received: 0 }, { silent: true });
        return this.#registry;
      default:
        return undefined;
    }
  }

  #end(thread: unknown): PortEnd | undefined {
    if (typeof thread !== 'number') return undefined;
    let end = this.#ends.get(thread);
    if (end === undefined) {
      const state = {
        channel: CHANNELS + thread,
        side: worker.isMainThread ? 0 : 1,
        sent: 0,
        received: 0,
      } as const;
      const names = [`main to thread ${thread}`, `thread ${thread} to main`] as const;
      // Such a port never keeps a thread alive.
      end = this.#make(state, { names, sendOnly: true });
      this.#ends.set(thread, end);
    }
    return end;
  }
}
