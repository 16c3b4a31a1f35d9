/**
 * Functions of the global scope and of `process` as they are when the shim loads: programs and test libraries replace
 * them (fake timers, patched `nextTick`), and the shim must neither be fooled nor show up there.
 */
export const natives = {
  setTimeout: globalThis.setTimeout,
  nextTick: process.nextTick,
  getActiveResourcesInfo: process.getActiveResourcesInfo,
};
