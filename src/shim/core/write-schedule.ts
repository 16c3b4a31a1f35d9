import type { Ns } from '../../base/quantities.ts';
import type { Ledger } from '../../trace/writer/ledger.ts';
import type { TraceWriter } from '../../trace/writer/writer.ts';
import { natives } from './natives.ts';

/** A record that comes this long after the last write is written at once, ns. Others wait for the end of the callback, or of the turn. */
const WRITE_AT_ONCE_AFTER: Ns = 1e6;
/** Mapped records need no write; this often, ns, one of them is still reported as activity. */
const MAPPED_INTERVAL: Ns = 20e6;
/** Writes for the sake of messages to other processes: one in this time, ns, … */
const MESSAGE_INTERVAL: Ns = 1e6;
/** … and so many at once after a pause. More would cost programs with many messages a system call each. */
const MESSAGE_BURST = 64;

/**
 * Decides when the records that a thread has collected are written: soon enough that a killed process has lost little, and
 * seldom enough that a system call is shared by many records. Mapped records need no write.
 */
export class WriteSchedule {
  /** Time of the last record, set by whoever records. */
  lastActivity: Ns = 0;
  /** A record of this time or later must be reported by {@link recorded}. */
  due: Ns = Number.NEGATIVE_INFINITY;
  readonly #writer: TraceWriter;
  readonly #ledger: Ledger;
  #writtenAt: Ns = Number.NEGATIVE_INFINITY;
  #isHeld = false;
  /** A write at the end of the callback, or of the loop's turn, is on its way. */
  #isPlanned = false;
  /** The last write came at the end of a callback: if another callback records soon after it, there are many short ones. */
  #areCallbacksShort = false;
  /** Writes for messages are used up until then. */
  #messagesUntil: Ns = Number.NEGATIVE_INFINITY;

  constructor(writer: TraceWriter, ledger: Ledger) {
    this.#writer = writer;
    this.#ledger = ledger;
  }

  /** Records are collected and not written: see {@link hold}. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Collects all records until {@link release}, whatever their age. */
  hold(): void {
    this.#isHeld = true;
  }
  release(): void {
    this.#isHeld = false;
  }

  /** Asks to be told of the next record, whenever it comes. */
  expectNext(): void {
    this.due = Number.NEGATIVE_INFINITY;
  }

  /** The next record is written at once: readers take the thread for one that rests until they see it. */
  writeNext(): void {
    this.#writtenAt = Number.NEGATIVE_INFINITY;
    this.expectNext();
  }

  /** There is a record of `time`: writes what is collected, or sees to it that it will be written. */
  recorded(time: Ns): void {
    this.due = this.#writer.mapped ? time + MAPPED_INTERVAL : this.#writeOrPlan(time);
  }

  /**
   * Another process is about to get a message, and may end this one for it within the same callback: what is collected is
   * written before, unless there are more messages than writes are worth.
   */
  beforeMessage(): void {
    const now = this.lastActivity;
    if (now < this.#messagesUntil || !this.#writer.pending) return;
    const earliest = now - MESSAGE_BURST * MESSAGE_INTERVAL;
    this.#messagesUntil = Math.max(this.#messagesUntil, earliest) + MESSAGE_INTERVAL;
    this.write();
  }

  /** Writes what is collected, now. */
  write(): void {
    if (this.#writer.mapped || this.#isHeld) return;
    this.#ledger.settle();
    this.#writer.flush();
    this.#writtenAt = this.lastActivity;
    this.expectNext();
  }

  /** Returns the time from which on it must be told of a record again. */
  #writeOrPlan(time: Ns): Ns {
    if (this.#isHeld) return Number.NEGATIVE_INFINITY;
    const atOnce = this.#writtenAt + WRITE_AT_ONCE_AFTER;
    if (time > atOnce || this.#writer.writesThrough) {
      this.#areCallbacksShort &&= this.#isPlanned;
      this.write();
      return Number.NEGATIVE_INFINITY;
    }
    if (!this.#isPlanned) this.#plan();
    return atOnce;
  }

  /** A tick after each of many short callbacks would cost more than what they record: then the end of the turn is soon enough. */
  #plan(): void {
    this.#isPlanned = true;
    if (this.#areCallbacksShort) natives.soon(this.#writePlanned);
    else natives.tick(this.#writePlanned);
  }

  readonly #writePlanned = (): void => {
    this.#isPlanned = false;
    this.#areCallbacksShort = true;
    this.write();
  };
}
