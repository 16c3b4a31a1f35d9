import type { Ns } from '../../base/quantities.ts';
import type { Observation } from '../format/definitions.ts';
import type { Line } from '../format/lines.ts';
import { SESSION_FILE } from '../format/segment.ts';
import { isTyped, LineFileReader } from './definition-reader.ts';
import type { EventFeed, FeedCounts, ReadMode } from './event-feed.ts';
import type { TraceFiles } from './files.ts';
import type { TraceSink } from './sink.ts';
import { Skipped } from './skipped.ts';

const OBSERVATION_TYPES: { readonly [T in Observation['type']]: true } = {
  session: true,
  rootStart: true,
  rootExit: true,
  osProcess: true,
  osGone: true,
  sample: true,
  interrupted: true,
  killed: true,
  end: true,
};

function asObservation(line: Line | undefined): Observation | undefined {
  const value = line?.value;
  return isTyped(value) && Object.hasOwn(OBSERVATION_TYPES, value.type) ? (value as Observation) : undefined;
}

/** The session file: what was seen from outside, each at the time it was written down. */
export class SessionReader implements EventFeed {
  /** Sorts before every stream. */
  readonly name = '';
  time: Ns = Number.NEGATIVE_INFINITY;
  readonly #lines: LineFileReader;
  readonly #skipped = new Skipped(SESSION_FILE);
  /** Minor version of the trace. */
  #minor = 0;
  #final = false;
  #ended = false;
  #endReported = false;

  constructor(files: TraceFiles) {
    this.#lines = new LineFileReader(files, SESSION_FILE);
  }

  found(final: boolean): void {
    this.#lines.poll(final);
  }

  ready(mode: ReadMode): boolean {
    const { queue } = this.#lines;
    this.#final = mode.final;
    while (queue.length > 0 && !asObservation(queue[0]))
      if (isTyped(queue.shift()?.value)) this.#skipped.add();
    const time = queue[0]?.time ?? this.time;
    if (time > this.time) this.time = time;
    return queue.length > 0 || this.#lines.lost > 0 || this.#skippedIsDue() || this.#endIsMissing(mode.final);
  }

  feed(sink: TraceSink, counts: FeedCounts): void {
    const time = Number.isFinite(this.time) ? this.time : 0;
    if (this.#lines.lost > 0) {
      const message = 'The session file is damaged: what was seen from outside is incomplete';
      sink.damage({
        kind: 'definitions',
        stream: undefined,
        count: this.#lines.lost,
        time,
        gap: false,
        message,
      });
      this.#lines.lost = 0;
      return;
    }
    if (this.#skippedIsDue()) {
      sink.damage({ ...this.#skipped.take(this.#minor), stream: undefined, time });
      return;
    }
    const observation = asObservation(this.#lines.queue.shift());
    if (observation) {
      if (observation.type === 'end') this.#ended = true;
      else if (observation.type === 'session') this.#minor = observation.minor ?? 0;
      sink.observation(observation);
      counts.definitions++;
      return;
    }
    this.#endReported = true;
    const message = 'The session file has no end: the launcher was killed, or the file was cut off';
    sink.damage({ kind: 'unended', stream: undefined, count: 0, time, gap: false, message });
  }

  #skippedIsDue(): boolean {
    return this.#skipped.isDue(this.#final && this.#lines.queue.length === 0);
  }

  #endIsMissing(final: boolean): boolean {
    return final && !this.#ended && !this.#endReported;
  }
}
