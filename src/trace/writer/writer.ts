import type { SharedFiles } from '../../base/environment.ts';
import type { DefinitionId, Ns, SiteId, Slot } from '../../base/quantities.ts';
import { RECORD_WORDS, recordCheck } from '../format/hash.ts';
import { HEADER_SIZE, HOT_OFFSET, SINK, viewsOf } from '../format/segment.ts';
import type { Lane } from './lanes.ts';
import type { SegmentFile } from './segment-file.ts';
import { Segments } from './segments.ts';

const HEADER_WORDS = HEADER_SIZE >> 2;
/** After a failed write the next try is this much later, ns: on a full disk each record would cost a system call. */
const RETRY_NS: Ns = 100e6;
const NO_SEGMENT = viewsOf(new ArrayBuffer(0), 0, 0);

/** Writes the records that open a segment; the segment is already the writer's own when it is asked. */
export interface Checkpoint {
  /** Most records that {@link Checkpoint.write} will append. */
  size(): number;
  write(): void;
}

export interface WriterOptions {
  /** The trace directory. */
  readonly dir: string;
  /** Name of the stream. */
  readonly stream: string;
  /** Most bytes of segments on disk; 0: no limit. */
  readonly maxBytes: number;
  /** The stream's definitions: a seal says how many there are. */
  readonly definitions?: { readonly count: number };
  /** Where records are collected, so that others of this process can save them when this thread is stopped. */
  readonly lane?: Lane | undefined;
}

/**
 * Appends records to one stream. Nothing here throws: records that cannot be stored are counted, and a gap in the slot
 * numbers tells the reader how many they are.
 */
export class TraceWriter {
  readonly #segments: Segments;
  readonly #definitions: WriterOptions['definitions'];
  readonly #lane: Lane | undefined;
  checkpoint: Checkpoint | undefined;
  #file: SegmentFile | undefined;
  #words: Int32Array = NO_SEGMENT.words;
  #doubles: Float64Array = NO_SEGMENT.doubles;
  /** How many records of the segment are written and not in memory any more. */
  #base = 0;
  /** Word index in `#words` of the next record, and of the end of the memory or of the segment. */
  #at = 0;
  #end = 0;
  #slot: Slot = 0;
  #flushedAt = 0;
  #retryAt: Ns = Number.NEGATIVE_INFINITY;
  #lastTime: Ns = 0;
  #rotating = false;
  #writesThrough = false;

  constructor(options: WriterOptions) {
    this.#definitions = options.definitions;
    this.#lane = options.lane;
    this.#segments = new Segments(options.dir, options.stream, options.maxBytes, options.lane);
  }

  /** Records appended so far, kept or not: the slot of the next one. */
  get slot(): Slot {
    return this.#slot;
  }
  /** Records that were given up by the size cap or a failed write. */
  get dropped(): number {
    return this.#segments.dropped;
  }
  get mapped(): boolean {
    return this.#segments.sink === SINK.mapped;
  }
  /** The records that are collected outlive this thread: they are mapped, or others of its process can read them. */
  get outlivesThread(): boolean {
    return this.mapped || this.#lane !== undefined;
  }
  /** Each record is written at once from now on: the stream or the process is about to end. */
  get writesThrough(): boolean {
    return this.#writesThrough || this.#lane?.closing === true;
  }
  /** There is something that `flush` would write. */
  get pending(): boolean {
    return this.#at > this.#flushedAt && !this.mapped;
  }
  /** The views of the open segment, for the hot slots; empty while there is none. */
  get words(): Int32Array {
    return this.#words;
  }
  get doubles(): Float64Array {
    return this.#doubles;
  }

