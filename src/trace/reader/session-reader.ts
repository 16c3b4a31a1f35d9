import type { Ns } from '../../base/quantities.ts';
import type { Observation } from '../format/definitions.ts';
import { SESSION_FILE } from '../format/segment.ts';
import type { EventFeed, FeedCounts, ReadMode } from './event-feed.ts';
import type { TraceFiles } from './files.ts';
import { LineFileReader } from './line-file.ts';
import { type Read, readObservation } from './schema.ts';
import type { Cuts } from './shape.ts';
import type { Loss, TraceSink } from './sink.ts';
import { Skipped } from './skipped.ts';

/** Observations that are read ahead: the file of a session of days has millions. */
const AHEAD = 4096;

/** What a witness may tell: the rest is the launcher's alone. */
const TOLD_BY_WITNESSES: ReadonlySet<Observation['type']> = new Set(['paused', 'resumed']);

/**
 * The session file: what was seen from outside, each at the time it was written down; or the file of a witness, of which only
 * some is believed, and which needs no end.
 */
export class SessionReader implements EventFeed {
  /** Sorts before every stream. */
  readonly name: string;
  time: Ns = Number.NEGATIVE_INFINITY;
  readonly #lines: LineFileReader<Observation>;
  readonly #losses: Loss[] = [];
  readonly #skipped: Skipped;
  readonly #isWitness: boolean;
  /** Minor version of the trace. */
  #minor = 0;
  #ended = false;
  #endReported = false;

  /** @param witness name of a witness's file */
  constructor(files: TraceFiles, witness?: string) {
    const name = witness ?? SESSION_FILE;
    this.#isWitness = witness !== undefined;
    this.name = witness === undefined ? '' : `!${witness}`;
    this.#skipped = new Skipped(name);
    this.#lines = new LineFileReader(files, {
      name,
      label: witness === undefined ? 'The session file' : `The file ${witness}`,
      most: Number.POSITIVE_INFINITY,
      read: (value, cuts) => this.#read(value, cuts),
      onLater: () => this.#skipped.add(),
    });
  }

  #read(value: unknown, cuts: Cuts): Read<Observation> {
    const read = readObservation(value, cuts);
    if (this.#isWitness)
      return typeof read === 'object' && !TOLD_BY_WITNESSES.has(read.type) ? 'wrong' : read;
    if (typeof read === 'object' && read.type === 'session') this.#minor = read.minor ?? 0;
    return read;
  }

  found(final: boolean): void {
    this.#lines.poll(final, AHEAD);
  }

  ready(mode: ReadMode): boolean {
    const { queue } = this.#lines;
    while (queue.length === 0 && !this.#lines.atEnd) this.#lines.poll(mode.final, AHEAD);
    if (this.#lines.hasLosses) this.#losses.push(...this.#lines.takeLosses());
    if (this.#skipped.isDue(mode.final && queue.length === 0))
      this.#losses.push(this.#skipped.take(this.#minor));
    const time = queue.head?.time ?? this.time;
    if (time > this.time) this.time = time;
    if (queue.length > 0 || this.#losses.length > 0) return true;
    return mode.final && !this.#isWitness && !this.#ended && !this.#endReported;
  }

  feed(sink: TraceSink, counts: FeedCounts): void {
    const loss = this.#losses.shift();
    const observation = loss === undefined ? this.#lines.queue.shift()?.value : undefined;
    if (observation === undefined) {
      sink.damage({ ...(loss ?? this.#missingEnd()), stream: undefined, time: this.#damageTime() });
      return;
    }
    if (observation.type === 'end') this.#ended = true;
    sink.observation(observation);
    counts.definitions++;
  }

  #damageTime(): number {
    return Number.isFinite(this.time) ? this.time : 0;
  }

  #missingEnd(): Loss {
    this.#endReported = true;
    const message = 'The session file has no end: the launcher was killed, or the file was cut off';
    return { kind: 'unended', count: 0, gap: false, message };
  }
}
