/** The worker threads that this thread has started and that have not ended. Node does not list them among what keeps a thread alive. */
export const liveWorkers = new Set<object>();

/** Those of them that this thread has told to end, which takes them a moment. */
export const endingWorkers = new WeakSet<object>();

/** How many of them keep this thread alive: not those that the program has unref'd. */
export function countRefdWorkers(): number {
  return [...liveWorkers].filter(hasRef).length;
}

/** The worker keeps its parent alive. */
export function hasRef(worker: object): boolean {
  // Only the worker's inner handle says so.
  const symbol = Object.getOwnPropertySymbols(worker).find(({ description }) => description === 'kHandle');
  const handle: unknown = symbol && Reflect.get(worker, symbol);
  if (typeof handle !== 'object' || handle === null) return true;
  const ask: unknown = Reflect.get(handle, 'hasRef');
  return typeof ask !== 'function' || Reflect.apply(ask, handle, []) === true;
}
