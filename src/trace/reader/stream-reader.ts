import type { Ns, SiteId } from '../../base/quantities.ts';
import { type Definition, type StreamDefinition, TRACE_VERSION } from '../format/definitions.ts';
import { LIMIT } from '../format/limits.ts';
import { FLAG, isKnown, KIND, type TraceRecord } from '../format/records.ts';
import { definitionsName } from '../format/segment.ts';
import type { EventFeed, FeedCounts, ReadMode } from './event-feed.ts';
import type { TraceFiles } from './files.ts';
import { guessStream } from './guess-stream.ts';
import { HotReader } from './hot-reader.ts';
import { LineFileReader } from './line-file.ts';
import { type Read, readDefinition } from './schema.ts';
import { emptyRecord, type SegmentReader } from './segment-reader.ts';
import type { Cuts } from './shape.ts';
import type { Damage, Loss, TraceSink } from './sink.ts';
import { Skipped } from './skipped.ts';
import { StreamSegments } from './stream-segments.ts';

type Head = 'none' | 'damage' | 'definition' | 'record' | 'hot';

/** What a record can name in its field `resource`; 0: nothing. */
function numberOf(definition: Definition): number {
  const { type } = definition;
  return type === 'resource' || type === 'child' || type === 'sources' ? definition.id : 0;
}

/** A stream's own definition must be that of the stream: its name is what its files are called. */
function readOwn(name: string, value: unknown, cuts: Cuts): Read<Definition> {
  const read = readDefinition(value, cuts);
  if (typeof read === 'string' || read.type !== 'stream') return read;
  const isOwn = read.stream === name && `${read.processKey}.${read.threadId}` === name;
  return isOwn ? read : 'wrong';
}

/** The ids that definitions of a stream have named so far. */
class Ids {
  readonly #known = new Set<number>([0]);
  add(id: number): void {
    this.#known.add(id);
  }
  /** True once for each id that no definition has named. */
  isMissing(id: number): boolean {
    if (this.#known.has(id)) return false;
    this.#known.add(id);
    return true;
  }
  has(id: number): boolean {
    return this.#known.has(id);
  }
}

/** One stream: its definitions and records in order, while it grows. */
export class StreamReader implements EventFeed {
  readonly name: string;
  time: Ns = Number.NEGATIVE_INFINITY;
  definition: StreamDefinition | undefined;
  readonly #session: string;
  readonly #lines: LineFileReader<Definition>;
  readonly #segments: StreamSegments;
  readonly #hotReader: HotReader;
  readonly #losses: Loss[] = [];
  readonly #hot: TraceRecord[] = [];
  readonly #record = emptyRecord();
  readonly #resources = new Ids();
  readonly #sites = new Ids();
  readonly #skipped: Skipped;
  #segment: SegmentReader | undefined;
  #head: Head = 'none';
  /** Time of the last event fed: the order within the stream is that of its slots, so time never goes back. */
  #fedTime: Ns = Number.NEGATIVE_INFINITY;
  #hotDone = false;
  /** Records that were read before the definitions were looked for last. */
  #piece: object | undefined;
  #foreign = false;

