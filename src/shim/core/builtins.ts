import type cluster from 'node:cluster';
import type inspector from 'node:inspector';
import type module from 'node:module';
import type os from 'node:os';
import type perfHooks from 'node:perf_hooks';
import type v8 from 'node:v8';
import type vm from 'node:vm';

interface Builtins {
  readonly 'node:cluster': typeof cluster;
  readonly 'node:inspector': typeof inspector;
  readonly 'node:module': typeof module;
  readonly 'node:os': typeof os;
  readonly 'node:perf_hooks': typeof perfHooks;
  readonly 'node:v8': typeof v8;
  readonly 'node:vm': typeof vm;
}

const getBuiltinModule: ((name: string) => unknown) | undefined = process.getBuiltinModule;
const loaded = new Map<string, unknown>();

/**
 * A module of Node's that only some programs make the shim need: loading one costs every process tenths of a
 * millisecond. Not by way of `require`, where Node can do without: programs and test libraries replace what that returns.
 */
export function builtin<N extends keyof Builtins>(name: N): Builtins[N] {
  let found = loaded.get(name);
  if (found === undefined) {
    found = getBuiltinModule ? getBuiltinModule.call(process, name) : require(name);
    loaded.set(name, found);
  }
  return found as Builtins[N];
}
