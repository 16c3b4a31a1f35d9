/** How a cluster tells a worker to end. */
export function isDisconnect(message: unknown): boolean {
  return (
    Reflect.get(Object(message), 'cmd') === 'NODE_CLUSTER' &&
    Reflect.get(Object(message), 'act') === 'disconnect'
  );
}

/** Node's own: not one of the program's. */
export function isNodes(message: unknown): boolean {
  if (typeof message !== 'object' || message === null) return false;
  const cmd: unknown = Reflect.get(message, 'cmd');
  return typeof cmd === 'string' && cmd.startsWith('NODE_');
}

/** `send(message, options)`: plain objects are no handles. */
export function isHandle(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) !== Object.prototype;
}
