/** The receiving half of a connection in shared memory, for a manager's server and clients: no promise a message. */
import type { Ms, Words } from '../../../base/quantities.ts';
import { BriefPoll } from '../../../shm/spin-policy.ts';
import type { Waiter, Waits } from '../../../shm/waiting.ts';
import { publishWait, publishWaitEnd, type Wait } from '../../core/diagnostics/publish.ts';
import { type Messages, readValue } from '../../core/messages/messages.ts';
import { newWait, PENDING } from '../../core/waits/blocking.ts';
import type { Connection } from '../../primitives/pipes/connection.ts';

/** Messages handled in one go, before the loop gets its turn. */
const BATCH = 64;
/** So often it looks, while nothing comes, whether the other side has died; milliseconds. */
const LOOK_MS = 80;
/** For so long messages may follow each other without a turn of the loop, in milliseconds. */
const TURN_MS = 1;

export interface InboxOptions<T> {
  readonly onMessage: (message: T) => void;
  /** The other side has closed, has died, or sent what cannot be read. Nothing comes after it. */
  readonly onEnd: (error: unknown) => void;
  /** Whether its waits for messages are published: where nobody else says what the thread waits for. */
  readonly published: boolean;
  /** `look` is called after each `ms` milliseconds without a message while some are expected. It may throw: that ends the inbox. */
  readonly lookAgain?: { readonly ms: Ms; readonly look: () => void };
  /** After a message it waits a moment for the next, as {@link Inbox.pollBriefly} does: for a process that has nothing else to do. */
  readonly eager: boolean;
}

/** While it listens, `onMessage` is called for each message as it comes. */
export class Inbox<T> implements Waiter {
  readonly point: Words;
  readonly #options: InboxOptions<T>;
  readonly #reader: Messages;
  readonly #waits: Waits;
  readonly #briefPoll = new BriefPoll();
  #listening = false;
  /** Between `listen` and `rest`. */
  #expecting = false;
  #ended = false;
  /** The wait that was published. */
  #wait: Wait | undefined;
  /** When it was last known that the other side lives. */
  #heard = 0;
  #looked = 0;
  /** When the loop last had its turn. */
  #turn = 0;

  constructor(connection: Connection<T, never>, options: InboxOptions<T>) {
    this.#options = options;
    this.#reader = connection.receiver();
    this.#waits = this.#reader.resource.memory.waits;
    this.point = this.#reader.ring.notEmpty;
  }

  /** Handles messages as they come, and keeps the program alive for them. */
  listen(): void {
    if (this.#ended) return;
    this.#expecting = true;
    this.#begin();
    if (this.#listening) {
      this.#waits.setRef(this, true);
      return;
    }
    this.#listening = true;
    this.#looked = performance.now();
    this.#waits.add(this);
  }

  /** Nothing is expected: it no longer keeps the program alive, and after a while it no longer listens. */
  rest(): void {
    this.#expecting = false;
    this.#finish('ok');
    if (this.#listening) this.#waits.setRef(this, false);
  }

  close(): void {
    this.#ended = true;
    this.#listening = false;
    this.#finish('cancelled');
    this.#waits.remove(this);
  }

  /**
   * Blocks the thread for the moment in which a message is likely to come, and handles it: to sleep and be woken would take
   * both sides longer. Now and then it does nothing, so that the loop gets its turns.
   */
  pollBriefly(): void {
    if (!this.#ended && performance.now() - this.#turn < TURN_MS) this.#tryBriefly();
  }

  #tryBriefly(): boolean {
    try {
      return this.#briefPoll.poll(this.#isReady) && this.#drain(1) > 0;
    } catch (error) {
      this.#end(error);
      return false;
    }
  }

  readonly #isReady = (): boolean => this.#reader.ring.count > 0;

  /** Called at each ring, and now and then. */
  attempt(): boolean {
    if (this.#ended) return true;
    const now = performance.now();
    this.#turn = now;
    try {
      if (this.#drain(BATCH) === 0) return this.#nothing(now);
    } catch (error) {
      this.#end(error);
    }
    if (this.#options.eager && !this.#ended) while (performance.now() - now < TURN_MS && this.#tryBriefly());
    if (this.#expecting && !this.#ended) this.#begin();
    return this.#ended;
  }

  /** Handles up to `limit` messages that are there; their number. */
  #drain(limit: Ms): number {
    let count = 0;
    while (count < limit && !this.#ended) {
      const message = this.#reader.receiveNow(readValue, false);
      if (message === PENDING) break;
      count++;
      this.#finish('ok');
      this.#options.onMessage(message as T);
    }
    if (count === BATCH) setImmediate(() => this.attempt());
    return count;
  }

  /** Nothing has come. True when it listens no longer. */
  #nothing(now: Ms): boolean {
    if (now - this.#looked < LOOK_MS) return false;
    this.#looked = now;
    if (!this.#expecting) {
      this.#listening = false;
      return true;
    }
    // An end is found by the next attempt to receive.
    this.#reader.atEnd(true);
    const { lookAgain } = this.#options;
    if (lookAgain === undefined || now - this.#heard < lookAgain.ms) return false;
    lookAgain.look();
    this.#heard = now;
    return false;
  }

  #begin(): void {
    this.#heard = performance.now();
    if (this.#wait !== undefined || !this.#options.published) return;
    this.#wait = newWait(false);
    publishWait('waitReceive', this.#reader.resource.info, Number.POSITIVE_INFINITY, this.#wait);
  }

  #finish(outcome: 'ok' | 'cancelled' | 'closed'): void {
    if (this.#wait === undefined) return;
    publishWaitEnd(this.#reader.resource.info, this.#wait, outcome);
    this.#wait = undefined;
  }

  #end(error: unknown): void {
    this.#finish('closed');
    this.close();
    this.#options.onEnd(error);
  }
}
