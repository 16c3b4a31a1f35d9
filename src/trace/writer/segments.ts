import type { SharedFiles } from '../../base/environment.ts';
import type { Slot } from '../../base/quantities.ts';
import { TRACE_VERSION } from '../format/definitions.ts';
import { hashText } from '../format/hash.ts';
import { SINK, type SinkKind, segmentBytes, segmentName } from '../format/segment.ts';
import type { Lane } from './lanes.ts';
import { MappedSegment, removeQuietly, type SegmentFile, WrittenSegment } from './segment-file.ts';

/** Records in the first segments of a stream: short processes stay small, busy ones get 1 MiB. */
const CAPACITIES = [500, 4_000, 32_000];
const MAX_CAPACITY = 1_000_000;

interface Sealed {
  readonly segment: number;
  readonly bytes: number;
  readonly records: number;
}

/** Opens the segments of one stream one after the other, and removes the oldest when they grow past the cap. */
export class Segments {
  readonly #dir: string;
  readonly #stream: string;
  readonly #hash: number;
  readonly #maxBytes: number;
  readonly #sealed: Sealed[] = [];
  #sealedBytes = 0;
  #next = 0;
  #dropped = 0;
  #memory = new ArrayBuffer(0);
  readonly #lane: Lane | undefined;
  #shared: SharedFiles | undefined;

  /** `maxBytes`: most bytes of segments on disk, 0: no limit. `lane`: where records are collected, instead of in memory of its own. */
  constructor(dir: string, stream: string, maxBytes: number, lane?: Lane) {
    this.#dir = dir;
    this.#stream = stream;
    this.#hash = hashText(stream);
    this.#maxBytes = maxBytes;
    this.#lane = lane;
  }

  get sink(): SinkKind {
    return this.#shared ? SINK.mapped : SINK.written;
  }
  get dropped(): number {
    return this.#dropped;
  }

  /** Maps the following segments with `files`, or writes them (`undefined`). */
  useSink(files: SharedFiles | undefined): void {
    this.#shared = files;
  }

  /** Counts records that could not be written. */
  giveUp(records: number): void {
    this.#dropped += records;
  }

  /**
   * A new segment for at least `needed` records, the first of which has the slot `first`. `unsealed`: records in the
   * segment before it, if that is not sealed yet: they count for the size cap. Throws what the system says.
   */
  open(first: Slot, needed: number, unsealed = 0): SegmentFile {
    const capacity = this.#capacityFor(needed);
    this.#enforceCap(segmentBytes(capacity) + (unsealed > 0 ? segmentBytes(unsealed) : 0));
    const segment = this.#next++;
    const path = this.#path(segment);
    const header = {
      version: TRACE_VERSION,
      stream: this.#hash,
      segment,
      first,
      dropped: this.#dropped,
      capacity,
      sink: this.sink,
    };
    if (this.#shared) return new MappedSegment(path, header, this.#shared);
    if (this.#lane) return new WrittenSegment(path, header, this.#lane);
    if (this.#memory.byteLength < segmentBytes(capacity))
      this.#memory = new ArrayBuffer(segmentBytes(capacity));
    return new WrittenSegment(path, header, this.#memory);
  }

  /** A segment has got its last record, and has this many. */
  sealed(segment: number, records: number): void {
    const bytes = segmentBytes(records);
    this.#sealed.push({ segment, bytes, records });
    this.#sealedBytes += bytes;
  }

  #capacityFor(needed: number): number {
    const usual = CAPACITIES[Math.min(this.#next, CAPACITIES.length - 1)]!;
    const largest = this.#maxBytes > 0 ? Math.max(64, Math.floor(this.#maxBytes / 4 / 32)) : MAX_CAPACITY;
    return Math.max(needed, Math.min(usual, largest));
  }

  #enforceCap(coming: number): void {
    if (this.#maxBytes <= 0) return;
    while (this.#sealed.length > 0 && this.#sealedBytes + coming > this.#maxBytes) {
      const oldest = this.#sealed.shift()!;
      this.#sealedBytes -= oldest.bytes;
      if (removeQuietly(this.#path(oldest.segment))) this.#dropped += oldest.records;
    }
  }

  #path(segment: number): string {
    // `path.join` looks at each character: V8 would compile that on another thread, at the start of each process.
    return `${this.#dir}/${segmentName(this.#stream, segment)}`;
  }
}
