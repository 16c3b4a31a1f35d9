/** How a cluster tells a worker to end. */
export function isDisconnect(message: unknown): boolean {
  if (typeof message !== 'object' || message === null) return false;
  return Reflect.get(message, 'cmd') === 'NODE_CLUSTER' && Reflect.get(message, 'act') === 'disconnect';
}

/** Node's own: not one of the program's. Where that cannot be told (a getter throws) it is none of the program's either. */
export function isNodes(message: unknown): boolean {
  if (typeof message !== 'object' || message === null) return false;
  try {
    const cmd: unknown = Reflect.get(message, 'cmd');
    return typeof cmd === 'string' && cmd.startsWith('NODE_');
  } catch {
    return true;
  }
}

/** `send(message, options)`: plain objects are no handles. */
export function isHandle(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) !== Object.prototype;
}
