import { types } from 'node:util';
import { runtimeErrorName } from '../errors/error-classes.ts';
import { SerializationError } from '../errors/errors.ts';
import { DEEPEST } from './limits.ts';
import { NO_NAMES, namedKeys } from './named-keys.ts';
import { pathTo, stepTo, tellPath } from './path.ts';
import { SharedViews } from './shared-views.ts';
import { type AnyView, BUFFER_VIEW, type HandleCodec, HIDDEN_FIELDS, TAG, VIEWS } from './tags.ts';
import { Writer } from './writer.ts';

const LINEAR = 8;

/** Encodes values for another process. One a thread; `bytes` are valid until the next call. */
export class Encoder {
  #out = new Writer();
  readonly #handles: HandleCodec;
  /** Objects of this message by number, for repeated and circular references. */
  #seen: object[] = [];
  #numbers: Map<object, number> | undefined;
  #shared: SharedViews | undefined;
  #depth = 0;
  /** The array that has nothing but items, if there is one. */
  #list: unknown;
  #busy = false;

  constructor(handles: HandleCodec) {
    this.#handles = handles;
  }

  /**
   * Encodes a value behind `head` bytes that the caller fills. The length of both; they are `bytes.subarray(0, length)`.
   * `list`: the value is an array of which the items alone count, so its properties are not looked through (a tenth of a microsecond).
   * @throws SerializationError
   */
  encode(value: unknown, head = 0, list = false): number {
    this.#out.reset(head);
    this.#list = list ? value : undefined;
    this.#depth = 0;
    this.#busy = true;
    try {
      this.#value(value);
      return this.#out.position;
    } catch (error) {
      tellPath(error, 'value');
      throw error;
    } finally {
      this.#busy = false;
      this.#list = undefined;
      if (this.#seen.length > 0) this.#seen = [];
      this.#numbers = undefined;
      this.#shared = undefined;
    }
  }

  /** What was encoded last stays valid whatever is encoded next. */
  leave(): void {
    this.#out = new Writer();
  }

  /** Whether it is in the middle of a value, whose getters may run any code. */
  get busy(): boolean {
    return this.#busy;
  }

  /** What {@link encode} writes of a Buffer before its bytes; the length of that. */
  encodeHead(value: Buffer): number {
    this.#out.reset(0);
    this.#viewHead(BUFFER_VIEW, value.length);
    return this.#out.position;
  }

  #viewHead(kind: number, length: number): void {
    this.#out.byte(TAG.view);
    this.#out.byte(kind);
    this.#out.length(length);
  }

  get bytes(): Buffer {
    return this.#out.bytes;
  }

  /** Of what was encoded last. */
  get length(): number {
    return this.#out.position;
  }

