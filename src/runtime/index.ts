/** The package `forkscope`: Python's `multiprocessing` for TypeScript. */

export * from './api.ts';
export {
  type Context,
  cpuCount,
  freezeSupport,
  getAllStartMethods,
  getContext,
  getStartMethod,
  type StartMethod,
  setExecutable,
  setStartMethod,
} from './context.ts';
