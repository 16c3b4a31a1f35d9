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
  readonly threadId: number;
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
 * Runs in the inspected thread, so it uses nothing from here, changes nothing, and touches only what Node itself made. `require`
 * is not there in every context: the thread's number is taken from what is.
 */
function collect(): string {
  const internals = process as unknown as { _getActiveHandles?(): object[] };
  const resources: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1;
  const get = (object: object, key: string): unknown => Reflect.get(object, key);
  const describe = (handle: object): { type: string; ref: boolean; detail: string } => {
    const inner = get(handle, '_handle');
    const held = typeof inner === 'object' && inner !== null ? inner : handle;
    const hasRef = get(held, 'hasRef');
    const ref = typeof hasRef === 'function' ? Reflect.apply(hasRef, held, []) !== false : true;
    const pid = get(handle, 'pid');
    const fd = get(held, 'fd');
    const remote = get(handle, 'remoteAddress');
    const listens = get(handle, 'listening') === true ? get(handle, 'address') : undefined;
    const address = typeof listens === 'function' ? Reflect.apply(listens, handle, []) : undefined;
    const parts = [
      typeof pid === 'number' ? `pid ${pid}` : '',
      remote ? `to ${String(remote)}:${String(get(handle, 'remotePort'))}` : '',
      address ? (typeof address === 'string' ? address : `port ${address.port}`) : '',
      typeof fd === 'number' && fd >= 0 ? `fd ${fd}` : '',
    ];
    return { type: handle.constructor.name, ref, detail: parts.filter((part) => part !== '').join(', ') };
  };
  const handles = (internals._getActiveHandles?.() ?? []).slice(0, 500).map(describe);
  const signals = process.eventNames().filter((name) => typeof name === 'string' && /^SIG[A-Z]/.test(name));
  const { pid, title, argv, version } = process;
  const heapUsed = process.memoryUsage().heapUsed;
  return JSON.stringify({ pid, title, argv, version, heapUsed, resources, handles, signals });
}

/** The source text of what runs there. */
export const FACTS_EXPRESSION = `(${collect.toString()})()`;
