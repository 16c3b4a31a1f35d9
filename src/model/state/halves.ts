/** One half of a message that waits for its other half. */
export interface Half {
  readonly time: number;
  readonly thread: number;
  readonly bytes: number;
}

const LEAST = 16;
/** No half: positions are whole numbers. */
const NOTHING = -1;

/**
 * Halves of messages by position, without an object for each: positions come one after the other, so that a place is the lowest
 * bits of the position. What stands in the way of a later one, since its other half never came, goes aside.
 */
export class Halves {
  readonly #most: number;
  #positions = new Float64Array(LEAST).fill(NOTHING);
  #times = new Float64Array(LEAST);
  #threads = new Uint32Array(LEAST);
  #bytes = new Float64Array(LEAST);
  /** Of those that have places. */
  #placed = 0;
  readonly #aside = new Map<number, Half>();

  /** @param most so many are kept; then older ones go */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#placed + this.#aside.size;
  }

  get(n: number): Half | undefined {
    const at = this.#placeOf(n);
    return this.#positions[at] === n ? this.#at(at) : this.#aside.get(n);
  }

  put(n: number, time: number, thread: number, bytes: number): void {
    while (this.#isInTheWay(n) && this.#placed * 2 >= this.#capacity && this.#capacity < this.#most)
      this.#grow();
    const at = this.#placeOf(n);
    if (this.#isInTheWay(n)) this.#setAside(at);
    if (this.#positions[at] === NOTHING) this.#placed++;
    this.#positions[at] = n;
    this.#times[at] = time;
    this.#threads[at] = thread;
    this.#bytes[at] = bytes;
  }

  delete(n: number): void {
    const at = this.#placeOf(n);
    if (this.#positions[at] === n) {
      this.#positions[at] = NOTHING;
      this.#placed--;
    } else if (this.#aside.size > 0) this.#aside.delete(n);
  }

  /** How many are a thread's. */
  countOf(thread: number): number {
    let count = 0;
    for (let at = 0; at < this.#capacity; at++)
      if (this.#positions[at] !== NOTHING && this.#threads[at] === thread) count++;
    for (const half of this.#aside.values()) if (half.thread === thread) count++;
    return count;
  }

  get #capacity(): number {
    return this.#positions.length;
  }

  /** The capacity is a power of two. */
  #placeOf(n: number): number {
    return n % this.#capacity;
  }

  #isInTheWay(n: number): boolean {
    const there = this.#positions[this.#placeOf(n)];
    return there !== NOTHING && there !== n;
  }

  #at(at: number): Half {
    return { time: this.#times[at] ?? 0, thread: this.#threads[at] ?? 0, bytes: this.#bytes[at] ?? 0 };
  }

  #setAside(at: number): void {
    this.#aside.set(this.#positions[at] ?? 0, this.#at(at));
    this.#positions[at] = NOTHING;
    this.#placed--;
    if (this.size >= this.#most) this.#aside.delete(this.#aside.keys().next().value ?? 0);
  }

  #grow(): void {
    const before = {
      positions: this.#positions,
      times: this.#times,
      threads: this.#threads,
      bytes: this.#bytes,
    };
    const capacity = this.#capacity * 2;
    this.#positions = new Float64Array(capacity).fill(NOTHING);
    this.#times = new Float64Array(capacity);
    this.#threads = new Uint32Array(capacity);
    this.#bytes = new Float64Array(capacity);
    before.positions.forEach((n, from) => {
      if (n === NOTHING) return;
      const at = this.#placeOf(n);
      this.#positions[at] = n;
      this.#times[at] = before.times[from] ?? 0;
      this.#threads[at] = before.threads[from] ?? 0;
      this.#bytes[at] = before.bytes[from] ?? 0;
    });
  }
}
