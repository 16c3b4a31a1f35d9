import type { Outcome } from './flights.ts';
import type { ResultIterator } from './result-iterator.ts';

export interface FeedOptions {
  readonly iterator: ResultIterator<unknown>;
  readonly workers: number;
  /** Submits a chunk; returns the task's number. @throws where the pool takes no tasks any more */
  readonly submit: (chunk: readonly unknown[], settle: (outcome: Outcome) => void) => number;
  /** No chunk follows. */
  readonly onEnd: (feed: Feed) => void;
}

/** Chunks at work for each worker: enough that none waits, few enough that an endless source does not fill memory. */
const AHEAD = 16;
/**
 * Chunks for each worker whose results nobody has taken yet: more, since the first of them may take long, and the
 * workers should not stand still for it.
 */
const UNTAKEN = 64;

/**
 * Cuts a source into chunks and submits them while there is room. What the source throws reaches the iterator after the
 * results of the complete chunks before it, as in Python.
 */
export class Feed {
  readonly #options: FeedOptions;
  #chunks = 0;
  #settled = 0;
  #taken = 0;
  #stopped = false;
  #patient = true;
  #resume: (() => void) | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
    options.iterator.fedBy(this);
  }

  /** Submits chunks of `size` items until the source is at its end, or nothing more is wanted. */
  async run(source: Iterable<unknown> | AsyncIterable<unknown>, size: number): Promise<void> {
    const { iterator, onEnd } = this.#options;
    try {
      await this.#pull(source, size);
      iterator.end(this.#chunks);
    } catch (error) {
      iterator.end(this.#chunks, { error });
    }
    if (!this.#stopped) onEnd(this);
  }

  async #pull(source: Iterable<unknown> | AsyncIterable<unknown>, size: number): Promise<void> {
    let items: unknown[] = [];
    for await (const item of source) {
      if (this.#stopped) return;
      items.push(item);
      if (items.length < size) continue;
      this.#send(items);
      items = [];
      await this.#room();
      if (this.#stopped) return;
    }
    if (items.length > 0 && !this.#stopped) this.#send(items);
  }

  #send(items: readonly unknown[]): void {
    const { iterator, submit } = this.#options;
    const chunk = this.#chunks;
    const task = submit(items, (outcome) => {
      this.#settled++;
      iterator.settle(chunk, outcome);
      this.#resume?.();
    });
    this.#chunks++;
    iterator.submitted(chunk, task);
  }

  get #full(): boolean {
    if (this.#stopped) return false;
    const { workers } = this.#options;
    if (this.#chunks - this.#settled >= AHEAD * workers) return true;
    return this.#patient && this.#chunks - this.#taken >= UNTAKEN * workers;
  }

  async #room(): Promise<void> {
    while (this.#full) {
      await new Promise<void>((resolve) => {
        this.#resume = resolve;
      });
    }
  }

  /** A chunk's results have been taken. */
  taken(): void {
    this.#taken++;
    this.#resume?.();
  }

  /** Whoever waits for the end of the pool does not take results meanwhile: all items are wanted. */
  hurry(): void {
    this.#patient = false;
    this.#resume?.();
  }

  /** Nothing more is wanted. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#resume?.();
    this.#options.onEnd(this);
  }
}
