const { setImmediate, setTimeout } = globalThis;
/** Where Node keeps the methods of timers; there is no other way to it than a timer. */
const probe = setTimeout(() => {}, 0);
clearTimeout(probe);
const timers: { unref(this: NodeJS.Timeout): NodeJS.Timeout } = Object.getPrototypeOf(probe);
const { unref } = timers;
const immediate = setImmediate(() => {});
clearImmediate(immediate);
const { unref: unrefImmediate } = immediate;

/**
 * Functions of the global scope and of `process` as they are when the shim loads: programs and test libraries replace
 * them (fake timers, patched `nextTick`), and the shim must neither be fooled nor show up there.
 */
export const natives = {
  timers,
  /** Calls `fn` once after `ms`, unless the program has ended by then. */
  later(fn: () => void, ms: number): void {
    unref.call(setTimeout(fn, ms));
  },
  /** Calls `fn` at the end of this turn of the loop, unless the program has ended by then. */
  soon(fn: () => void): void {
    unrefImmediate.call(setImmediate(fn));
  },
  nextTick: process.nextTick,
  getActiveResourcesInfo: process.getActiveResourcesInfo,
};
