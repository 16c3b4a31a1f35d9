import type { SourceList } from './list.ts';

/** One look at what a resting thread waits for. */
export interface Look {
  readonly list: SourceList;
  /** What Node lists as keeping the loop alive: sockets, servers, children, and handles without such an object. */
  readonly refd: ReadonlySet<object>;
  /** Those of them (and of those that keep nothing alive) that are told already, or that nothing can come by. */
  readonly told: Set<object>;
  /** Timers of Node's own that stand for what is told already. */
  standIns: number;
}

/** Adds to a look what one part of the shim knows. */
export type Contributor = (look: Look) => void;
