/** The worker threads that this thread has started and that have not ended. Node lists them nowhere as what keeps it alive. */
export const liveWorkers = new Set<object>();

/** How many of them keep this thread alive: not those that the program has unref'd. */
export function countRefdWorkers(): number {
  return [...liveWorkers].filter(hasRef).length;
}

/** It keeps its parent alive. */
export function hasRef(worker: object): boolean {
  // Node tells it of the handle only.
  const symbol = Object.getOwnPropertySymbols(worker).find(({ description }) => description === 'kHandle');
  const handle: unknown = symbol && Reflect.get(worker, symbol);
  if (typeof handle !== 'object' || handle === null) return true;
  const ask: unknown = Reflect.get(handle, 'hasRef');
  return typeof ask !== 'function' || Reflect.apply(ask, handle, []) === true;
}
