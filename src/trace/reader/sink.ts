import type { Ns } from '../../base/quantities.ts';
import type { Definition, Observation, StreamDefinition } from '../format/definitions.ts';
import type { TraceRecord } from '../format/records.ts';

/**
 * - `dropped`: the writer itself gave records up (size cap, failed write) and counted them.
 * - `lost`: records that slot numbers or a sealed segment prove, and that are not in the files (deleted, truncated).
 * - `torn`: a half-written record at the end of a stream whose writer was killed.
 * - `corrupt`: a record whose check is wrong, with valid records after it.
 * - `definitions`: lines of a definition or session file that cannot be read; names or call sites may be missing.
 * - `unended`: the stream was written in batches and has no end: its last batch may be missing (`count` is 0: unknown).
 * - `later`: records, definitions or observations of kinds that a later minor version of the trace has brought; skipped.
 * - `unreadable`: a whole segment, file or stream cannot be read, or is left out because there is too much of it.
 * - `cut`: texts or lists were shortened; everything else about what they belong to is there.
 */
export type DamageKind =
  | 'dropped'
  | 'lost'
  | 'torn'
  | 'corrupt'
  | 'definitions'
  | 'unended'
  | 'later'
  | 'unreadable'
  | 'cut';

/** Something that is missing from the trace. Each is reported once, at its place in the feed; counts add up. */
export interface Damage {
  readonly kind: DamageKind;
  /** `undefined`: the session file, or a stream whose first definition is missing. */
  readonly stream: StreamDefinition | undefined;
  /** Records (kind `definitions`: lines) that are missing; 0: their number is unknown, at least one may be. */
  readonly count: number;
  /** Where in the feed, ns since the session's origin. */
  readonly time: Ns;
  /**
   * The thread's state before this place may be stale: forget what it held and waited for. The records of the next
   * checkpoint (FLAG.checkpoint) tell what it holds and waits for since when; without a gap they are not fed.
   */
  readonly gap: boolean;
  /** For people. */
  readonly message: string;
}

/** Damage as it is found in one file or stream: the stream, and the place in the feed, are added where it is fed. */
export type Loss = Omit<Damage, 'stream' | 'time'>;

/**
 * What a reader feeds, in the order (time, stream, slot); a definition comes before the first record that uses it.
 * Replay and live tailing feed in the same order where nothing was dropped and no poll result said `late`.
 */
export interface TraceSink {
  /** The first one of a stream is its own `StreamDefinition` (`def === stream`). */
  definition(stream: StreamDefinition, def: Definition): void;
  /** `record` is reused by the reader: copy what you keep. */
  record(stream: StreamDefinition, record: TraceRecord): void;
  observation(observation: Observation): void;
  damage(damage: Damage): void;
}

export interface PollResult {
  /** Records fed by this call. */
  readonly records: number;
  /** Definitions and observations fed by this call. */
  readonly definitions: number;
  /** Something was fed after its place (its writer showed it late): replay from the start gives the true order. */
  readonly late: boolean;
  /** The feed is complete up to this time (ns since the session's origin), except for what comes late. */
  readonly watermark: Ns;
}
