import type { SystemThreadId } from '../base/quantities.ts';
import type { Definition, Observation, SessionFacts, StreamDefinition } from '../trace/format/definitions.ts';
import type { TraceRecord } from '../trace/format/records.ts';
import type { Damage, TraceSink } from '../trace/reader/sink.ts';
import { applyDefinition } from './feed/definitions.ts';
import { forgetHolds } from './feed/locks.ts';
import { applyObservation } from './feed/observations.ts';
import { applyRecord, markLossy } from './feed/records.ts';
import { showState } from './feed/track-state.ts';
import { forgetWaits } from './feed/waits.ts';
import { FindingsEngine } from './findings/engine.ts';
import type { FindingOptions } from './findings/options.ts';
import type { StreamState, ThreadEntity } from './state/entities.ts';
import { World } from './state/world.ts';
import { TileCache, type TimeRange } from './timeline/tiles.ts';
import type {
  Answers,
  ChannelView,
  EventView,
  FileView,
  Finding,
  FlowView,
  LossView,
  ProcessView,
  ResourceView,
  SliceView,
  TaskSpan,
  ThreadView,
  TrackStats,
  TrackTile,
  TrackView,
  UsageView,
  WaitSpan,
} from './types/index.ts';
import { connectionViews } from './views/connections.ts';
import { eventAt, fileView } from './views/file.ts';
import type { Standing } from './views/parallel-stacks.ts';
import { endedUnseen, ProcessViews } from './views/processes.ts';
import { channelViews, resourceViews } from './views/resources.ts';
import { taskSpans, waitSpans } from './views/spans.ts';
import { Standings } from './views/standings.ts';
import { type FlowFilter, TimelineViews } from './views/timeline.ts';

/**
 * A thread that stands in a synchronous wait, or rests, has written everything before: what a stream without an end may lack is
 * what comes after.
 */
function isWhole({ kind }: Damage, { syncWait, quiescent }: ThreadEntity): boolean {
  return kind === 'unended' && (syncWait !== null || quiescent !== null);
}

/**
 * The model of a session: records in, answers out, at any time. Pure and incremental: replaying a saved trace and tailing
 * a live one give the same answers. Times are ns since the session's origin.
 */
export class Model implements TraceSink, Answers {
  private readonly world: World;
  private readonly processViews: ProcessViews;
  private readonly engine: FindingsEngine;
  private readonly timeline: TimelineViews;
  private readonly stands: Standings;
  /** Resources as of the launcher's kill, or of the signal that ended the root: who held and who waited is told as of then. */
  private atKill: ReadonlyMap<string, ResourceView> | null = null;
  private lastStreamDef: StreamDefinition | null = null;
  private lastStream: StreamState | null = null;

  /**
   * @param keep `timeline: false`: slices and arrows are not kept, and answers about them are empty; what is kept then does not
   * grow with the number of messages. `spans`: every wait and task is kept for {@link waitSpans} and {@link taskSpans}.
   */
  constructor(
    options?: FindingOptions,
    keep: { readonly timeline: boolean; readonly spans?: boolean } = { timeline: true },
  ) {
    this.world = new World(keep.timeline, keep.spans === true);
    this.processViews = new ProcessViews(this.world);
    this.timeline = new TimelineViews(this.world, new TileCache());
    this.engine = new FindingsEngine(this.world, options);
    this.stands = new Standings(this.world);
    const { lastStates } = this.processViews;
    this.world.beforeEnd = (process, time, how) => {
      this.engine.beforeEnd(process, time, how);
      lastStates.beforeEnd(process, time);
      this.stands.ended.beforeEnd(process, time);
    };
    this.world.beforeHearing = (process, time) => this.engine.beforeHearing(process, time);
    this.world.beforePause = (process, time) => this.engine.beforePause(process, time);
    this.world.afterPause = (process) => this.engine.afterPause(process);
    this.world.beforeEnding = (time) => {
      this.engine.beforeEnding(time);
      lastStates.beforeEnding(time);
      this.stands.ended.beforeEnding(time);
      this.atKill ??= new Map(this.resources().map((resource) => [resource.id, resource]));
    };
  }

  definition(stream: StreamDefinition, def: Definition): void {
    this.world.revision++;
    applyDefinition(this.world, this.stream(stream), def);
  }

  record(stream: StreamDefinition, record: TraceRecord): void {
    this.world.revision++;
    applyRecord(this.world, this.stream(stream), record);
  }

  observation(observation: Observation): void {
    this.world.revision++;
    applyObservation(this.world, observation);
  }

  damage(damage: Damage): void {
    const { world } = this;
    world.revision++;
    const stream = damage.stream === undefined ? null : this.stream(damage.stream);
    world.loss.damage(damage, stream?.thread.process ?? null);
    if (stream === null) return;
    if (damage.kind !== 'definitions' && !isWhole(damage, stream.thread)) markLossy(stream);
    if (!damage.gap) return;
    stream.thread.hasGap = true;
    forgetWaits(world, stream);
    forgetHolds(world, stream);
    showState(stream.thread, damage.time);
  }