  /**
   * Appends one record. `time`: ns since the session's origin, not before the last one's (but in a checkpoint);
   * `head`: `kind | flags << 8 | task << 16`; the others as in the record (unsigned numbers may come as signed ones).
   */
  append(time: Ns, head: number, resource: DefinitionId, site: SiteId, n: number, value: number): void {
    if (this.#at >= this.#end && !this.#slide() && !this.#rotate(time)) {
      this.#slot++;
      this.#segments.giveUp(1);
      return;
    }
    const at = this.#at;
    const words = this.#words;
    this.#doubles[at >> 1] = time;
    words[at + 2] = head;
    words[at + 3] = resource;
    words[at + 4] = site;
    words[at + 5] = n;
    words[at + 6] = value;
    words[at + 7] = recordCheck(words, at, this.#slot);
    this.#at = at + RECORD_WORDS;
    this.#slot++;
    this.#lastTime = time;
  }

  /** Maps the following records with `files`, or writes them (`undefined`); the open segment is sealed first. */
  useSink(files: SharedFiles | undefined): void {
    this.#sealSegment(this.#lastTime);
    this.#segments.useSink(files);
    this.#retryAt = Number.NEGATIVE_INFINITY;
  }

  /** Writes the records that are collected. */
  flush(): void {
    if (!this.#file || !this.pending) return;
    try {
      this.#file.flush(this.#records);
      this.#flushedAt = this.#at;
      if (this.writesThrough && !this.#writesThrough) this.#markThrough(this.#file);
    } catch {
      this.#fail(this.#lastTime);
    }
  }

  /** Writes what is collected, and from now on each record at once: wherever the thread is stopped, nothing is missing. */
  writeThrough(): void {
    this.flush();
    if (this.#file) this.#markThrough(this.#file);
    this.#writesThrough = true;
  }

  /** Seals the stream: this is its end. A record that comes nevertheless opens another segment and is written at once. */
  finish(): void {
    this.#writesThrough = true;
    this.#sealSegment(Number.POSITIVE_INFINITY);
    this.#segments.useSink(undefined);
  }

  /** Where a segment holds more records than the memory: writes those in memory, and begins with the next ones. */
  #slide(): boolean {
    const file = this.#file;
    if (!file || this.#records >= file.capacity) return false;
    this.flush();
    if (this.#file !== file) return false;
    file.slide();
    this.#begin(file, this.#records);
    return true;
  }

  #rotate(time: Ns): boolean {
    if (this.#rotating || time < this.#retryAt) return false;
    const needed = (this.checkpoint?.size() ?? 0) * 2 + 1;
    const prepared = this.#prepare(needed);
    this.#sealSegment(time);
    try {
      this.#adopt(prepared ?? this.#segments.open(this.#slot, needed));
    } catch {
      if (!this.#openWritten(needed)) {
        this.#retryAt = time + RETRY_NS;
        return false;
      }
    }
    this.#rotating = true;
    this.checkpoint?.write();
    this.#rotating = false;
    return this.#at < this.#end;
  }

  /**
   * The mapped segment that follows, made before the one at hand is sealed: a process that is killed in between leaves an open
   * segment, and a reader misses no end. The hot slots are copied, until the checkpoint brings what they hold into the stream.
   */
  #prepare(needed: number): SegmentFile | undefined {
    const old = this.#file;
    if (!old || !this.mapped) return undefined;
    try {
      const next = this.#segments.open(this.#slot, needed, old.capacity);
      next.views.words.set(old.views.words.subarray(HOT_OFFSET >> 2, HEADER_WORDS), HOT_OFFSET >> 2);
      return next;
    } catch {
      return undefined;
    }
  }

  /** A segment of the other sink: where mapping is refused, writing may still work. */
  #openWritten(needed: number): boolean {
    if (!this.mapped) return false;
    this.#segments.useSink(undefined);
    try {
      this.#adopt(this.#segments.open(this.#slot, needed));
      return true;
    } catch {
      return false;
    }
  }

  #adopt(file: SegmentFile): void {
    this.#file = file;
    this.#words = file.views.words;
    this.#doubles = file.views.doubles;
    this.#begin(file, 0);
    if (this.writesThrough) this.#markThrough(file);
  }

  /** The memory of `file` holds the records from `base` on, so far none. */
  #begin(file: SegmentFile, base: number): void {
    this.#base = base;
    this.#at = HEADER_WORDS;
    this.#flushedAt = HEADER_WORDS;
    this.#end = HEADER_WORDS + Math.min(file.window, file.capacity - base) * RECORD_WORDS;
  }

  #markThrough(file: SegmentFile): void {
    this.#writesThrough = true;
    try {
      file.markThrough();
    } catch {
      // A full disk: the reader will say that the end may be missing.
    }
  }

  #letGo(): void {
    this.#file = undefined;
    this.#words = NO_SEGMENT.words;
    this.#doubles = NO_SEGMENT.doubles;
    this.#base = 0;
    this.#at = HEADER_WORDS;
    this.#end = HEADER_WORDS;
    this.#flushedAt = HEADER_WORDS;
  }

  #sealSegment(watermark: Ns): void {
    const file = this.#file;
    if (!file) return;
    try {
      const end = this.#writesThrough ? Number.POSITIVE_INFINITY : watermark;
      file.seal({ records: this.#records, lines: this.#definitions?.count ?? 0, watermark: end });
    } catch {
      // Not sealed: a reader finds its end by the first slot of the next segment.
    }
    this.#account(file);
    this.#letGo();
  }

  /** A write has failed: what was not on disk is lost, and the next segment begins after it. */
  #fail(time: Ns): void {
    const file = this.#file;
    if (!file) return;
    file.abandon();
    this.#account(file);
    this.#letGo();
    this.#retryAt = time + RETRY_NS;
  }

  #account(file: SegmentFile): void {
    const readable = file.readable(this.#records);
    this.#segments.sealed(file.segment, readable);
    this.#segments.giveUp(this.#records - readable);
  }

  get #records(): number {
    return this.#base + (this.#at - HEADER_WORDS) / RECORD_WORDS;
  }
}
