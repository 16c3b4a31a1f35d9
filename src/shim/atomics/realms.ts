import { types } from 'node:util';
import vm from 'node:vm';
import type { Shim } from '../context/shim.ts';
import { observe } from '../core/patch.ts';

/** `typeof`: code of the context may have deleted it. */
const FIND = 'typeof Atomics === "object" ? Atomics : undefined';

/**
 * Every `vm` context has an `Atomics` of its own (test runners give one to each test file). `found` gets those of contexts
 * in which the program runs a script, before it does. All ways to run one come by here.
 */
export function watchRealms(shim: Shim, found: (atomics: object) => void): void {
  const seen = new WeakSet<object>();
  let finder: vm.Script | undefined;
  const { runInContext } = vm.Script.prototype;
  observe(vm.Script.prototype, 'runInContext', { ...shim, probe: 'atomics' }, (_script, [context]) => {
    if (typeof context !== 'object' || context === null || seen.has(context)) return;
    seen.add(context);
    finder ??= new vm.Script(FIND);
    const own = atomicsOf(context, () => Reflect.apply(runInContext, finder, [context]));
    if (own) found(own);
  });
}

/** `undefined`: the program has put something else there, or looking would run code of the program. */
function atomicsOf(context: object, find: () => unknown): object | undefined {
  if (types.isProxy(context) || !vm.isContext(context)) return undefined;
  // A global object that is no sandbox has its own as a plain property.
  const own = Object.getOwnPropertyDescriptor(context, 'Atomics');
  const value: unknown = own ? own.value : 'Atomics' in context ? undefined : find();
  return typeof value === 'object' && value !== null && !types.isProxy(value) ? value : undefined;
}
