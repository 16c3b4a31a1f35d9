/** One thing that can wake a thread or keeps its process alive, as Node's own list of handles shows it. */
export interface HandleFact {
  /** Node's name for it: `Socket`, `Server`, `ChildProcess`, `Worker` … */
  readonly type: string;
  /** Does it keep the process alive? */
  readonly ref: boolean;
  /** What tells it from others: an address, a pid, a path, a descriptor. */
  readonly detail: string;
}

/** What a thread that answers says of itself. */
export interface ProgramFacts {
  readonly pid: number;
  readonly title: string;
  readonly argv: readonly string[];
  readonly version: string;
  /** Bytes. */
  readonly heapUsed: number;
  /** Node's kinds of what keeps the loop alive, how many of each. */
  readonly resources: Readonly<Record<string, number>>;
  readonly handles: readonly HandleFact[];
  /** Signals for which the program has a listener. */
  readonly signals: readonly string[];
}

/**
 * Runs in the inspected thread: it changes nothing and touches only what Node itself made. Source text, not a function, since
 * compilers add helpers to functions that are not there. Gives {@link ProgramFacts} as JSON.
 */
export const FACTS_EXPRESSION = `(() => {
  const count = (names) => names.reduce((all, name) => ((all[name] = (all[name] ?? 0) + 1), all), {});
  const describe = (handle) => {
    const held = typeof handle._handle === 'object' && handle._handle !== null ? handle._handle : handle;
    const address = handle.listening === true ? handle.address() : undefined;
    const parts = [
      typeof handle.pid === 'number' ? 'pid ' + handle.pid : '',
      handle.remoteAddress ? 'to ' + handle.remoteAddress + ':' + handle.remotePort : '',
      address ? (typeof address === 'string' ? address : 'port ' + address.port) : '',
      typeof held.fd === 'number' && held.fd >= 0 ? 'fd ' + held.fd : '',
    ];
    const ref = typeof held.hasRef === 'function' ? held.hasRef() !== false : true;
    return { type: handle.constructor.name, ref, detail: parts.filter((part) => part !== '').join(', ') };
  };
  const { pid, title, argv, version } = process;
  return JSON.stringify({
    pid, title, argv, version,
    heapUsed: process.memoryUsage().heapUsed,
    resources: count(process.getActiveResourcesInfo()),
    handles: (process._getActiveHandles?.() ?? []).slice(0, 500).map(describe),
    signals: process.eventNames().filter((name) => typeof name === 'string' && /^SIG[A-Z]/.test(name)),
  });
})()`;

/** Gives how long the thread's loop has waited for events so far, ms. It answers also where JavaScript holds the loop up. */
export const LOOP_IDLE_EXPRESSION = 'performance.eventLoopUtilization().idle';
