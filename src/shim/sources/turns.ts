import { builtin } from '../core/builtins.ts';

interface LoopMetrics {
  readonly loopCount: number;
  /** Of the system that the loop has handled; timers are none. */
  readonly events: number;
}
interface NodeTiming {
  readonly uvMetricsInfo?: LoopMetrics;
}

/** What an iteration of the loop that only calls a timer of the shim takes at most, ms: where Node does not count iterations. */
const OWN_TURN_MS = 2;

/**
 * Whether the loop of this thread has turned for anything but timers of the shim and the runtime. It says so also where nothing of it was
 * recorded.
 */
export class LoopTurns {
  #loops = 0;
  #events = 0;
  #own = 0;
  #active = 0;

  /**
   * True: since the last call something else than they has run.
   * @param own how often the loop has called such timers so far
   */
  turned(own: number): boolean {
    const ownTurns = own - this.#own;
    this.#own = own;
    // Not the global one: Node puts it in place when it is first asked for, and programs replace it.
    const { performance } = builtin('node:perf_hooks');
    const info = (performance.nodeTiming as unknown as NodeTiming).uvMetricsInfo;
    if (info === undefined) return this.#wasActive(ownTurns);
    const { loopCount, events } = info;
    const turns = loopCount - this.#loops;
    const handled = events - this.#events;
    this.#loops = loopCount;
    this.#events = events;
    // Something that came in the very turn that has called the shim's timer shows as an event only.
    return turns > ownTurns || handled > 0;
  }

  #wasActive(ownTurns: number): boolean {
    const { active } = builtin('node:perf_hooks').performance.eventLoopUtilization();
    const busy = active - this.#active;
    this.#active = active;
    return busy > ownTurns * OWN_TURN_MS;
  }
}
