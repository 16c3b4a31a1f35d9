import { Fifo } from '../../base/fifo.ts';
import { LineParser } from '../format/lines.ts';
import type { TraceFiles } from './files.ts';
import type { Read } from './schema.ts';
import type { Cuts } from './shape.ts';
import type { Loss } from './sink.ts';

/** Bytes that are read at once. */
const CHUNK = 64 * 1024;

/** What one line says, and where it has its place. */
export interface Entry<T> {
  /** ns since the session's origin. */
  readonly time: number;
  readonly slot: number;
  readonly value: T;
}

/** Where a file of lines is, and what it may hold. */
export interface LineFile<T> {
  /** Name in the trace directory. */
  readonly name: string;
  /** What messages for people call it. */
  readonly label: string;
  /** Bytes that are read of it. */
  readonly most: number;
  /** What of a line's value may be used. */
  readonly read: (value: unknown, cuts: Cuts) => Read<T>;
  /** Called for each line of a type that this version does not know. */
  readonly onLater: () => void;
}

/** Reads a growing file of lines. */
export class LineFileReader<T> {
  readonly #files: TraceFiles;
  readonly #file: LineFile<T>;
  readonly #parser = new LineParser();
  #position = 0;
  /** Lines at the end that were reported as missing. */
  #missing = 0;
  /** Damaged or missing lines, and lines that say what no line may say, that were not reported yet. */
  #lost = 0;
  #wrong = 0;
  readonly #cuts: Cuts = { count: 0 };
  #isGivenUp = false;
  readonly #losses: Loss[] = [];
  /** What was read and not yet taken. */
  readonly queue = new Fifo<Entry<T>>();
  /** The last look has come to the end of the file. */
  atEnd = false;

  constructor(files: TraceFiles, file: LineFile<T>) {
    this.#files = files;
    this.#file = file;
  }

  /** Nothing will be written any more, and `expected` lines must have been there. */
  expect(expected: number): void {
    const missing = expected - this.#parser.count - this.#missing;
    if (missing <= 0) return;
    this.#missing += missing;
    this.#lost += missing;
  }

  /**
   * Reads what is new.
   * @param final an unfinished line is damage
   * @param most entries that are read ahead, about; the rest comes with the next call
   * @returns the new entries, which are in the queue too
   */
  poll(final: boolean, most = Number.POSITIVE_INFINITY): readonly Entry<T>[] {
    const found: Entry<T>[] = [];
    this.atEnd = this.#isGivenUp;
    while (!this.atEnd && found.length < most) {
      const bytes = new Uint8Array(CHUNK);
      const got = this.#files.read(this.#file.name, this.#position, bytes);
      this.#position += got;
      this.atEnd = got < CHUNK;
      const { lines, lost } = this.#parser.push(bytes.subarray(0, got), final && this.atEnd);
      this.#lost += lost;
      for (const line of lines) this.#enter(line, found);
      if (this.#parser.isHopeless || this.#position > this.#file.most) this.#giveUp();
    }
    return found;
  }

  get hasLosses(): boolean {
    return this.#lost + this.#wrong + this.#cuts.count + this.#losses.length > 0;
  }

  /** What is missing of the file, each told once. */
  takeLosses(): Loss[] {
    const { label } = this.#file;
    const lose = (kind: Loss['kind'], count: number, message: string): void => {
      if (count > 0) this.#losses.push({ kind, count, gap: false, message: `${label}: ${message}` });
    };
    lose('definitions', this.#lost, 'lines are damaged, missing or longer than 4 MB');
    lose('definitions', this.#wrong, 'lines say what no such line can say, and are left out');
    lose('cut', this.#cuts.count, 'texts or lists are longer than can be shown, and were shortened');
    this.#lost = this.#wrong = this.#cuts.count = 0;
    return this.#losses.splice(0);
  }

  #enter({ time, slot, value }: Entry<unknown>, found: Entry<T>[]): void {
    const read = this.#file.read(value, this.#cuts);
    if (read === 'wrong') this.#wrong++;
    else if (read === 'later') this.#file.onLater();
    else {
      const entry = { time, slot, value: read };
      found.push(entry);
      this.queue.push(entry);
    }
  }

  #giveUp(): void {
    this.#isGivenUp = this.atEnd = true;
    const why = this.#parser.isHopeless ? 'hold no lines' : 'are more than a trace has';
    const message = `${this.#file.label}: its bytes from ${this.#position} on ${why}, and are not read`;
    this.#losses.push({ kind: 'unreadable', count: 0, gap: false, message });
  }
}