  #value(value: unknown): void {
    switch (typeof value) {
      case 'number':
        this.#number(value);
        break;
      case 'string':
        this.#out.string(value, TAG.latin1, TAG.utf16);
        break;
      case 'boolean':
        this.#out.byte(value ? TAG.true : TAG.false);
        break;
      case 'undefined':
        this.#out.byte(TAG.undefined);
        break;
      case 'bigint':
        this.#out.byte(TAG.bigint);
        this.#out.string(value.toString(16), TAG.latin1, TAG.utf16);
        break;
      case 'object':
        if (value === null) this.#out.byte(TAG.null);
        else this.#object(value);
        break;
      default:
        throw new SerializationError(`${describe(value)} cannot be sent to another process`);
    }
  }

  #number(value: number): void {
    if ((value | 0) === value && !Object.is(value, -0)) {
      this.#out.byte(TAG.int);
      this.#out.length(value >= 0 ? value * 2 : -value * 2 - 1);
    } else {
      this.#out.byte(TAG.double);
      this.#out.double(value);
    }
  }

  #object(value: object): void {
    const number = this.#numberOf(value);
    if (number !== undefined) {
      this.#out.byte(TAG.backReference);
      this.#out.length(number);
      return;
    }
    if (++this.#depth > DEEPEST)
      throw new SerializationError(`a value nested more than ${DEEPEST} deep cannot be sent`);
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) this.#plain(value);
    else if (Array.isArray(value)) this.#array(value);
    else this.#special(value);
    this.#depth--;
  }

  /** The number of an object seen before; else it gets the next one. */
  #numberOf(value: object): number | undefined {
    const seen = this.#seen;
    if (this.#numbers === undefined) {
      const found = seen.indexOf(value);
      if (found >= 0) return found;
      if (seen.length === LINEAR) this.#numbers = new Map(seen.map((object, index) => [object, index]));
    } else {
      const found = this.#numbers.get(value);
      if (found !== undefined) return found;
    }
    this.#numbers?.set(value, seen.length);
    seen.push(value);
    return undefined;
  }

  #plain(value: object): void {
    this.#out.byte(TAG.object);
    this.#properties(value, Object.keys(value));
  }

  #properties(value: object, keys: readonly string[]): void {
    this.#out.length(keys.length);
    let at = '';
    try {
      for (const key of keys) {
        at = key;
        this.#out.string(key, TAG.latin1, TAG.utf16);
        this.#value((value as Record<string, unknown>)[key]);
      }
    } catch (error) {
      throw pathTo(error, stepTo.property(at));
    }
  }

  #array(value: readonly unknown[]): void {
    const { length } = value;
    const named = value === this.#list ? NO_NAMES : namedKeys(value);
    this.#out.byte(named.length > 0 ? TAG.namedArray : TAG.array);
    this.#out.length(length);
    let i = 0;
    try {
      for (; i < length; i++) {
        const item = value[i];
        if (item === undefined && !(i in value)) this.#out.byte(TAG.hole);
        else this.#value(item);
      }
    } catch (error) {
      throw pathTo(error, stepTo.item(i));
    }
    if (named.length > 0) this.#properties(value, named);
  }

  #special(value: object): void {
    const wire = this.#handles.toWire(value);
    if (wire !== undefined) this.#tagged(TAG.handle, wire);
    // By what they are, not by their prototypes: an object may have any.
    else if (ArrayBuffer.isView(value)) this.#view(value);
    else if (types.isMap(value)) this.#map(value);
    else if (types.isSet(value)) this.#set(value);
    else if (types.isDate(value)) this.#date(value);
    else if (types.isNativeError(value) || value instanceof Error) this.#error(value as Error);
    else if (value instanceof ArrayBuffer) this.#arrayBuffer(value);
    else if (types.isRegExp(value)) this.#tagged(TAG.regexp, [value.source, value.flags, value.lastIndex]);
    else if (types.isBoxedPrimitive(value)) this.#boxed(value);
    else if (isOpaque(value))
      throw new SerializationError(`${describe(value)} cannot be sent to another process`);
    else this.#plain(value); // an instance of a class: its fields, as a structured clone has them
  }

  #tagged(tag: number, fields: readonly unknown[]): void {
    this.#out.byte(tag);
    this.#out.length(fields.length);
    for (const field of fields) this.#value(field);
  }

  #map(value: ReadonlyMap<unknown, unknown>): void {
    this.#out.byte(TAG.map);
    this.#out.length(value.size);
    let at: unknown;
    try {
      for (const [key, item] of value) {
        at = key;
        this.#value(key);
        this.#value(item);
      }
    } catch (error) {
      throw pathTo(error, stepTo.entry(at));
    }
  }

  #set(value: ReadonlySet<unknown>): void {
    this.#out.byte(TAG.set);
    this.#out.length(value.size);
    for (const item of value) this.#value(item);
  }

  #date(value: Date): void {
    this.#out.byte(TAG.date);
    this.#out.double(value.getTime());
  }

  #view(value: AnyView): void {
    const kind = VIEW_KINDS.get(Buffer.isBuffer(value) ? 'Buffer' : baseName(value));
    if (kind === undefined)
      throw new SerializationError(`${describe(value)} cannot be sent to another process`);
    const what = { value, kind, size: VIEWS[kind]?.size ?? 1 };
    if (this.#shared?.view(what) === true) return;
    const start = this.#out.position;
    this.#viewHead(kind, value.byteLength);
    this.#out.raw(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    this.#sharedViews.first(start, this.#seen.length - 1, what);
  }

  get #sharedViews(): SharedViews {
    this.#shared ??= new SharedViews(this.#out);
    return this.#shared;
  }

  #arrayBuffer(value: ArrayBuffer): void {
    if (this.#shared?.buffer(value) === true) return;
    const start = this.#out.position;
    this.#out.byte(TAG.arrayBuffer);
    this.#out.length(value.byteLength);
    this.#out.raw(new Uint8Array(value));
    this.#sharedViews.first(start, this.#seen.length - 1, value);
  }

  #error(value: Error): void {
    // Without a prototype: a field that is called `__proto__` would become it.
    const extra: Record<string, unknown> = Object.create(null);
    for (const key of Object.keys(value)) {
      if (key !== 'name' && key !== 'message' && key !== 'stack' && key !== 'cause') {
        extra[key] = (value as Error & Record<string, unknown>)[key];
      }
    }
    const cause = 'cause' in value ? [value.cause] : [];
    const fields = [value.name, value.message, value.stack, cause, extra];
    const name = runtimeErrorName(value.constructor);
    const runtimeClass = name === value.name ? undefined : name;
    const hidden = hiddenFields(value);
    if (hidden !== undefined) this.#tagged(TAG.error, [...fields, runtimeClass, hidden]);
    else this.#tagged(TAG.error, runtimeClass === undefined ? fields : [...fields, runtimeClass]);
  }

  #boxed(value: object): void {
    const primitive: unknown = value.valueOf();
    if (typeof primitive === 'object' || typeof primitive === 'symbol')
      throw new SerializationError(`${describe(value)} cannot be sent to another process`);
    this.#out.byte(TAG.boxed);
    this.#value(primitive);
  }
}

