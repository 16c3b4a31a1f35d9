import { errorClass } from '../errors/error-classes.ts';
import { COST, DEEPEST, MOST_ITEMS, MOST_KEYS, MOST_SOURCE } from './limits.ts';
import { isIndex } from './named-keys.ts';
import { damaged, Reader } from './reader.ts';
import { type AnyView, BUFFER_VIEW, type HandleCodec, HIDDEN_FIELDS, TAG, VIEWS } from './tags.ts';

/** Arrays of up to so many items are made with room for just these. */
const FEW_ITEMS = 8;
const CACHED_KEYS = 256;
const HEXADECIMAL = /^-?[0-9a-f]+$/;

/**
 * Decodes what {@link Encoder} wrote. One a thread; results share no memory with the input.
 *
 * The bytes may be a stranger's: whatever they are, the result is a value or an error, in a time and with memory that
 * follow from how many bytes there are; see {@link Reader}.
 */
export class Decoder {
  readonly #handles: HandleCodec;
  readonly #memory: number;
  readonly #in = new Reader();
  #kept = false;
  #depth = 0;
  /** Of `#memory`, what is left for the message at hand. */
  #budget = 0;
  #seen: unknown[] = [];
  /** Of views, the buffers that others may share. */
  #shared: Map<AnyView, SharedBuffer> | undefined;
  /** Object keys repeat from message to message; finding the string again is cheaper than making it. */
  readonly #keys: string[] = new Array<string>(CACHED_KEYS).fill('');

  /** `memory`: about how many bytes of memory one message may become. */
  constructor(handles: HandleCodec, memory = Number.POSITIVE_INFINITY) {
    this.#handles = handles;
    this.#memory = memory;
  }

  /**
   * The one value that lies between `from` and `end`. `kept`: the bytes are the receiver's, so that a Buffer may be a part of
   * them.
   * @throws SerializationError for bytes that no encoder has written, and what opening a handle throws
   */
  decode(bytes: Buffer, kept = false, from = 0, end = bytes.length): unknown {
    this.#in.reset(bytes, from, end);
    this.#kept = kept;
    this.#depth = 0;
    this.#budget = this.#memory;
    try {
      const value = this.#value();
      if (this.#in.left > 0) throw damaged('something follows the value');
      return value;
    } catch (error) {
      // A full stack, where the caller's own is deep already; a string that V8 cannot hold.
      throw error instanceof RangeError ? damaged(error.message, error) : error;
    } finally {
      if (this.#seen.length > 0) this.#seen = [];
      this.#shared = undefined;
    }
  }

  #value(): unknown {
    return this.#tagged(this.#in.byte());
  }

  #tagged(tag: number): unknown {
    switch (tag) {
      case TAG.int:
        return this.#in.integer();
      case TAG.latin1:
      case TAG.utf16:
        return this.#string(tag);
      case TAG.null:
        return null;
      case TAG.undefined:
        return undefined;
      case TAG.true:
        return true;
      case TAG.false:
        return false;
      case TAG.double:
        return this.#in.double();
      case TAG.backReference:
        return this.#backReference();
      default:
        return this.#nested(tag);
    }
  }

  /** What may hold other values, and what is rare. */
  #nested(tag: number): unknown {
    if (++this.#depth > DEEPEST) throw damaged(`it is nested more than ${DEEPEST} deep`);
    const value = tag === TAG.object ? this.#object() : tag === TAG.array ? this.#array() : this.#rare(tag);
    this.#depth--;
    return value;
  }

