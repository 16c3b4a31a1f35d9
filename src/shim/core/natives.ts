import type { Ms } from '../../base/quantities.ts';

const { setImmediate, setTimeout, clearTimeout, queueMicrotask } = globalThis;
/** A timer, to get at the prototype of timers: Node shows it nowhere else. */
const probe = setTimeout(() => {}, 0);
clearTimeout(probe);
const timers: { unref(this: NodeJS.Timeout): NodeJS.Timeout } = Object.getPrototypeOf(probe);
const { unref } = timers;
const immediate = setImmediate(() => {});
clearImmediate(immediate);
const { unref: unrefImmediate } = immediate;
const nextTick = process.nextTick.bind(process);
/** The shim's own timers. A mark on the timers themselves would slow down Node's code, which then meets timers of two shapes. */
const own = new WeakSet<object>();

/** What the shim does on its own must not end the program, whatever that has replaced. */
function quietly(fn: () => void): void {
  try {
    fn();
  } catch {
    // Whoever calls says what is lost: the trace has no end then.
  }
}

function nothing(): void {}

/**
 * Functions of the global scope and of `process` as they are when the shim loads: programs and test libraries replace
 * them (fake timers, patched `nextTick`), and the shim must neither be fooled nor show up there.
 */
export const natives = {
  timers,
  setTimeout,
  clearTimeout,
  own,
  /** How often the loop has called one of the shim's own timers. */
  fired: 0,
  /** Calls `fn` once after `ms`, unless the program has ended by then. */
  later(fn: () => void, ms: Ms): void {
    const timer = setTimeout(() => {
      natives.fired++;
      quietly(fn);
    }, ms);
    Reflect.apply(unref, timer, []);
    own.add(timer);
  },
  /** Calls `fn` at the end of this turn of the loop, unless the program has ended by then. */
  soon(fn: () => void): void {
    natives.fired++;
    Reflect.apply(unrefImmediate, setImmediate(quietly, fn), []);
  },
  /** V8 lets go of what a `WeakRef` was asked for, or made for, when it has run a microtask, and only then. */
  letGo(): void {
    queueMicrotask(nothing);
  },
  /** Calls `fn` when the running callback has ended. */
  tick(fn: () => void): void {
    nextTick(quietly, fn);
  },
  getActiveResourcesInfo: process.getActiveResourcesInfo,
};