const VIEW_KINDS: ReadonlyMap<string, number> = new Map(VIEWS.map(({ name }, kind) => [name, kind]));
const typedArrayName = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)?.get;

/** Of the class that a view is made of, whatever is derived from it: subclasses arrive as that. */
function baseName(view: AnyView): string {
  return (typedArrayName?.call(view) as string | undefined) ?? 'DataView';
}

function hiddenFields(value: Error): Record<string, unknown> | undefined {
  let found: Record<string, unknown> | undefined;
  for (const key of HIDDEN_FIELDS) {
    const property = Object.getOwnPropertyDescriptor(value, key);
    if (property === undefined || property.enumerable || !('value' in property)) continue;
    found ??= {};
    found[key] = property.value;
  }
  return found;
}

/** Objects whose fields say nothing about what they are. */
function isOpaque(value: object): boolean {
  return (
    types.isPromise(value) ||
    types.isProxy(value) ||
    value instanceof WeakMap ||
    value instanceof WeakSet ||
    value instanceof WeakRef ||
    types.isGeneratorObject(value) ||
    types.isExternal(value) ||
    types.isSharedArrayBuffer(value) ||
    isOfPlatform(value) ||
    'then' in value
  );
}

function describe(value: unknown): string {
  if (typeof value === 'function') return `the function ${value.name || '(anonymous)'}`;
  if (typeof value === 'symbol') return `the symbol ${String(value)}`;
  return `an object of class ${(value as object).constructor?.name || Object.prototype.toString.call(value).slice(8, -1)}`;
}

/** A URL, an AbortSignal, a Blob …: all of it is hidden, and an empty object would arrive. */
function isOfPlatform(value: object): boolean {
  return (
    Symbol.toStringTag in value &&
    !Object.hasOwn(value, Symbol.toStringTag) &&
    Object.keys(value).length === 0
  );
}
