import { Model, parallelStacks } from '../../../src/model/index.ts';
import type {
  QueryName,
  SessionHandle,
  SessionQueries,
  SessionUpdate,
} from '../../../src/protocol/session.ts';
import { sessionUpdate } from '../../views.ts';

type Answers = { [Q in QueryName]: (args: SessionQueries[Q]['args']) => SessionQueries[Q]['result'] };

/** A session over the real model, without worker and files: what the bridge asks in these tests. */
export class ModelSession implements SessionHandle {
  readonly dir: string;
  readonly name: string;
  readonly model: Model;
  live: boolean;
  /** Questions asked so far, in order. */
  readonly asked: QueryName[] = [];
  lastUpdate: SessionUpdate | undefined;
  private readonly listeners = new Set<(update: SessionUpdate) => void>();
  private readonly answers: Answers;

  constructor(model = new Model(), { dir = '/traces/demo', name = 'demo.ts', live = false } = {}) {
    this.model = model;
    this.dir = dir;
    this.name = name;
    this.live = live;
    this.answers = {
      processes: () => model.processes(),
      resources: () => ({ resources: model.resources(), channels: model.channels() }),
      findings: () => model.findings(),
      stacks: () => parallelStacks(model.standings()),
      file: ({ names }) => model.file(names),
      sourceFiles: () => model.sourceFiles(),
      eventAt: ({ names, line }) => model.eventAt(names, line),
      tracks: () => model.tracks(),
      tiles: ({ threads, range, buckets }) => model.tiles(threads, range, buckets),
      slices: ({ thread, range, limit }) => model.slices(thread, range, limit),
      flows: ({ range, limit, threads, neighbour }) => model.flows(range, limit, { threads, neighbour }),
      stats: ({ threads, range }) => model.stats(threads, range),
      sliceAt: ({ thread, time }) => model.sliceAt(thread, time),
    };
    this.push();
  }

  async query<Q extends QueryName>(name: Q, args: SessionQueries[Q]['args']) {
    this.asked.push(name);
    return this.answers[name](args);
  }

  onUpdate(listener: (update: SessionUpdate) => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  /** Tells of what was fed since. `now`: the session's time, where it is later than what was fed. */
  push(now = 0): void {
    this.lastUpdate = sessionUpdate({
      revision: this.model.revision + now / 1e18,
      live: this.live,
      lastTime: Math.max(now, this.model.lastTime),
      findings: this.model.findings(now),
      loss: this.model.loss(),
    });
    for (const listener of this.listeners) listener(this.lastUpdate);
  }
}
