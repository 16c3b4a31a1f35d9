import type {
  ChannelView,
  EventView,
  FileView,
  Finding,
  FlowView,
  LossView,
  ProcessView,
  ResourceView,
  SliceView,
  TrackStats,
  TrackTile,
  TrackView,
} from '../model/types/index.ts';
import type { StackGroup } from '../model/views/parallel-stacks.ts';
import type { SessionFacts } from '../trace/format/definitions.ts';

/**
 * What the extension asks the session worker (`src/extension/worker.ts`, a worker thread that tails the trace and holds
 * the model). The timeline webview asks the same questions through the extension: `src/protocol/timeline.ts`.
 */

/** A half-open range of time, ns since the session's origin. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
}

export interface SessionQueries {
  /** Everything that the tree shows: at most a few thousand processes, never records. */
  processes: { args: Record<never, never>; result: readonly ProcessView[] };
  resources: {
    args: Record<never, never>;
    result: { resources: readonly ResourceView[]; channels: readonly ChannelView[] };
  };
  findings: { args: Record<never, never>; result: readonly Finding[] };
  /** Where every thread stands, equal stacks merged. */
  stacks: { args: Record<never, never>; result: readonly StackGroup[] };
  /** What is known of one file, by all names that it may have in the trace. */
  file: { args: { names: readonly string[] }; result: FileView };
  /** Files that stacks name. */
  sourceFiles: { args: Record<never, never>; result: readonly string[] };
  /** What happened at a line of it, from 1. */
  eventAt: { args: { names: readonly string[]; line: number }; result: EventView | null };
  tracks: { args: Record<never, never>; result: readonly TrackView[] };
  /** Level of detail of the visible tracks, `buckets` equal parts of the range. */
  tiles: {
    args: { threads: readonly string[]; range: TimeRange; buckets: number };
    result: readonly TrackTile[];
  };
  /** Exact slices of one track, at most `limit` (then thinned, longest first). */
  slices: { args: { thread: string; range: TimeRange; limit: number }; result: readonly SliceView[] };
  /** Arrows that touch the range, at most `limit`, slowest first; those of `neighbour` always. */
  flows: {
    args: { range: TimeRange; limit: number; threads: readonly string[]; neighbour: string | null };
    result: readonly FlowView[];
  };
  /** Exact time by state of each asked track, from prefix sums: for the statistics of a selection. */
  stats: { args: { threads: readonly string[]; range: TimeRange }; result: readonly TrackStats[] };
  sliceAt: { args: { thread: string; time: number }; result: SliceView | null };
}
export type QueryName = keyof SessionQueries;

/** Pushed by the worker, at most twice a second. */
export interface SessionUpdate {
  readonly revision: number;
  /** Ids of the processes that changed since the last update; `null`: all (first update, rebuild). */
  readonly changed: readonly string[] | null;
  readonly live: boolean;
  /** Latest time known, ns since the origin. */
  readonly lastTime: number;
  readonly session: SessionFacts;
  readonly findings: readonly Finding[];
  readonly loss: LossView;
}

/** As users write them: checked, since settings are not. */
export interface FindingSettings {
  readonly disabled: readonly string[];
  readonly thresholds: Readonly<Record<string, number>>;
}

export type WorkerRequest =
  | { readonly type: 'open'; readonly dir: string; readonly findings?: FindingSettings }
  | {
      readonly type: 'query';
      readonly id: number;
      readonly name: QueryName;
      readonly args: SessionQueries[QueryName]['args'];
    }
  | { readonly type: 'visible'; readonly visible: boolean }
  | { readonly type: 'dispose' };
export type WorkerResponse =
  | { readonly type: 'update'; readonly update: SessionUpdate }
  | { readonly type: 'answer'; readonly id: number; readonly result: SessionQueries[QueryName]['result'] }
  | { readonly type: 'refused'; readonly id: number; readonly message: string }
  | { readonly type: 'failed'; readonly message: string };

/** One opened session, as the extension's parts see it. */
export interface SessionHandle {
  readonly dir: string;
  readonly name: string;
  readonly lastUpdate: SessionUpdate | undefined;
  query<Q extends QueryName>(name: Q, args: SessionQueries[Q]['args']): Promise<SessionQueries[Q]['result']>;
  /** Registers a listener for updates and for the end of the handle; returns what unregisters it. */
  onUpdate(listener: (update: SessionUpdate) => void): { dispose(): void };
}

/** The sessions that this window knows, as the extension's parts see them (implemented by `src/extension/sessions/sessions.ts`). */
export interface SessionRegistry {
  /** The session that views show: the last one started, opened or chosen. */
  current(): SessionHandle | undefined;
  /** An opened session by its trace directory. */
  get(dir: string): SessionHandle | undefined;
  /** Opens a trace directory, live or ended, and makes it current. Rejects with a message for users when it can't be read. */
  open(dir: string): Promise<SessionHandle>;
  onDidChangeCurrent(listener: (session: SessionHandle | undefined) => void): { dispose(): void };
}