  /** Increases with everything that is fed. */
  get revision(): number {
    return this.world.revision;
  }
  /** Latest time of anything fed. */
  get lastTime(): number {
    return this.world.lastTime;
  }
  /** When the session ended, `null` while it lives. */
  get end(): number | null {
    return this.world.end;
  }

  get session(): SessionFacts {
    return this.world.session;
  }

  processes(): readonly ProcessView[] {
    return this.processViews.all();
  }
  process(id: string): ProcessView | undefined {
    this.world.processes.link();
    const process = this.world.processes.get(id);
    return process === undefined ? undefined : this.processViews.view(process);
  }
  /** The system's ids of the living threads of a process that have streams; `undefined`: it has none. */
  tracedThreads(pid: number): readonly SystemThreadId[] | undefined {
    const process = this.world.processes.at(pid, this.world.lastTime);
    if (process === undefined || !process.instrumented) return undefined;
    const living = [...process.threads.values()].filter(({ alive }) => alive);
    return living.map(({ systemThread }) => systemThread).filter((id) => id > 0);
  }
  roots(): readonly ProcessView[] {
    return this.processes().filter((process) => process.parent === null);
  }
  threads(): readonly ThreadView[] {
    return this.processes().flatMap((process) => process.threads);
  }
  /** Ids of the processes whose view changed after a revision. */
  changedProcesses(since: number): readonly string[] {
    this.world.processes.link();
    return this.world.processes.all.filter((p) => p.id !== '' && p.revision > since).map((p) => p.id);
  }
  /** Where every thread stands, for {@link parallelStacks}; of a run that was ended from outside: as of then. */
  standings(): readonly Standing[] {
    return this.stands.all(this.processes());
  }
  channels(): readonly ChannelView[] {
    this.world.processes.link();
    return [...channelViews(this.world), ...connectionViews(this.world)];
  }
  resources(): readonly ResourceView[] {
    this.world.processes.link();
    const views = resourceViews(this.world);
    const { atKill } = this;
    if (atKill === null) return views;
    return views.map((view) => {
      const { holders = [], waiters = [] } = atKill.get(view.id) ?? {};
      return { ...view, holders, waiters };
    });
  }
  /**
   * What is wrong or was wrong, blocking and certain findings first.
   * @param now session time, ns: waits that have lasted until then count as long, though nothing was fed
   */
  findings(now: number = this.world.lastTime): readonly Finding[] {
    return this.engine.at(Math.max(now, this.world.lastTime));
  }
  /** @param names how the file may be called in the trace: by its path, or by its URL */
  file(names: readonly string[]): FileView {
    return fileView(this.world, names, { resources: this.resources(), channels: this.channels() });
  }
  /** What happened at a line: a wait that still lasts, else the longest stretch, else when something was made or started there. */
  eventAt(names: readonly string[], line: number): EventView | null {
    return eventAt(this.world, names, line);
  }
  loss(): LossView {
    return this.world.loss.view(this.world.processes.all.filter(endedUnseen));
  }

  tracks(): readonly TrackView[] {
    return this.timeline.tracks(this.processes());
  }
  /** Slices that touch the range, in order of time; above `limit` the longest of each part. */
  slices(threadId: string, range: TimeRange, limit: number): readonly SliceView[] {
    return this.timeline.slices(threadId, range, limit);
  }
  sliceAt(threadId: string, time: number): SliceView | null {
    return this.timeline.sliceAt(threadId, time);
  }
  /** Level of detail: `buckets` equal parts of the range for each thread. Ask for `tileRange` to hit the cache. */
  tiles(threadIds: readonly string[], range: TimeRange, buckets: number): TrackTile[] {
    return this.timeline.tiles(threadIds, range, buckets);
  }
  /** Exact time by state in the range. */
  stats(threadIds: readonly string[], range: TimeRange): TrackStats[] {
    return this.timeline.stats(threadIds, range);
  }
  /** What a thread had used of the processors, in order of time. */
  usage(threadId: string): readonly UsageView[] {
    return this.timeline.usage(threadId);
  }
  /** Arrows that touch the range, slowest first, at most `limit` and all (bounded) of the filter's `neighbour`. */
  flows(range: TimeRange, limit: number, filter: FlowFilter = {}): readonly FlowView[] {
    return this.timeline.flows(range, limit, filter);
  }

  /** Files of the program's own code that stacks name, as they name them. */
  sourceFiles(): readonly string[] {
    return this.world.sites.files();
  }
  /** Every wait of every thread, those that have ended first. */
  waitSpans(): Iterable<WaitSpan> {
    return waitSpans(this.world);
  }
  /** Every task of a pool that a worker has begun. */
  taskSpans(): Iterable<TaskSpan> {
    return taskSpans(this.world);
  }

  private stream(def: StreamDefinition): StreamState {
    if (def === this.lastStreamDef && this.lastStream !== null) return this.lastStream;
    this.lastStreamDef = def;
    this.lastStream = this.world.stream(def);
    return this.lastStream;
  }
}
