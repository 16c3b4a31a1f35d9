/** How the calls of remote managers are written: `BaseManager`'s option `serializer`. */
import { SerializationError, TypeMismatch, ValueError } from '../../core/errors/errors.ts';
import type { Reference } from '../../core/functions/function-reference.ts';
import { load } from '../../core/functions/load.ts';
import { refer } from '../../core/functions/reference.ts';
import { resolveReference } from '../../core/functions/resolve.ts';
import type { AnyFunction } from '../../core/tasks/task.ts';

/** Both functions are exported, or methods of an exported object, since the server's process looks them up. */
export interface Serializer {
  dumps(message: unknown): Uint8Array | string;
  loads(bytes: Buffer): unknown;
}

/**
 * `forkscope`: everything that can be sent to another process. `json`: what JSON can say, and it is refused what JSON
 * would change; for servers whose clients are not this runtime. Or an own one.
 */
export type SerializerOption = 'forkscope' | 'json' | Serializer;

/** As it travels: to the server's process, and with proxies to whoever gets them. */
export type SerializerReference = 'forkscope' | 'json' | readonly [dumps: Reference, loads: Reference];

/** @throws ValueError for an unknown name, TypeMismatch without both functions, TargetError when they are not exported */
export async function referSerializer(option: SerializerOption = 'forkscope'): Promise<SerializerReference> {
  if (typeof option === 'string') {
    if (option === 'forkscope' || option === 'json') return option;
    throw new ValueError(
      `unknown serializer "${String(option)}": "forkscope", "json", or an object with dumps and loads`,
    );
  }
  if (typeof option?.dumps !== 'function' || typeof option.loads !== 'function')
    throw new TypeMismatch('a serializer has the functions dumps and loads');
  const [dumps, loads] = [
    await refer(option.dumps as AnyFunction, "the serializer's dumps"),
    await refer(option.loads as AnyFunction, "the serializer's loads"),
  ];
  return [dumps.reference, loads.reference];
}

/** Serializers of their own that this process uses, as JSON. */
const used = new Set<string>();

/**
 * Whether a peer may name it: to use it means to load a module, and which modules this process loads is not for others to
 * say.
 */
export function isKnownSerializer(reference: unknown): reference is SerializerReference {
  return reference === 'forkscope' || reference === 'json' || used.has(JSON.stringify(reference));
}

/** Undefined for the runtime's own, which needs no detour. */
export async function resolveSerializer(reference: SerializerReference): Promise<Serializer | undefined> {
  if (reference === 'forkscope') return undefined;
  if (reference === 'json') return json;
  used.add(JSON.stringify(reference));
  const dumps = await resolveReference(reference[0], "the serializer's dumps", load);
  const loads = await resolveReference(reference[1], "the serializer's loads", load);
  return { dumps: dumps as Serializer['dumps'], loads };
}

export function nameOf(reference: SerializerReference): string {
  return typeof reference === 'string' ? reference : 'its own';
}

const json: Serializer = {
  dumps(message) {
    try {
      return JSON.stringify(message, refuseLosses);
    } catch (cause) {
      if (cause instanceof SerializationError) throw cause;
      throw new SerializationError(`JSON cannot say this: ${(cause as Error).message}`, { cause });
    }
  },
  loads: (bytes) => JSON.parse(bytes.toString('utf8')) as unknown,
};

/** `value` may be what a `toJSON` has made of it already, so the original is looked at. */
function refuseLosses(this: unknown, key: string, value: unknown): unknown {
  const original = (this as Record<string, unknown>)[key];
  if (!isPlain(original))
    throw new SerializationError(`JSON cannot say ${describe(original)}${key === '' ? '' : ` ("${key}")`}`);
  return value;
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return typeof value === 'string' || typeof value === 'boolean';
  if (value === null || Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function describe(value: unknown): string {
  if (typeof value === 'object') return `an object of class ${value?.constructor?.name ?? '(unknown)'}`;
  return typeof value === 'function' || typeof value === 'symbol' ? `a ${typeof value}` : String(value);
}
