import { IndexError } from '../../core/errors/errors.ts';
import { BaseProxy, setProxyType } from './base-proxy.ts';

/** A dict in a manager. `set(k, await get(k) + 1)` is two calls, between which others may come: hold a lock. */
export class DictProxy<K = unknown, V = unknown> extends BaseProxy implements AsyncIterable<K> {
  /** The value, or `otherwise` where there is none. */
  get(key: K): Promise<V | undefined>;
  get(key: K, otherwise: V): Promise<V>;
  get(key: K, otherwise?: V): Promise<V | undefined> {
    return this.callMethod('get', key, otherwise) as Promise<V | undefined>;
  }
  /** The value. Rejects with KeyError where there is none. */
  getItem(key: K): Promise<V> {
    return this.callMethod('getItem', key) as Promise<V>;
  }
  async set(key: K, value: V): Promise<void> {
    await this.callMethod('set', key, value);
  }
  /** Rejects with KeyError where there is none. */
  async delete(key: K): Promise<void> {
    await this.callMethod('delete', key);
  }
  has(key: K): Promise<boolean> {
    return this.callMethod('has', key) as Promise<boolean>;
  }
  /** Takes the value out. Rejects with KeyError where there is none and no `otherwise` is given. */
  pop(key: K, ...otherwise: [V?]): Promise<V> {
    return this.callMethod('pop', key, ...otherwise) as Promise<V>;
  }
  /** Takes the pair out that was put last. */
  popItem(): Promise<[K, V]> {
    return this.callMethod('popItem') as Promise<[K, V]>;
  }
  setDefault(key: K, value: V): Promise<V> {
    return this.callMethod('setDefault', key, value) as Promise<V>;
  }
  async update(
    content: Map<K, V> | readonly (readonly [K, V])[] | Readonly<Record<string, V>>,
  ): Promise<void> {
    await this.callMethod('update', content);
  }
  async clear(): Promise<void> {
    await this.callMethod('clear');
  }
  keys(): Promise<K[]> {
    return this.callMethod('keys') as Promise<K[]>;
  }
  values(): Promise<V[]> {
    return this.callMethod('values') as Promise<V[]>;
  }
  items(): Promise<[K, V][]> {
    return this.callMethod('items') as Promise<[K, V][]>;
  }
  /** The content at this moment. */
  copy(): Promise<Map<K, V>> {
    return this.callMethod('copy') as Promise<Map<K, V>>;
  }
  size(): Promise<number> {
    return this.callMethod('size') as Promise<number>;
  }
  /** Keys; rejects with RuntimeError when somebody changes the dict's size meanwhile. */
  async *[Symbol.asyncIterator](): AsyncGenerator<K, void, void> {
    const iterator = (await this.callMethod('iterate')) as IteratorProxy<K>;
    try {
      yield* iterator;
    } finally {
      await iterator.dispose();
    }
  }
}

/** An iterator in a manager's server. */
export class IteratorProxy<T = unknown> extends BaseProxy implements AsyncIterable<T> {
  next(...args: readonly unknown[]): Promise<IteratorResult<T, undefined>> {
    return this.callMethod('next', ...args) as Promise<IteratorResult<T, undefined>>;
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    for (;;) {
      const { done, value } = await this.next();
      if (done) return;
      yield value as T;
    }
  }
}

/** A list in a manager. */
export class ListProxy<T = unknown> extends BaseProxy implements AsyncIterable<T> {
  /** Negative indices count from the end. Rejects with IndexError. */
  get(index: number): Promise<T> {
    return this.callMethod('get', index) as Promise<T>;
  }
  async set(index: number, value: T): Promise<void> {
    await this.callMethod('set', index, value);
  }
  async delete(index: number): Promise<void> {
    await this.callMethod('delete', index);
  }
  slice(start?: number, end?: number): Promise<T[]> {
    return this.callMethod('slice', start, end) as Promise<T[]>;
  }
  async setSlice(start: number, end: number, values: readonly T[]): Promise<void> {
    await this.callMethod('setSlice', start, end, values);
  }
  async append(value: T): Promise<void> {
    await this.callMethod('append', value);
  }
  async extend(values: Iterable<T>): Promise<void> {
    await this.callMethod('extend', [...values]);
  }
  async insert(index: number, value: T): Promise<void> {
    await this.callMethod('insert', index, value);
  }
  pop(index = -1): Promise<T> {
    return this.callMethod('pop', index) as Promise<T>;
  }
  async remove(value: T): Promise<void> {
    await this.callMethod('remove', value);
  }
  index(value: T): Promise<number> {
    return this.callMethod('index', value) as Promise<number>;
  }
  count(value: T): Promise<number> {
    return this.callMethod('count', value) as Promise<number>;
  }
  has(value: T): Promise<boolean> {
    return this.callMethod('has', value) as Promise<boolean>;
  }
  async reverse(): Promise<void> {
    await this.callMethod('reverse');
  }
  /** Ascending by `<`. */
  async sort(): Promise<void> {
    await this.callMethod('sort');
  }
  /** Python's `*`. */
  repeat(times: number): Promise<T[]> {
    return this.callMethod('repeat', times) as Promise<T[]>;
  }
  /** Python's `*=`. */
  async repeatInPlace(times: number): Promise<void> {
    await this.callMethod('repeatInPlace', times);
  }
  /** Python's `+`. */
  concat(values: readonly T[]): Promise<T[]> {
    return this.callMethod('concat', values) as Promise<T[]>;
  }
  async clear(): Promise<void> {
    await this.callMethod('clear');
  }
  length(): Promise<number> {
    return this.callMethod('length') as Promise<number>;
  }
  /** The content at this moment. */
  copy(): Promise<T[]> {
    return this.callMethod('copy') as Promise<T[]>;
  }
  /** Items by their index, as long as there is one. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    for (let i = 0; ; i++) {
      let value: T;
      try {
        value = await this.get(i);
      } catch (error) {
        if (error instanceof IndexError) return;
        throw error;
      }
      yield value;
    }
  }
}

/** Named values in a manager. */
export class NamespaceProxy extends BaseProxy {
  /** Rejects with KeyError where there is none of that name. */
  get(name: string): Promise<unknown> {
    return this.callMethod('get', name);
  }
  async set(name: string, value: unknown): Promise<void> {
    await this.callMethod('set', name, value);
  }
  async delete(name: string): Promise<void> {
    await this.callMethod('delete', name);
  }
}

/** A value in a manager. */
export class ValueProxy<T = unknown> extends BaseProxy {
  get(): Promise<T> {
    return this.callMethod('get') as Promise<T>;
  }
  async set(value: T): Promise<void> {
    await this.callMethod('set', value);
  }
}

setProxyType('dict', DictProxy);
setProxyType('Iterator', IteratorProxy);
setProxyType('list', ListProxy);
setProxyType('Array', ListProxy);
setProxyType('Namespace', NamespaceProxy);
setProxyType('Value', ValueProxy);
