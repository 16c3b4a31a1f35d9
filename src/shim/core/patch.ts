import { type Around, type Callee, observing, type Reporting, surrounding } from './observe.ts';

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Replaces `owner[name]` by what `wrap` makes of it, looking the same from outside. False: it cannot be replaced. */
export function patch(owner: object, name: PropertyKey, wrap: (original: Method) => Method): boolean {
  return replace(owner, name, (original) => {
    const replacement = wrap(original as Method);
    for (const key of Reflect.ownKeys(original)) {
      const descriptor = Object.getOwnPropertyDescriptor(original, key);
      if (key !== 'prototype' && descriptor) Object.defineProperty(replacement, key, descriptor);
    }
    return replacement;
  });
}

/** Sees every call of `owner[name]` before it is made; `before` may change the list of arguments. False: it cannot be seen. */
export function observe(
  owner: object,
  name: PropertyKey,
  where: Reporting,
  before: (self: unknown, args: unknown[]) => void,
): boolean {
  return replace(owner, name, (original) => observing(original, where, before));
}

/** Sees the begin and the end of every call of `owner[name]`. False: it cannot be seen. */
export function surround<C>(owner: object, name: PropertyKey, where: Reporting, around: Around<C>): boolean {
  return replace(owner, name, (original) => surrounding(original, where, around));
}

function replace(owner: object, name: PropertyKey, make: (original: Callee) => Callee): boolean {
  const original: unknown = Reflect.get(owner, name);
  if (typeof original !== 'function') return false;
  const value = make(original as Callee);
  const enumerable = Object.getOwnPropertyDescriptor(owner, name)?.enumerable ?? false;
  return Reflect.defineProperty(owner, name, { value, enumerable, writable: true, configurable: true });
}
