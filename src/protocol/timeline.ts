import type {
  CallSite,
  ChannelView,
  ProcessView,
  ResourceView,
  SliceView,
  TrackState,
  TrackView,
} from '../model/types/index.ts';
import type { SessionUpdate, TimeRange } from './session.ts';

/**
 * Messages between the timeline's webview and the extension, both directions. Bulk answers are columns in typed arrays
 * whose buffers are exactly as long as their content, since VS Code sends the whole buffer behind a view.
 * All times are ns since the session's origin.
 */

/** Type of the webview panel, also of its serializer. */
export const TIMELINE_VIEW = 'forkscope.timeline';

/** Tiles of several tracks: entry `t * buckets + b` is bucket `b` of track `threads[t]`. See `TrackTile`. */
export interface PackedTiles {
  readonly threads: readonly string[];
  readonly range: TimeRange;
  readonly buckets: number;
  readonly state: Uint8Array;
  readonly share: Uint8Array;
  readonly mask: Uint16Array;
  readonly busy: Uint8Array;
}

/** Exact slices of several tracks, in order of time within a track. */
export interface PackedSlices {
  readonly threads: readonly string[];
  /** Range that was asked for each thread. */
  readonly ranges: readonly TimeRange[];
  /** First slice of each thread in the columns; one entry more than `threads`. */
  readonly offsets: Uint32Array;
  readonly start: Float64Array;
  /** `NaN`: open. */
  readonly end: Float64Array;
  /** Index in TRACK_STATES. */
  readonly state: Uint8Array;
  /** ns on a processor, `NaN`: not known. */
  readonly busy: Float64Array;
  /** ns ready without a processor. */
  readonly ready: Float64Array;
  /** Index in `resources` plus 1, 0: none. */
  readonly resource: Uint32Array;
  /** Index in `sites` plus 1, 0: unknown. */
  readonly site: Uint32Array;
  readonly resources: readonly string[];
  readonly sites: readonly CallSite[];
}

export interface PackedFlows {
  readonly threads: readonly string[];
  readonly resources: readonly string[];
  /** Indexes in `threads`. */
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly send: Float64Array;
  readonly receive: Float64Array;
  /** Index in `resources`. */
  readonly resource: Uint32Array;
  readonly n: Float64Array;
  readonly bytes: Float64Array;
}

/** Activity of the whole session for the minimap: entry `b * states + s` is the number of tracks in state `s`. */
export interface PackedOverview {
  readonly range: TimeRange;
  readonly buckets: number;
  /** Tracks that the counts are over (a sample where there are very many). */
  readonly tracks: number;
  readonly counts: Uint16Array;
  /** OR of the state bits of all tracks. */
  readonly mask: Uint16Array;
  /** How many tracks were on a processor on average, an entry a bucket. */
  readonly busy: Float32Array;
}

/** Who there is. Asked again when an update says that something changed. */
export interface Structure {
  readonly tracks: readonly TrackView[];
  readonly processes: readonly ProcessView[];
  readonly resources: readonly ResourceView[];
  readonly channels: readonly ChannelView[];
}

export interface FoundSlice {
  readonly thread: string;
  readonly slice: SliceView;
}

/** What the webview asks. At most one request a kind is under way; a newer one replaces one that waits. */
export interface TimelineQueries {
  structure: { args: Record<never, never>; result: Structure };
  tiles: { args: { threads: readonly string[]; range: TimeRange; buckets: number }; result: PackedTiles };
  slices: {
    args: { tracks: readonly { readonly thread: string; readonly range: TimeRange }[]; limit: number };
    result: PackedSlices;
  };
  flows: {
    args: { range: TimeRange; limit: number; threads: readonly string[]; neighbour: string | null };
    result: PackedFlows;
  };
  overview: { args: { range: TimeRange; buckets: number }; result: PackedOverview };
  /** Sums over the tracks; index = TRACK_STATES. */
  stats: {
    args: { threads: readonly string[]; range: TimeRange };
    result: { readonly ns: Float64Array; readonly count: Float64Array };
  };
  sliceAt: { args: { thread: string; time: number }; result: SliceView | null };
  /** The nearest slice of one of the states that begins after (or, backwards, before) `time` on any of the tracks. */
  seek: {
    args: {
      threads: readonly string[];
      time: number;
      forward: boolean;
      states: readonly TrackState[];
      end: number;
    };
    result: FoundSlice | null;
  };
}
export type TimelineQueryName = keyof TimelineQueries;

/** What the webview keeps with `setState`, and the serializer gets back after a reload. */
export interface TimelineState {
  readonly version: 1;
  readonly dir: string | null;
  readonly view: TimeRange | null;
  readonly follow: boolean;
  readonly collapsed: readonly string[];
  readonly selection: { readonly thread: string; readonly time: number } | null;
  readonly search: string;
  readonly states: readonly TrackState[];
  readonly scrollTop: number;
}

export type ToExtension =
  /** The client runs. Everything that it needs is sent (again) after this. */
  | { readonly type: 'ready' }
  | {
      readonly type: 'request';
      readonly id: number;
      readonly name: TimelineQueryName;
      readonly args: TimelineQueries[TimelineQueryName]['args'];
    }
  | {
      readonly type: 'goto';
      readonly file: string;
      readonly line: number;
      readonly column: number;
      readonly beside: boolean;
    }
  | { readonly type: 'inspect'; readonly finding: string }
  | { readonly type: 'command'; readonly name: 'open' | 'run' | 'retry' }
  /** The client caught an error of its own: for the log. */
  | { readonly type: 'clientError'; readonly message: string };

export type ToWebview =
  /** `null`: there is no session to show. */
  | { readonly type: 'session'; readonly session: { readonly dir: string; readonly name: string } | null }
  | { readonly type: 'loading'; readonly name: string }
  | { readonly type: 'update'; readonly update: SessionUpdate }
  | {
      readonly type: 'answer';
      readonly id: number;
      readonly result: TimelineQueries[TimelineQueryName]['result'];
    }
  | { readonly type: 'refused'; readonly id: number; readonly message: string }
  | { readonly type: 'failed'; readonly message: string }
  /** Shows a process, thread or moment (commands of the other views). */
  | {
      readonly type: 'reveal';
      readonly process: string | null;
      readonly thread: string | null;
      readonly time: number | null;
    };
