import type { SharedFiles } from '../../base/environment.ts';
import type { DefinitionId, Ns, SiteId, Slot } from '../../base/quantities.ts';
import { RECORD_WORDS, recordCheck } from '../format/hash.ts';
import { HEADER_SIZE, HOT_OFFSET, SINK, viewsOf } from '../format/segment.ts';
import type { Lane } from './lanes.ts';
import type { SegmentFile } from './segment-file.ts';
import { Segments } from './segments.ts';

const HEADER_WORDS = HEADER_SIZE >> 2;
/** After a failed write the next one is tried this much later: a full disk must not cost a system call a record. */
const RETRY_NS = 100e6;
const NO_SEGMENT = viewsOf(new ArrayBuffer(0), 0, 0);

/** What opens a segment: called with the segment already in place. */
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
  /** Records of the segment before those in memory. */
  #base = 0;
  /** Word index of the next record in memory, and where the memory or the segment ends. */
  #at = 0;
  #end = 0;
  #slot: Slot = 0;
  #flushedAt = 0;
  #retryAt: Ns = Number.NEGATIVE_INFINITY;
  #lastTime: Ns = 0;
  #rotating = false;
  #through = false;

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
  /** What is collected outlives this thread. */
  get saved(): boolean {
    return this.mapped || this.#lane !== undefined;
  }
  /** Nothing may be held back any more: flush each record. The stream or the process is about to end. */
  get through(): boolean {
    return this.#through || this.#lane?.closing === true;
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

  /** Following records are mapped with `files` (`undefined`: written); the open segment is sealed first. */
  use(files: SharedFiles | undefined): void {
    this.#sealSegment(this.#lastTime);
    this.#segments.use(files);
    this.#retryAt = Number.NEGATIVE_INFINITY;
  }

  /** Writes what is collected. */
  flush(): void {
    if (!this.#file || !this.pending) return;
    try {
      this.#file.flush(this.#records);
      this.#flushedAt = this.#at;
      if (this.through && !this.#through) this.#markThrough(this.#file);
    } catch {
      this.#fail(this.#lastTime);
    }
  }

  /** Whatever happens to the thread from now on, nothing of its stream is missing. */
  holdNothing(): void {
    this.flush();
    if (this.#file) this.#markThrough(this.#file);
    this.#through = true;
  }

  /** The stream ends here, as far as is known: a later record opens another (written) segment, and is not held back. */
  finish(): void {
    this.#through = true;
    this.#sealSegment(Number.POSITIVE_INFINITY);
    this.#segments.use(undefined);
  }

  /** The memory is full, the segment is not. */
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
   * The mapped segment that follows, made before the one at hand is sealed: a stream that is killed in between has one that is
   * open, and thus no end that could be missing. Hot slots go along, until the checkpoint settles them.
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

  /** Where mapping is refused, writing may still work. */
  #openWritten(needed: number): boolean {
    if (!this.mapped) return false;
    this.#segments.use(undefined);
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
    if (this.through) this.#markThrough(file);
  }

  /** The memory is free for the records from `base` on. */
  #begin(file: SegmentFile, base: number): void {
    this.#base = base;
    this.#at = HEADER_WORDS;
    this.#flushedAt = HEADER_WORDS;
    this.#end = HEADER_WORDS + Math.min(file.window, file.capacity - base) * RECORD_WORDS;
  }

  #markThrough(file: SegmentFile): void {
    this.#through = true;
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
      const end = this.#through ? Number.POSITIVE_INFINITY : watermark;
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