  #rare(tag: number): unknown {
    switch (tag) {
      case TAG.map:
        return this.#map();
      case TAG.set:
        return this.#set();
      case TAG.date:
        return this.#remember(new Date(this.#in.double()), COST.object);
      case TAG.bigint:
        return this.#bigint();
      case TAG.view:
        return this.#remember(this.#view(), COST.buffer);
      case TAG.arrayBuffer:
        return this.#remember(this.#in.copy(this.#in.number()), COST.buffer);
      case TAG.error:
        return this.#error();
      case TAG.regexp:
        return this.#regexp();
      case TAG.handle:
        return this.#handle();
      case TAG.namedArray:
        return this.#namedArray();
      case TAG.wideView:
        return this.#remember(this.#wideView(), COST.buffer);
      case TAG.viewOf:
        return this.#remember(this.#viewOf(), COST.buffer);
      case TAG.bufferOf:
        return this.#remember(this.#sharedBuffer().buffer, COST.object);
      case TAG.boxed:
        return this.#boxed();
      default:
        throw damaged(`unknown tag ${tag}`);
    }
  }

  /** Accounts for memory that is about to be used. */
  #spend(bytes: number): void {
    this.#budget -= bytes;
    if (this.#budget < 0) throw damaged(`it would take more than ${this.#memory} bytes of memory`);
  }

  /** Gives the object its number. `cost`: bytes of memory that it takes, unless they are accounted for already. */
  #remember<T>(value: T, cost = 0): T {
    if (cost > 0) this.#spend(cost);
    this.#seen.push(value);
    return value;
  }

  #backReference(): unknown {
    const number = this.#in.number();
    if (number >= this.#seen.length) throw damaged(`it has no object ${number}`);
    return this.#seen[number];
  }

  #string(tag: number): string {
    const text = this.#in.text(tag);
    this.#spend(COST.string + text.length);
    return text;
  }

  #key(): string {
    const { bytes, position, end } = this.#in;
    const length = bytes[position + 1] ?? 0;
    const first = position + 2;
    if (bytes[position] !== TAG.latin1 || length > 31 || first + length > end)
      return this.#string(this.#in.byte());
    const slot = (length * 31 + (bytes[first] ?? 0) * 7 + (bytes[first + length - 1] ?? 0)) % CACHED_KEYS;
    const known = this.#keys[slot] ?? '';
    this.#in.position = first + length;
    if (known.length === length && equals(known, bytes, first)) return known;
    const key = bytes.latin1Slice(first, first + length);
    this.#keys[slot] = key;
    return key;
  }

  /** How many follow: items of at least `bytes` bytes. An object of them takes `own` bytes of memory, and `cost` for each. */
  #count(bytes: number, most: number, own: number, cost: number): number {
    const count = this.#in.count(bytes);
    if (count > most) throw damaged(`${count} are too many in one object`);
    this.#spend(own + count * cost);
    return count;
  }

  #object(): object {
    const count = this.#count(3, MOST_KEYS, COST.object, COST.entry);
    const result = this.#remember<Record<string, unknown>>({});
    for (let i = 0; i < count; i++) {
      const key = this.#key();
      const value = this.#value();
      if (key === '__proto__') define(result, key, value, true);
      else result[key] = value;
    }
    return result;
  }

  #array(): unknown[] {
    const length = this.#count(1, MOST_ITEMS, COST.object, COST.item);
    // The first push into an empty array would make room for 17 items.
    const result = this.#remember<unknown[]>(length <= FEW_ITEMS ? new Array(length) : []);
    for (let i = 0; i < length; i++) {
      const tag = this.#in.byte();
      if (tag !== TAG.hole) result[i] = this.#tagged(tag);
      else if (result.length <= i) result.length = i + 1;
    }
    return result;
  }

  #namedArray(): unknown[] {
    const result = this.#array();
    const count = this.#count(3, MOST_KEYS, 0, COST.entry);
    for (let i = 0; i < count; i++) {
      const key = this.#key();
      if (key === 'length' || isIndex(key)) throw damaged('an array has a name that is none');
      define(result, key, this.#value(), true);
    }
    return result;
  }

  #map(): Map<unknown, unknown> {
    const size = this.#count(2, MOST_KEYS, COST.collection, COST.entry);
    const result = this.#remember(new Map<unknown, unknown>());
    for (let i = 0; i < size; i++) {
      const key = this.#value();
      result.set(key, this.#value());
    }
    return result;
  }

  #set(): Set<unknown> {
    const size = this.#count(1, MOST_KEYS, COST.collection, COST.entry);
    const result = this.#remember(new Set<unknown>());
    for (let i = 0; i < size; i++) result.add(this.#value());
    return result;
  }

  #bigint(): bigint {
    const hex = this.#string(this.#in.byte());
    if (!HEXADECIMAL.test(hex)) throw damaged('a bigint is not hexadecimal');
    try {
      return hex.startsWith('-') ? -BigInt(`0x${hex.slice(1)}`) : BigInt(`0x${hex}`);
    } catch (cause) {
      throw damaged('a bigint is too large', cause);
    }
  }

  #buffer(): Buffer {
    const length = this.#in.number();
    const start = this.#in.skip(length);
    const part = this.#in.bytes.subarray(start, start + length);
    return this.#kept ? part : Buffer.from(part);
  }

  #view(): AnyView {
    const kind = this.#in.byte();
    if (kind === BUFFER_VIEW) return this.#buffer();
    const length = this.#in.number();
    return makeView(kind, this.#in.copy(length), 0, length);
  }

  #wideView(): AnyView {
    const kind = this.#in.byte();
    const [offset, length, base, room] = [0, 0, 0, 0].map(() => this.#in.number()) as [
      number,
      number,
      number,
      number,
    ];
    const buffer = this.#in.copy(room);
    const view = makeView(kind, buffer, offset - base, length);
    this.#shared ??= new Map();
    this.#shared.set(view, { buffer, base });
    return view;
  }

  #viewOf(): AnyView {
    const kind = this.#in.byte();
    const { buffer, base } = this.#sharedBuffer();
    const offset = this.#in.number();
    return makeView(kind, buffer, offset - base, this.#in.number());
  }

  #sharedBuffer(): SharedBuffer {
    const number = this.#in.number();
    const first = this.#seen[number];
    if (first instanceof ArrayBuffer) return { buffer: first, base: 0 };
    const shared = this.#shared?.get(first as AnyView);
    if (shared === undefined) throw damaged(`object ${number} has no buffer to share`);
    return shared;
  }

  #boxed(): object {
    const index = this.#seen.length;
    this.#remember(undefined, COST.object);
    const value = this.#value();
    if (typeof value === 'object' || value === undefined) throw damaged('this cannot be boxed');
    const result = Object(value) as object;
    this.#seen[index] = result;
    return result;
  }

  #fields(): unknown[] {
    const count = this.#count(1, MOST_ITEMS, COST.object, COST.item);
    const fields: unknown[] = [];
    for (let i = 0; i < count; i++) fields.push(this.#value());
    return fields;
  }

  #error(): Error {
    // Its number comes before those of its fields: a cause that points back to it finds this very object.
    const error = this.#remember(new Error(), COST.error);
    const [name, message, stack, cause, extra, runtimeClass, hidden] = this.#fields();
    if (!Array.isArray(cause)) throw damaged('an error without its fields');
    const Class = errorClass(runtimeClass ?? name);
    if (Class !== undefined) Object.setPrototypeOf(error, Class.prototype);
    define(error, 'message', message);
    define(error, 'stack', stack);
    if (Class === undefined || error.name !== name) define(error, 'name', name);
    if (cause.length > 0) define(error, 'cause', cause[0]);
    for (const key of HIDDEN_FIELDS) if (hasOwn(hidden, key)) define(error, key, hidden[key]);
    // Not by Object.assign, by which a `__proto__` would become the error's prototype.
    for (const [key, value] of Object.entries(Object(extra))) define(error, key, value, true);
    return error;
  }

  #regexp(): RegExp {
    const index = this.#seen.length;
    this.#remember(undefined, COST.error);
    const [source, flags, lastIndex] = this.#fields();
    if (typeof source !== 'string' || typeof flags !== 'string')
      throw damaged('an incomplete regular expression');
    if (source.length > MOST_SOURCE) throw damaged('a regular expression is too long');
    try {
      const result = new RegExp(source, flags);
      result.lastIndex = Number(lastIndex);
      this.#seen[index] = result;
      return result;
    } catch (cause) {
      throw damaged('it has no regular expression that this Node can make', cause);
    }
  }

  #handle(): object {
    const index = this.#seen.length;
    this.#remember(undefined, COST.error);
    const result = this.#handles.fromWire(this.#fields());
    this.#seen[index] = result;
    return result;
  }
}

/** Bytes of a view's buffer that have come: those from `base` on. */
interface SharedBuffer {
  readonly buffer: ArrayBuffer;
  readonly base: number;
}

/** `offset` and `length` are the sender's, in bytes. */
function makeView(kind: number, buffer: ArrayBuffer, offset: number, length: number): AnyView {
  const { make, size } = VIEWS[kind] ?? {};
  if (make === undefined || size === undefined) throw damaged(`unknown view ${kind}`);
  if (length % size !== 0) throw damaged(`${length} bytes are no whole number of ${size}`);
  if (offset < 0 || offset + length > buffer.byteLength) throw damaged('a view is larger than its buffer');
  if (kind === BUFFER_VIEW) return Buffer.from(buffer, offset, length);
  return new make(buffer, offset, length / size);
}

function hasOwn(object: unknown, key: string): object is Record<string, unknown> {
  return typeof object === 'object' && object !== null && Object.hasOwn(object, key);
}

function define(target: object, key: string, value: unknown, enumerable = false): void {
  Object.defineProperty(target, key, { value, writable: true, configurable: true, enumerable });
}

function equals(text: string, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[at + i]) return false;
  return true;
}
