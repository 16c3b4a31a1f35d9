/** What lives in a manager's server behind the proxies: containers with Python's errors. */
import { inspect, isDeepStrictEqual } from 'node:util';
import { IndexError, KeyError, RuntimeError, ValueError } from '../../core/errors/errors.ts';

/** Iterates over a dict's keys as long as nobody changes its size. */
class KeyIterator {
  readonly #dict: DictObject;
  readonly #keys: Iterator<unknown>;
  readonly #size: number;
  constructor(dict: DictObject, keys: Iterator<unknown>) {
    this.#dict = dict;
    this.#keys = keys;
    this.#size = dict.size();
  }
  next(): IteratorResult<unknown> {
    if (this.#dict.size() !== this.#size) throw new RuntimeError('dictionary changed size during iteration');
    const { done, value } = this.#keys.next();
    return done ? { done: true, value: undefined } : { done: false, value };
  }
}

export class DictObject {
  readonly #map: Map<unknown, unknown>;
  constructor(content: unknown = []) {
    this.#map = new Map(entriesOf(content));
  }
  get(key: unknown, otherwise?: unknown): unknown {
    return this.#map.has(key) ? this.#map.get(key) : otherwise;
  }
  getItem(key: unknown): unknown {
    if (!this.#map.has(key)) throw new KeyError(inspect(key));
    return this.#map.get(key);
  }
  set(key: unknown, value: unknown): void {
    this.#map.set(key, value);
  }
  delete(key: unknown): void {
    if (!this.#map.delete(key)) throw new KeyError(inspect(key));
  }
  has(key: unknown): boolean {
    return this.#map.has(key);
  }
  pop(key: unknown, ...otherwise: unknown[]): unknown {
    if (!this.#map.has(key) && otherwise.length > 0) return otherwise[0];
    const value = this.getItem(key);
    this.#map.delete(key);
    return value;
  }
  popItem(): [unknown, unknown] {
    const last = [...this.#map].at(-1);
    if (last === undefined) throw new KeyError('popItem(): dictionary is empty');
    this.#map.delete(last[0]);
    return last;
  }
  setDefault(key: unknown, value: unknown): unknown {
    if (!this.#map.has(key)) this.#map.set(key, value);
    return this.#map.get(key);
  }
  update(content: unknown): void {
    for (const [key, value] of entriesOf(content)) this.#map.set(key, value);
  }
  clear(): void {
    this.#map.clear();
  }
  keys(): unknown[] {
    return [...this.#map.keys()];
  }
  values(): unknown[] {
    return [...this.#map.values()];
  }
  items(): [unknown, unknown][] {
    return [...this.#map];
  }
  copy(): Map<unknown, unknown> {
    return new Map(this.#map);
  }
  size(): number {
    return this.#map.size;
  }
  iterate(): KeyIterator {
    return new KeyIterator(this, this.#map.keys());
  }
  str(): string {
    return inspect(this.#map);
  }
}

function entriesOf(content: unknown): Iterable<[unknown, unknown]> {
  if (content instanceof Map || Array.isArray(content)) return content as Iterable<[unknown, unknown]>;
  if (typeof content === 'object' && content !== null) return Object.entries(content);
  throw new TypeError('a dict is made from a Map, an array of pairs or an object');
}

export class ListObject {
  readonly #items: unknown[];
  constructor(content: Iterable<unknown> = []) {
    this.#items = [...content];
  }
  get(index: number): unknown {
    return this.#items[this.#place(index)];
  }
  set(index: number, value: unknown): void {
    this.#items[this.#place(index)] = value;
  }
  delete(index: number): void {
    this.#items.splice(this.#place(index), 1);
  }
  slice(start?: number, end?: number): unknown[] {
    return this.#items.slice(start, end);
  }
  setSlice(start: number, end: number, values: readonly unknown[]): void {
    const from = Math.max(0, start < 0 ? start + this.#items.length : start);
    const to = Math.max(from, end < 0 ? end + this.#items.length : end);
    this.#items.splice(from, to - from, ...values);
  }
  append(value: unknown): void {
    this.#items.push(value);
  }
  extend(values: readonly unknown[]): void {
    for (const value of values) this.#items.push(value);
  }
  insert(index: number, value: unknown): void {
    this.#items.splice(index, 0, value);
  }
  pop(index = -1): unknown {
    if (this.#items.length === 0) throw new IndexError('pop from empty list');
    return this.#items.splice(this.#place(index), 1)[0];
  }
  remove(value: unknown): void {
    this.#items.splice(this.index(value), 1);
  }
  index(value: unknown): number {
    const index = this.#items.findIndex((item) => isDeepStrictEqual(item, value));
    if (index < 0) throw new ValueError(`${inspect(value)} is not in list`);
    return index;
  }
  count(value: unknown): number {
    return this.#items.filter((item) => isDeepStrictEqual(item, value)).length;
  }
  has(value: unknown): boolean {
    return this.count(value) > 0;
  }
  reverse(): void {
    this.#items.reverse();
  }
  sort(): void {
    this.#items.sort((a, b) => ((a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0));
  }
  /** Python's `*`. */
  repeat(times: number): unknown[] {
    return Array.from({ length: Math.max(0, times) }, () => this.#items).flat(1);
  }
  /** Python's `*=`. */
  repeatInPlace(times: number): void {
    const repeated = this.repeat(times);
    this.#items.splice(0, this.#items.length, ...repeated);
  }
  /** Python's `+`. */
  concat(values: readonly unknown[]): unknown[] {
    return [...this.#items, ...values];
  }
  clear(): void {
    this.#items.length = 0;
  }
  length(): number {
    return this.#items.length;
  }
  copy(): unknown[] {
    return [...this.#items];
  }
  str(): string {
    return inspect(this.#items);
  }
  #place(index: number): number {
    const place = index < 0 ? index + this.#items.length : index;
    if (!Number.isInteger(place) || place < 0 || place >= this.#items.length)
      throw new IndexError('list index out of range');
    return place;
  }
}

export class NamespaceObject {
  readonly #fields: Map<string, unknown>;
  constructor(fields: Readonly<Record<string, unknown>> = {}) {
    this.#fields = new Map(Object.entries(fields));
  }
  get(name: string): unknown {
    if (!this.#fields.has(name)) throw new KeyError(`the namespace has no ${name}`);
    return this.#fields.get(name);
  }
  set(name: string, value: unknown): void {
    this.#fields.set(name, value);
  }
  delete(name: string): void {
    if (!this.#fields.delete(name)) throw new KeyError(`the namespace has no ${name}`);
  }
  /** Without the names that begin with an underscore, as in Python. */
  str(): string {
    const shown = [...this.#fields]
      .filter(([name]) => !name.startsWith('_'))
      .map(([name, value]) => `${name}=${inspect(value)}`);
    return `Namespace(${shown.join(', ')})`;
  }
}

export class ValueObject {
  #value: unknown;
  constructor(_typecode: string, value: unknown) {
    this.#value = value;
  }
  get(): unknown {
    return this.#value;
  }
  set(value: unknown): void {
    this.#value = value;
  }
  str(): string {
    return inspect(this.#value);
  }
}
