import { v8 } from '../../../base/builtins.ts';
import { ERROR_CLASSES } from '../errors/error-classes.ts';
import * as errors from '../errors/errors.ts';
import { type AnyView, BUFFER_VIEW, type FastBuffer, type HandleCodec, TAG, VIEWS } from './tags.ts';

const CACHED_KEYS = 256;

/** Decodes what {@link Encoder} wrote. One a thread; results share no memory with the input. */
export class Decoder {
  readonly #handles: HandleCodec;
  #bytes = Buffer.alloc(0) as FastBuffer;
  #position = 0;
  #kept = false;
  #seen: unknown[] = [];
  /** Object keys repeat from message to message; finding the string again is cheaper than making it. */
  readonly #keys: string[] = new Array<string>(CACHED_KEYS).fill('');

  constructor(handles: HandleCodec) {
    this.#handles = handles;
  }

  /** `kept`: the bytes are the receiver's, so that a Buffer may be a part of them. `from`: where the value begins. */
  decode(bytes: Buffer, kept = false, from = 0): unknown {
    this.#bytes = bytes as FastBuffer;
    this.#kept = kept;
    this.#position = from;
    try {
      return this.#value();
    } finally {
      if (this.#seen.length > 0) this.#seen = [];
    }
  }

  #byte(): number {
    return this.#bytes[this.#position++] ?? TAG.undefined;
  }

