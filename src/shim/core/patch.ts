type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Replaces `owner[name]` by what `wrap` makes of it, looking the same from outside. False: it cannot be replaced. */
export function patch(owner: object, name: string, wrap: (original: Method) => Method): boolean {
  const original: unknown = Reflect.get(owner, name);
  if (typeof original !== 'function') return false;
  const replacement = wrap(original as Method);
  for (const key of Reflect.ownKeys(original)) {
    const descriptor = Object.getOwnPropertyDescriptor(original, key);
    if (key !== 'prototype' && descriptor) Object.defineProperty(replacement, key, descriptor);
  }
  const own = Object.getOwnPropertyDescriptor(owner, name);
  const enumerable = own?.enumerable ?? false;
  return Reflect.defineProperty(owner, name, {
    value: replacement,
    enumerable,
    writable: true,
    configurable: true,
  });
}
