import { natives } from '../core/natives.ts';

/** What Node counts as keeping the loop alive. */
export interface Resources {
  /** Node's names of handles and requests, one for each. */
  readonly names: readonly string[];
  /** Timers that keep the loop alive. */
  readonly timers: number;
  /** Something runs as soon as the current callback ends. */
  readonly runs: boolean;
}

/** Asks Node. Its list may have a hundred thousand entries, and ends with the timers. */
export function activeResources(): Resources {
  const all = natives.getActiveResourcesInfo.call(process);
  const first = all.indexOf('Timeout');
  return {
    names: first < 0 ? all : all.slice(0, first),
    timers: first < 0 ? 0 : all.lastIndexOf('Timeout') - first + 1,
    runs: all.includes('Immediate', Math.max(0, first)),
  };
}
