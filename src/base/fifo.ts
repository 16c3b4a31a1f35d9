/** Entries that were taken before the rest is moved to the front: an array's own `shift` moves all of them each time. */
const TAKEN = 1024;

/** A queue whose ends both cost the same, however long it is. */
export class Fifo<T> {
  #items: T[];
  #first = 0;

  /** @param items what it holds at first; the array becomes its own */
  constructor(items: T[] = []) {
    this.#items = items;
  }

  get length(): number {
    return this.#items.length - this.#first;
  }
  /** The next one, `undefined` when it is empty. */
  get head(): T | undefined {
    return this.#items[this.#first];
  }
  /** The one that was put in last, `undefined` when it is empty. */
  get last(): T | undefined {
    return this.length === 0 ? undefined : this.#items.at(-1);
  }
  push(item: T): void {
    this.#items.push(item);
  }
  /** Puts an item before all others. */
  unshift(item: T): void {
    if (this.#first === 0) this.#items.unshift(item);
    else this.#items[--this.#first] = item;
  }
  /** Takes the next one. */
  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#first++];
    if (this.#first >= TAKEN && this.#first * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }
}