  constructor(files: TraceFiles, name: string, session: string) {
    this.name = name;
    this.#session = session;
    this.#skipped = new Skipped(name);
    this.#lines = new LineFileReader(files, {
      name: definitionsName(name),
      label: name,
      most: LIMIT.definitionFile,
      read: (value, cuts) => readOwn(name, value, cuts),
      onLater: () => this.#skipped.add(),
    });
    this.#segments = new StreamSegments(files, name, TRACE_VERSION);
    this.#hotReader = new HotReader(files);
  }

  /** Begin of a poll: the segments that are in the directory now. */
  found(segments: readonly number[], final: boolean): void {
    this.#segments.found(segments);
    this.#piece = undefined;
    // A definition that has come meanwhile may belong before the record at hand: choose again.
    if (this.#head === 'record') this.#head = 'none';
    this.#pollDefinitions(final);
  }

  ready(mode: ReadMode): boolean {
    if (this.#head === 'none') this.#next(mode);
    return this.#head !== 'none';
  }

  /** End of a poll: feeds the acquisition of a lock that is held, and so far stands in the hot slot only. */
  feedHeldLock(sink: TraceSink, now: Ns, counts: FeedCounts): void {
    const segment = this.#segments.open;
    if (this.#head !== 'none' || !segment || !this.definition) return;
    const held = this.#hotReader.stale(segment, now);
    if (!held) return;
    sink.record(this.definition, { ...held, slot: segment.slot });
    counts.records++;
  }

  feed(sink: TraceSink, counts: FeedCounts): void {
    const head = this.#head;
    this.#head = 'none';
    this.#fedTime = this.time;
    if (head === 'damage') sink.damage(this.#damage(this.#losses.shift()!));
    else if (head === 'definition') this.#feedDefinition(sink, counts);
    else if (head === 'hot') this.#feedRecord(this.#hot.shift()!, sink, counts);
    else if (head === 'record') {
      this.#segment!.decode(this.#record);
      this.#segment!.step();
      this.#feedRecord(this.#record, sink, counts);
    }
  }

  #feedRecord(record: TraceRecord, sink: TraceSink, counts: FeedCounts): void {
    const before = this.#hotReader.reconcile(record);
    if (before === 'skip') return;
    if (before) this.#give(before, sink, counts);
    if (record.kind !== KIND.pairs || record.value > 0) this.#give(record, sink, counts);
  }

  #give(record: TraceRecord, sink: TraceSink, counts: FeedCounts): void {
    sink.record(this.definition!, record);
    counts.records++;
  }

  #feedDefinition(sink: TraceSink, counts: FeedCounts): void {
    sink.definition(this.definition!, this.#lines.queue.shift()!.value);
    counts.definitions++;
  }

  /** Finds the next event and its place in time. */
  #next(mode: ReadMode): void {
    const found = this.#findRecord(mode);
    if (this.#segments.losses.length > 0) this.#losses.push(...this.#segments.losses.splice(0));
    if (mode.final && !found) this.#lines.expect(this.#segments.lines);
    if (this.#skipped.isDue(mode.final && !found))
      this.#losses.push(this.#skipped.take(this.definition?.minor ?? 0));
    if (this.#lines.hasLosses) this.#losses.push(...this.#lines.takeLosses());
    const waitsForName = !this.definition && !this.#mayGuess(mode, found);
    if (waitsForName) return;
    if (this.#losses.length > 0) this.#at('damage', found?.time ?? this.definition?.start ?? 0);
    else if (this.#definitionIsNext(mode, found)) this.#at('definition', this.#lines.queue.head!.time);
    else if (found) this.#at('record', found.time);
    else if (mode.final) this.#nextHot();
  }

  #at(head: Head, time: Ns): void {
    this.#head = head;
    // Not `Math.max`: a damaged time (NaN) would stay for ever, and hold up all other streams.
    this.time = this.#fedTime;
    if (time > this.#fedTime) this.time = time;
  }

  #findRecord(mode: ReadMode): SegmentReader | undefined {
    while (!this.#foreign) {
      const segment = this.#segments.advance(mode.final);
      if (!segment) return undefined;
      this.#segment = segment;
      segment.decode(this.#record);
      const { kind, flags, resource, site } = this.#record;
      const repeats = (flags & FLAG.checkpoint) !== 0 && !this.#segments.restart;
      if (!repeats && isKnown(kind)) {
        this.#checkNames(segment, resource, site, mode.final);
        return segment;
      }
      if (!repeats) this.#skipped.add();
      segment.step();
    }
    return undefined;
  }

  /** Definitions are written before the records that use them: what is not there when these have been read is lost. */
  #checkNames({ piece }: SegmentReader, resource: number, site: SiteId, final: boolean): void {
    if (this.#resources.has(resource) && this.#sites.has(site)) return;
    if (piece !== this.#piece) this.#pollDefinitions(final);
    this.#piece = piece;
    const missing = Number(this.#resources.isMissing(resource)) + Number(this.#sites.isMissing(site));
    if (missing > 0) this.#loseDefinitions(missing, 'a record names something whose definition is lost');
  }

  #definitionIsNext(mode: ReadMode, found: SegmentReader | undefined): boolean {
    const next = this.#lines.queue.head;
    if (!next) return false;
    if (found) return next.slot <= found.slot;
    const { open } = this.#segments;
    return mode.final || next.slot <= (open ? open.slot : this.#segments.nextSlot);
  }

  #pollDefinitions(final: boolean): void {
    for (const { value: definition } of this.#lines.poll(final)) {
      if (definition.type === 'stream') this.#introduce(definition);
      else if (definition.type === 'site') this.#sites.add(definition.id);
      else this.#resources.add(numberOf(definition));
    }
  }

  #introduce(definition: StreamDefinition): void {
    if (this.definition === undefined && this.#session !== '' && definition.session !== this.#session)
      this.#loseDefinitions(0, 'its files are those of another session');
    this.definition ??= definition;
    if (definition.version === TRACE_VERSION) return;
    this.#foreign = true;
    this.#losses.push({
      kind: 'unreadable',
      count: 0,
      gap: true,
      message: `${this.name}: another trace version`,
    });
  }

  /** The stream's first line is damaged or its definition file is gone: what can be, is taken from the stream's name. */
  #mayGuess(mode: ReadMode, found: SegmentReader | undefined): boolean {
    const lineLost = this.#losses.some((l) => l.kind === 'definitions');
    if (!mode.final && !lineLost) return false;
    const definition = guessStream(this.name, this.#session, TRACE_VERSION);
    this.definition = definition;
    this.#lines.queue.unshift({ time: found?.time ?? definition.start, slot: 0, value: definition });
    // A stream without a record either was killed as it began: that it has no end is reported anyway.
    if (!lineLost && found) this.#loseDefinitions(0, 'its definitions are missing');
    return true;
  }

  #nextHot(): void {
    const { open } = this.#segments;
    if (!this.#hotDone && open) this.#hot.push(...this.#hotReader.rest(open));
    this.#hotDone = true;
    if (this.#hot.length > 0) this.#at('hot', this.#hot[0]!.time);
  }

  #loseDefinitions(count: number, message: string): void {
    this.#losses.push({ kind: 'definitions', count, gap: false, message: `${this.name}: ${message}` });
  }

  #damage(loss: Loss): Damage {
    const time = Number.isFinite(this.time) ? this.time : 0;
    return { ...loss, stream: this.definition, time };
  }
}
