import type { Ns } from '../../base/quantities.ts';
import type { TraceSink } from './sink.ts';

/** How far a source may look: what its writer may still add decides what counts as missing. */
export interface ReadMode {
  /** Nothing will be written any more: what is not there is lost. */
  readonly final: boolean;
  /** The reader's clock, ns since the session's origin. */
  readonly now: Ns;
}

/** One file or stream that feeds events in its own order; the merge takes the earliest of all. */
export interface Source {
  /** Breaks ties of time, so that the order is the same in every run. */
  readonly name: string;
  /** Place in time of the event at hand; never before the one before it. Only valid while `ready` says true. */
  readonly time: Ns;
  /** True when an event is at hand; reads on where needed. */
  ready(mode: ReadMode): boolean;
  /** Feeds the event at hand and is done with it. */
  feed(sink: TraceSink, counts: FeedCounts): void;
}

export interface FeedCounts {
  records: number;
  definitions: number;
}
