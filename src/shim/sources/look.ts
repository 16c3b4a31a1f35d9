import type { SourceList } from './list.ts';
import type { Socket } from './sockets.ts';

/** One look at what a resting thread waits for. */
export class Look {
  readonly list: SourceList;
  /**
   * What Node lists as keeping the loop alive: servers, children, watchers, and handles without such an object; and apart
   * from these the sockets, of which there may be ten thousand.
   */
  readonly handles: readonly object[];
  readonly sockets: readonly Socket[];
  /** Those of them (and of those that keep nothing alive) that are told already, or that nothing can come by. */
  readonly told = new Set<object>();
  /** Timers of Node's own that stand for what is told already. */
  standIns = 0;
  #refd: ReadonlySet<object> | undefined;

  constructor(list: SourceList, handles: readonly object[], sockets: readonly Socket[]) {
    this.list = list;
    this.handles = handles;
    this.sockets = sockets;
  }

  /** It keeps the loop alive. */
  isRefd(handle: object): boolean {
    this.#refd ??= new Set([...this.handles, ...this.sockets]);
    return this.#refd.has(handle);
  }
}

/** Adds to a look what one part of the shim knows. */
export type Contributor = (look: Look) => void;
