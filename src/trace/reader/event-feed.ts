import type { Ns } from '../../base/quantities.ts';
import type { TraceSink } from './sink.ts';

/** Whether what is not in the files may still come, or is missing. */
export interface ReadMode {
  /** Nothing will be written any more: what is not there is lost. */
  readonly final: boolean;
  /** The reader's clock, ns since the session's origin. */
  readonly now: Ns;
}

/** The events of one file or stream, in their own order; the merge feeds the earliest event of all feeds. */
export interface EventFeed {
  /** Breaks ties of time, so that the order is the same in every run. */
  readonly name: string;
  /** Time of the event at hand, not earlier than that of the event before it. Only valid while `ready` says true. */
  readonly time: Ns;
  /** True when an event is at hand; reads on where needed. */
  ready(mode: ReadMode): boolean;
  /** Feeds the event at hand to `sink`; the next one follows. */
  feed(sink: TraceSink, counts: FeedCounts): void;
}

export interface FeedCounts {
  records: number;
  definitions: number;
}
