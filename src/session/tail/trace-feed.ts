import { type FindingOptions, Model } from '../../model/index.ts';
import type { StreamDefinition } from '../../trace/format/definitions.ts';
import type { TraceRecord } from '../../trace/format/records.ts';
import { openTrace } from '../../trace/index.ts';
import type { TraceReader } from '../../trace/reader/reader.ts';
import type { PollResult, TraceSink } from '../../trace/reader/sink.ts';

/** The next rebuild comes after so many times the time that this one took: rebuilding costs at most a twentieth. */
const REBUILD_REST = 20;
/** Nanoseconds by which the feed stays behind the writers. Each record that is later still doubles it, up to the most. */
const LEAST_LAG = 50e6;
const MOST_LAG = 400e6;

export interface FeedOptions {
  /** Sees every record as it is fed, before the model does; not again when the model is rebuilt. */
  readonly onRecord?: ((stream: StreamDefinition, record: TraceRecord) => void) | undefined;
  /** Which findings are looked for, and by which numbers; default: all, and the rules' own. */
  readonly findings?: FindingOptions | undefined;
  /** Is anybody going to look at slices and arrows? Default: yes. Memory then grows with every message. */
  readonly timeline?: boolean;
  /** Is anybody going to ask for each single wait and task? Default: no. */
  readonly spans?: boolean;
}

/**
 * Feeds a model from a trace directory, and builds it anew where the feed was out of order, so that what is seen live is
 * what a replay of the same trace says.
 */
export class TraceFeed {
  readonly #dir: string;
  readonly onRecord: FeedOptions['onRecord'];
  readonly #options: FeedOptions;
  #reader: TraceReader;
  #model: Model;
  #late = false;
  #restUntil = 0;
  #watermark = 0;
  #lag = LEAST_LAG;

  constructor(dir: string, options: FeedOptions) {
    this.#dir = dir;
    this.#options = options;
    this.#model = this.#newModel();
    this.onRecord = options.onRecord;
    this.#reader = openTrace(dir, this.#lag);
  }

  get model(): Model {
    return this.#model;
  }
  /** The feed is complete up to this time. */
  get watermark(): number {
    return this.#watermark;
  }

  /** @param lag ns that a record may come late; by default what a preempted writer needs */
  poll(lag?: number): { readonly fed: boolean; readonly rebuilt: boolean } {
    const result = this.#reader.poll(this.#sink(), lag);
    this.#watermark = result.watermark;
    this.#late ||= result.late;
    const rebuilt = this.#late && performance.now() >= this.#restUntil;
    if (rebuilt) this.#rebuild((reader) => reader.poll(this.#model));
    return { fed: result.records + result.definitions > 0, rebuilt };
  }

  /** The rest of a trace to which nothing is added any more. */
  drain(): { readonly rebuilt: boolean } {
    const result = this.#reader.drain(this.#sink());
    this.#watermark = result.watermark;
    this.#late ||= result.late;
    const rebuilt = this.#late;
    if (rebuilt) this.#rebuild((reader) => reader.drain(this.#model));
    return { rebuilt };
  }

  close(): void {
    this.#reader.close();
  }

  #newModel(): Model {
    const { findings, timeline = true, spans = false } = this.#options;
    return new Model(findings, { timeline, spans });
  }

  #sink(): TraceSink {
    const model = this.#model;
    const { onRecord } = this;
    if (onRecord === undefined) return model;
    return {
      definition: (stream, def) => model.definition(stream, def),
      record: (stream, record) => {
        onRecord(stream, record);
        model.record(stream, record);
      },
      observation: (observation) => model.observation(observation),
      damage: (damage) => model.damage(damage),
    };
  }

  #rebuild(read: (reader: TraceReader) => PollResult): void {
    const begin = performance.now();
    this.#reader.close();
    this.#lag = Math.min(MOST_LAG, this.#lag * 2);
    this.#reader = openTrace(this.#dir, this.#lag);
    this.#model = this.#newModel();
    const result = read(this.#reader);
    this.#watermark = result.watermark;
    this.#late = result.late;
    const end = performance.now();
    this.#restUntil = end + REBUILD_REST * (end - begin);
  }
}