  #length(): number {
    let byte = this.#byte();
    let value = byte & 127;
    for (let scale = 128; byte > 127; scale *= 128) {
      byte = this.#byte();
      value += (byte & 127) * scale;
    }
    return value;
  }

  #double(): number {
    const value = this.#bytes.readDoubleLE(this.#position);
    this.#position += 8;
    return value;
  }

  #value(): unknown {
    const tag = this.#byte();
    switch (tag) {
      case TAG.int: {
        const zigzag = this.#length();
        return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
      }
      case TAG.latin1:
      case TAG.utf16:
        return this.#string(tag);
      case TAG.object:
        return this.#object();
      case TAG.array:
        return this.#array();
      case TAG.null:
        return null;
      case TAG.undefined:
        return undefined;
      case TAG.true:
        return true;
      case TAG.false:
        return false;
      case TAG.double:
        return this.#double();
      default:
        return this.#rare(tag);
    }
  }

  #rare(tag: number): unknown {
    switch (tag) {
      case TAG.map:
        return this.#map();
      case TAG.set:
        return this.#set();
      case TAG.date:
        return this.#remember(new Date(this.#double()));
      case TAG.bigint:
        return this.#bigint();
      case TAG.view:
        return this.#remember(this.#view());
      case TAG.arrayBuffer:
        return this.#remember(this.#copy());
      case TAG.error:
        return this.#error();
      case TAG.regexp:
        return this.#regexp();
      case TAG.handle:
        return this.#handle();
      case TAG.v8:
        return this.#remember(v8().deserialize(new Uint8Array(this.#copy())));
      case TAG.backReference:
        return this.#seen[this.#length()];
      default:
        throw new errors.SerializationError(`unknown tag ${tag} in a message`);
    }
  }

  #remember<T>(value: T): T {
    this.#seen.push(value);
    return value;
  }

  #string(tag: number): string {
    const length = this.#length();
    const start = this.#position;
    if (tag === TAG.latin1) {
      this.#position += length;
      return this.#bytes.latin1Slice(start, start + length);
    }
    this.#position += length * 2;
    return this.#bytes.ucs2Slice(start, start + length * 2);
  }

  #key(): string {
    const start = this.#position;
    const bytes = this.#bytes;
    const length = bytes[start + 1] ?? 0;
    if (bytes[start] !== TAG.latin1 || length > 31) return this.#string(this.#byte());
    const first = start + 2;
    const slot = (length * 31 + (bytes[first] ?? 0) * 7 + (bytes[first + length - 1] ?? 0)) % CACHED_KEYS;
    const known = this.#keys[slot] ?? '';
    this.#position = first + length;
    if (known.length === length && equals(known, bytes, first)) return known;
    const key = bytes.latin1Slice(first, first + length);
    this.#keys[slot] = key;
    return key;
  }

  #object(): object {
    const count = this.#length();
    const result = this.#remember<Record<string, unknown>>({});
    for (let i = 0; i < count; i++) {
      const key = this.#key();
      const value = this.#value();
      if (key === '__proto__') define(result, key, value);
      else result[key] = value;
    }
    return result;
  }

  #array(): unknown[] {
    const length = this.#length();
    const result = this.#remember<unknown[]>([]);
    for (let i = 0; i < length; i++) {
      if (this.#bytes[this.#position] === TAG.hole) {
        this.#position++;
        result.length = i + 1;
      } else {
        result.push(this.#value());
      }
    }
    return result;
  }

  #map(): Map<unknown, unknown> {
    const size = this.#length();
    const result = this.#remember(new Map<unknown, unknown>());
    for (let i = 0; i < size; i++) {
      const key = this.#value();
      result.set(key, this.#value());
    }
    return result;
  }

  #set(): Set<unknown> {
    const size = this.#length();
    const result = this.#remember(new Set<unknown>());
    for (let i = 0; i < size; i++) result.add(this.#value());
    return result;
  }

  #bigint(): bigint {
    const hex = this.#string(this.#byte());
    return hex.startsWith('-') ? -BigInt(`0x${hex.slice(1)}`) : BigInt(`0x${hex}`);
  }

  #copy(): ArrayBuffer {
    const length = this.#length();
    const start = this.#position;
    this.#position += length;
    // Zeroing fresh memory would cost as much as filling it.
    const copy = Buffer.allocUnsafeSlow(length);
    copy.set(this.#bytes.subarray(start, start + length));
    return copy.buffer as ArrayBuffer;
  }

  #buffer(): Buffer {
    const length = this.#length();
    const start = this.#position;
    this.#position += length;
    const part = this.#bytes.subarray(start, start + length);
    return this.#kept ? part : Buffer.from(part);
  }

  #view(): AnyView {
    const kind = this.#byte();
    if (kind === BUFFER_VIEW) return this.#buffer();
    const buffer = this.#copy();
    const view = VIEWS[kind];
    if (view === undefined) throw new errors.SerializationError(`unknown view ${kind} in a message`);
    return new view.make(buffer, 0, buffer.byteLength / view.size);
  }

  #fields(into: unknown[]): unknown[] {
    const count = this.#length();
    for (let i = 0; i < count; i++) into.push(this.#value());
    return into;
  }

  #error(): Error {
    // Its number comes before those of its fields; a cause that points back to it finds the placeholder's successor.
    const result = this.#remember(new Error());
    const index = this.#seen.length - 1;
    const [name, message, stack, cause, extra, runtimeClass, hidden = {}] = this.#fields([]) as [
      string,
      string,
      string,
      unknown[],
      object,
      string | undefined,
      Record<string, unknown>?,
    ];
    const Class = ERROR_CLASSES[runtimeClass ?? name];
    const error = Class === undefined ? result : Object.setPrototypeOf(result, Class.prototype);
    this.#seen[index] = error;
    define(error, 'message', message);
    define(error, 'stack', stack);
    if (Class === undefined || error.name !== name) define(error, 'name', name);
    if (cause.length > 0) define(error, 'cause', cause[0]);
    for (const [key, value] of Object.entries(hidden)) define(error, key, value);
    return Object.assign(error, extra);
  }

  #regexp(): RegExp {
    const index = this.#seen.length;
    this.#seen.push(undefined);
    const [source, flags, lastIndex] = this.#fields([]) as [string, string, number];
    const result = new RegExp(source, flags);
    result.lastIndex = lastIndex;
    this.#seen[index] = result;
    return result;
  }

  #handle(): object {
    const index = this.#seen.length;
    this.#seen.push(undefined);
    const result = this.#handles.fromWire(this.#fields([]));
    this.#seen[index] = result;
    return result;
  }
}

function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    writable: true,
    configurable: true,
    enumerable: key === '__proto__',
  });
}

function equals(text: string, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[at + i]) return false;
  return true;
}
