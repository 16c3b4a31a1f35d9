import { TypeMismatch } from '../../core/errors/errors.ts';
import type { AnyFunction } from '../../core/tasks/task.ts';

/** What a manager can make: see `BaseManager.register`. */
export interface TypeOptions {
  /** Methods that clients may call; all public ones of the object unless given. */
  readonly exposed?: readonly string[] | undefined;
  /** Methods whose results stay in the server, and the typeid under which clients get proxies of them. */
  readonly methodToTypeid?: Readonly<Record<string, string>> | undefined;
  /** The class of proxies; a generic one unless given. */
  readonly proxyType?: ProxyClass | undefined;
}
// The constructors of proxies are the proxies' own affair.
export type ProxyClass = new (...args: never[]) => object;

export interface RegisteredType extends TypeOptions {
  readonly typeid: string;
  /** Makes an object from the client's arguments; undefined for types that only methods return. */
  readonly make: ((...args: never[]) => object) | undefined;
}

export type Registry = Map<string, RegisteredType>;

/** What each manager class has registered itself; subclasses have their superclasses' types too. */
const registries = new WeakMap<object, Registry>();

export function addType(manager: object, type: RegisteredType): void {
  const own = registries.get(manager) ?? new Map<string, RegisteredType>();
  registries.set(manager, own.set(type.typeid, type));
}

export function typesOf(manager: object): Registry {
  const parent = Object.getPrototypeOf(manager) as object | null;
  return new Map([...(parent === null ? [] : typesOf(parent)), ...(registries.get(manager) ?? [])]);
}

export function makeType(
  typeid: string,
  callable: AnyFunction | (new (...args: never[]) => object) | undefined,
  options: TypeOptions,
): RegisteredType {
  if (typeof typeid !== 'string' || typeid === '') throw new TypeMismatch('a typeid is a string');
  if (callable !== undefined && typeof callable !== 'function')
    throw new TypeMismatch('callable must be a function or a class');
  return { ...options, typeid, make: callable && makerOf(callable) };
}

function makerOf(callable: AnyFunction | (new (...args: never[]) => object)): (...args: never[]) => object {
  if (isClass(callable)) return (...args) => new callable(...args);
  return callable as (...args: never[]) => object;
}

function isClass(callable: unknown): callable is new (...args: never[]) => object {
  return typeof callable === 'function' && /^class\b/.test(Function.prototype.toString.call(callable));
}

/** Public methods of an object: those of its classes, without `constructor` and names that begin with an underscore. */
export function publicMethods(object: object): string[] {
  const names = new Set<string>();
  for (
    let p: object | null = object;
    p !== null && p !== Object.prototype;
    p = Object.getPrototypeOf(p) as object | null
  ) {
    for (const name of Object.getOwnPropertyNames(p)) {
      if (name === 'constructor' || name.startsWith('_')) continue;
      if (typeof Object.getOwnPropertyDescriptor(p, name)?.value === 'function') names.add(name);
    }
  }
  return [...names];
}
