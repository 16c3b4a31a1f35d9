import type { ProcessEntity } from './entities.ts';

/** The processes that have had one pid, one after the other: thousands in a long session, or in a trace that was made up. */
export class Lives {
  /** Those that are not known to have ended for good, in the order of first sight. */
  readonly #open = new Set<ProcessEntity>();
  /** The others, and when each had ended as far as was known when it came here, ascending. */
  readonly #ended: ProcessEntity[] = [];
  readonly #ends: number[] = [];

  get count(): number {
    return this.#open.size + this.#ended.length;
  }

  add(process: ProcessEntity): void {
    this.#open.add(process);
  }

  /** All but those that had ended before a time. */
  since(time: number): readonly ProcessEntity[] {
    this.#settle();
    return [...this.#ended.slice(this.#firstFrom(time)), ...this.#open];
  }

  get open(): Iterable<ProcessEntity> {
    return this.#open;
  }

  #settle(): void {
    for (const process of this.#open) {
      // One that became another program may turn out not to have: the call has failed.
      if (process.end === null || process.replacedAt !== null) continue;
      this.#open.delete(process);
      const at = this.#firstFrom(process.end);
      this.#ended.splice(at, 0, process);
      this.#ends.splice(at, 0, process.end);
    }
  }

  #firstFrom(time: number): number {
    let [low, high] = [0, this.#ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ends[middle] ?? 0) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
