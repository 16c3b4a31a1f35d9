import { Fifo } from '../../base/fifo.ts';
import type { Slot } from '../../base/quantities.ts';
import { hashText } from '../format/hash.ts';
import { KIND } from '../format/records.ts';
import { type SegmentHeader, SINK, segmentName } from '../format/segment.ts';
import type { TraceFiles } from './files.ts';
import { SegmentReader } from './segment-reader.ts';
import type { DamageKind, Loss } from './sink.ts';

/** A stream whose last record is one of these lacks nothing, though it has no end: a resting thread has written all that it had. */
const RESTS: ReadonlySet<number> = new Set([KIND.quiescent, KIND.rest]);

/** The records of one stream over all its segments, and what is missing between them. */
export class StreamSegments {
  readonly #files: TraceFiles;
  readonly #stream: string;
  readonly #hash: number;
  readonly #version: number;
  /** Numbers of the segments that are in the directory and that reading has not come to, ascending. */
  #waiting = new Fifo<number>();
  #newest = -1;
  #current: SegmentReader | undefined;
  /** Slot that follows the last record read. */
  nextSlot: Slot = 0;
  /** Records that were reported as dropped. */
  #dropped = 0;
  /** Losses that the stream reader has not reported yet. */
  readonly losses: Loss[] = [];
  /** Records are missing before the segment at hand: its checkpoint tells what the thread holds and waits for. */
  restart = false;
  #gap = false;
  #ended = false;
  /** Lines that the definition file must have, as the newest seal says. */
  lines = 0;
  #finished = false;

  constructor(files: TraceFiles, stream: string, version: number) {
    this.#files = files;
    this.#stream = stream;
    this.#hash = hashText(stream);
    this.#version = version;
  }

  /** The segments that are in the directory now. */
  found(segments: readonly number[]): void {
    this.#waiting = new Fifo(segments.filter((s) => s > this.#newest).sort((a, b) => a - b));
    this.#current?.refresh();
  }

  /** The segment with a record at hand, or `undefined`: nothing more for now. `losses` come before that record. */
  advance(final: boolean): SegmentReader | undefined {
    while (this.losses.length === 0) {
      const current = this.#current ?? this.#openNext(final);
      if (!current) return undefined;
      const whole = final || this.#waiting.length > 0;
      const step = current.advance(whole);
      if (step === 'record') return current;
      if (step === 'gap') this.#lose('corrupt', current.skipped, `${current.name}: damaged records`);
      else if (!this.#endSegment(current, final)) return undefined;
    }
    return undefined;
  }

  /** The segment that is being read; at the end of the stream the last one, if it was never sealed: then its hot slots count. */
  get open(): SegmentReader | undefined {
    return this.#current;
  }

  /** `current` has no more records now. True: none will come, and the next segment may be begun. */
  #endSegment(current: SegmentReader, final: boolean): boolean {
    this.nextSlot = current.slot;
    const seal = current.seal();
    if (final && !seal) this.#forgetUnbegun(current);
    const over = this.#waiting.length > 0;
    if (seal) this.lines = Math.max(this.lines, seal.lines);
    if (!over && !final && !(seal && current.index >= seal.records)) return false;
    if (seal && current.index < seal.records) {
      this.#lose('lost', seal.records - current.index, `${current.name}: records are missing at its end`);
      this.nextSlot = current.first + seal.records;
    } else if (!seal && !over) this.#endWithoutSeal(current);
    this.#ended = seal?.watermark === Number.POSITIVE_INFINITY;
    if (!seal && !over) {
      this.#finished = true;
      return false;
    }
    this.#current = undefined;
    return true;
  }

  /** Leaves out a mapped segment of nothing but zeros: the writer was killed while it made it, and `current` is still the open one. */
  #forgetUnbegun({ header }: SegmentReader): void {
    const next = this.#waiting.head;
    if (next === undefined || this.#waiting.length > 1 || header?.sink !== SINK.mapped) return;
    if (new SegmentReader(this.#files, segmentName(this.#stream, next)).isBlank()) this.#waiting.shift();
  }

  #endWithoutSeal(current: SegmentReader): void {
    if (this.#finished) return;
    const { torn, strange, cut } = current.tail();
    const mapped = current.header?.sink === SINK.mapped;
    if (strange) this.#lose('unreadable', 0, `${current.name}: what follows its last record is damaged`);
    else if (torn) this.#lose('torn', 1, `${current.name}: its last record is half written`);
    if (mapped && cut) this.#lose('lost', 0, `${current.name}: the file was cut off`);
    if (!mapped && !current.isWrittenThrough() && !RESTS.has(current.lastKind))
      this.#lose(
        'unended',
        0,
        `${this.#stream}: it has no end (killed, or the disk was full): its last batch may be missing`,
      );
  }

  #openNext(final: boolean): SegmentReader | undefined {
    const number = this.#waiting.head;
    if (number === undefined) {
      this.#endStream(final);
      return undefined;
    }
    const segment = new SegmentReader(this.#files, segmentName(this.#stream, number));
    const readable = segment.open();
    if (!readable && !final && this.#waiting.length === 1) return undefined;
    this.#waiting.shift();
    this.#newest = number;
    // The writer was stopped when it had made the file: nothing is in it, and the seal before it says whether that was the end.
    if (!readable && this.#waiting.length === 0 && segment.isBlank()) {
      this.#endStream(final);
      return undefined;
    }
    if (!readable) this.#assume(segment);
    else if (segment.header && !this.#accept(segment.header, segment)) return undefined;
    this.restart = this.#gap;
    this.#gap = false;
    this.#current = segment;
    this.#ended = false;
    return segment;
  }

  /** Reads a segment without a valid header as if it followed the one before: the checks of its records say whether it does. */
  #assume(segment: SegmentReader): void {
    segment.assume(this.nextSlot);
    this.#lose('unreadable', 0, `${segment.name}: its header is damaged`);
  }

  #accept(header: SegmentHeader, segment: SegmentReader): boolean {
    if (header.version !== this.#version || header.stream !== this.#hash || header.first < this.nextSlot) {
      this.#lose('unreadable', 0, `${segment.name}: it does not belong to this stream`);
      return false;
    }
    const missing = header.first - this.nextSlot;
    const givenUp = Math.min(missing, Math.max(0, this.#droppedByWriter(header) - this.#dropped));
    this.#dropped += givenUp;
    if (givenUp > 0)
      this.#lose('dropped', givenUp, `${this.#stream}: its writer gave up records (size cap or full disk)`);
    if (missing > givenUp)
      this.#lose('lost', missing - givenUp, `${this.#stream}: records before ${segment.name}`);
    this.nextSlot = header.first;
    return true;
  }

  /** Only the newest header counts the segments that the size cap has taken since the older ones were begun. */
  #droppedByWriter(header: SegmentHeader): number {
    const newest = this.#waiting.last;
    if (newest === undefined) return header.dropped;
    const segment = new SegmentReader(this.#files, segmentName(this.#stream, newest));
    segment.open();
    return Math.max(header.dropped, segment.header?.dropped ?? 0);
  }

  #endStream(final: boolean): void {
    if (!final || this.#finished) return;
    this.#finished = true;
    if (!this.#ended) {
      this.#lose('unended', 0, `${this.#stream}: its end is missing`);
    }
  }

  #lose(kind: DamageKind, count: number, message: string): void {
    const gap = kind !== 'unended' && kind !== 'torn';
    if (gap) this.#gap = true;
    this.losses.push({ kind, count, gap, message });
  }
}
