interface Internals {
  binding?(name: 'spawn_sync'): object;
}

/**
 * Node's own binding, through which every synchronous spawn goes; `undefined` where it cannot be had without a word from Node:
 * with `--permission`, and where pending deprecations warn.
 */
export function syncBinding(): object | undefined {
  if (Reflect.has(process, 'permission') || warnsOfPending()) return undefined;
  // Later versions of Node may warn of what is only discouraged so far.
  const { noDeprecation } = process;
  Reflect.set(process, 'noDeprecation', true);
  try {
    return (process as Internals).binding?.('spawn_sync');
  } catch {
    return undefined;
  } finally {
    if (noDeprecation === undefined) Reflect.deleteProperty(process, 'noDeprecation');
    else Reflect.set(process, 'noDeprecation', noDeprecation);
  }
}

function warnsOfPending(): boolean {
  const { NODE_OPTIONS = '', NODE_PENDING_DEPRECATION } = process.env;
  const flag = '--pending-deprecation';
  return NODE_PENDING_DEPRECATION === '1' || NODE_OPTIONS.includes(flag) || process.execArgv.includes(flag);
}
