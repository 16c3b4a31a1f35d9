import type { Ns } from '../../base/quantities.ts';
import { LIMIT } from '../format/limits.ts';
import { isWitnessName, parseFileName } from '../format/segment.ts';
import type { FeedCounts } from './event-feed.ts';
import type { TraceFiles } from './files.ts';
import { merge } from './merge.ts';
import { SessionReader } from './session-reader.ts';
import type { PollResult, TraceSink } from './sink.ts';
import { StreamReader } from './stream-reader.ts';

export interface ReaderOptions {
  /** Id of the session, '' where its file does not tell. */
  readonly session: string;
  /** Now, ns since the session's origin, on the clock of the traced program; +Infinity where that clock is not ours. */
  readonly now: () => Ns;
  /**
   * How much later than its time a record may become visible and still find its place, ns. A preempted writer needs it;
   * what comes later than that is fed late and said.
   */
  readonly lag?: Ns;
}
const DEFAULT_LAG = 50e6;

/**
 * Reads one trace directory, live or later. `poll` feeds what is complete, `drain` the rest once nobody writes any more;
 * a saved trace is read by `drain` alone.
 */
export class TraceReader {
  readonly #files: TraceFiles;
  readonly #options: ReaderOptions;
  readonly #session: SessionReader;
  readonly #witnesses = new Map<string, SessionReader>();
  readonly #streams = new Map<string, StreamReader>();
  #fedTo: Ns = Number.NEGATIVE_INFINITY;
  #tooMany = false;
  #saidTooMany = false;

  /** Use `openTrace`, which checks the version first. */
  constructor(files: TraceFiles, options: ReaderOptions) {
    this.#files = files;
    this.#options = options;
    this.#session = new SessionReader(files);
  }

  /**
   * Feeds everything new, in order, up to the time before which every stream is complete.
   * @param lag as in the options, for this time
   */
  poll(sink: TraceSink, lag: Ns = this.#options.lag ?? DEFAULT_LAG): PollResult {
    const now = this.#options.now();
    const watermark = now - lag;
    const result = this.#feed(sink, watermark, now, false);
    const held: FeedCounts = { records: 0, definitions: 0 };
    for (const stream of this.#streams.values()) stream.feedHeldLock(sink, now, held);
    return { ...result, records: result.records + held.records };
  }

  /** Feeds all that is left and reports what is missing: nothing will be written any more. Call it once, at the end. */
  drain(sink: TraceSink): PollResult {
    return this.#feed(sink, Number.POSITIVE_INFINITY, this.#options.now(), true);
  }

  /** Gives the files back. */
  close(): void {
    this.#files.close();
  }

  #feed(sink: TraceSink, watermark: Ns, now: Ns, final: boolean): PollResult {
    this.#look(final);
    const counts: FeedCounts = { records: 0, definitions: 0 };
    const sources = [this.#session, ...this.#witnesses.values(), ...this.#streams.values()];
    const earliest = merge(sources, { final, now }, watermark, sink, counts);
    this.#tellProblems(sink);
    const late = earliest < this.#fedTo;
    for (const { time } of sources) if (time <= watermark && time > this.#fedTo) this.#fedTo = time;
    return { ...counts, late, watermark };
  }

  #look(final: boolean): void {
    const segments = new Map<string, number[]>();
    for (const file of this.#files.list()) {
      if (isWitnessName(file)) this.#addWitness(file);
      const parsed = parseFileName(file);
      if (!parsed) continue;
      const { stream, segment } = parsed;
      const numbers = segments.get(stream) ?? [];
      if (numbers.length === 0) segments.set(stream, numbers);
      if (segment !== undefined) numbers.push(segment);
    }
    this.#session.found(final);
    for (const witness of this.#witnesses.values()) witness.found(final);
    for (const [name, numbers] of segments) this.#stream(name)?.found(numbers, final);
  }

  #addWitness(file: string): void {
    if (this.#witnesses.has(file) || this.#witnesses.size >= LIMIT.witnesses) return;
    this.#witnesses.set(file, new SessionReader(this.#files, file));
  }

  /** What is not read at all, of which nobody can say what it holds. */
  #tellProblems(sink: TraceSink): void {
    const problems = [...(this.#files.takeProblems?.() ?? [])];
    if (this.#tooMany && !this.#saidTooMany) {
      this.#saidTooMany = true;
      problems.push(`Only ${LIMIT.streams} streams are read: there are more than a trace can have`);
    }
    for (const message of problems)
      sink.damage({
        kind: 'unreadable',
        stream: undefined,
        count: 0,
        time: this.#damageTime,
        gap: false,
        message,
      });
  }
  get #damageTime(): number {
    return Number.isFinite(this.#fedTo) ? this.#fedTo : 0;
  }

  /** `undefined`: there are too many already. */
  #stream(name: string): StreamReader | undefined {
    let stream = this.#streams.get(name);
    if (!stream) {
      this.#tooMany ||= this.#streams.size >= LIMIT.streams;
      if (this.#tooMany) return undefined;
      stream = new StreamReader(this.#files, name, this.#options.session);
      this.#streams.set(name, stream);
    }
    return stream;
  }
}
