import type { Ms } from '../../base/quantities.ts';

const { setImmediate, setTimeout, clearTimeout } = globalThis;
/** Where Node keeps the methods of timers; there is no other way to it than a timer. */
const probe = setTimeout(() => {}, 0);
clearTimeout(probe);
const timers: { unref(this: NodeJS.Timeout): NodeJS.Timeout } = Object.getPrototypeOf(probe);
const { unref } = timers;
const immediate = setImmediate(() => {});
clearImmediate(immediate);
const { unref: unrefImmediate } = immediate;
/** The shim's timers. Not marked on themselves: Node's code is slower with timers of two shapes. */
const own = new WeakSet<object>();

/**
 * Functions of the global scope and of `process` as they are when the shim loads: programs and test libraries replace
 * them (fake timers, patched `nextTick`), and the shim must neither be fooled nor show up there.
 */
export const natives = {
  timers,
  setTimeout,
  clearTimeout,
  own,
  /** How often the loop has turned for the shim. */
  fired: 0,
  /** Calls `fn` once after `ms`, unless the program has ended by then. */
  later(fn: () => void, ms: Ms): void {
    const timer = setTimeout(() => {
      natives.fired++;
      fn();
    }, ms);
    unref.call(timer);
    own.add(timer);
  },
  /** Calls `fn` at the end of this turn of the loop, unless the program has ended by then. */
  soon(fn: () => void): void {
    natives.fired++;
    unrefImmediate.call(setImmediate(fn));
  },
  nextTick: process.nextTick,
  getActiveResourcesInfo: process.getActiveResourcesInfo,
};
