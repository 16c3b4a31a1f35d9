import type { Ns } from '../../base/quantities.ts';
import { RECORD_WORDS, recordCheck } from '../format/hash.ts';
import { isTime } from '../format/limits.ts';
import { KIND, type TraceRecord } from '../format/records.ts';
import {
  HEADER_SIZE,
  HELD_SLOT,
  HOT_OFFSET,
  HOT_SLOT_BASE,
  HOT_SLOTS,
  SINK,
  viewsOf,
} from '../format/segment.ts';
import type { TraceFiles } from './files.ts';
import { decodeRecord, emptyRecord, SegmentReader } from './segment-reader.ts';

/** An acquisition that has stood in the hot slot for this long, ns, is fed: who waits for the lock must see who holds it. */
const STALE_NS: Ns = 300e6;

/** True when ticket `a` comes after `b`; tickets are counted modulo 2³². */
export function after(a: number, b: number): boolean {
  return ((a - b) | 0) > 0;
}

/** Reads the hot slots of one stream, and remembers which acquisition was fed from there. */
export class HotReader {
  readonly #files: TraceFiles;
  /** The acquisition that was fed from the hot slot, until a record of the stream ends or repeats it. */
  #fed: TraceRecord | undefined;
  #seen: TraceRecord | undefined;
  #seenAt: Ns = 0;

  constructor(files: TraceFiles) {
    this.#files = files;
  }

  /** For a live stream without new records: the acquisition that has stood in the hot slot for some time, once. */
  stale(segment: SegmentReader, now: Ns): TraceRecord | undefined {
    if (this.#fed || segment.header?.sink !== SINK.mapped) return undefined;
    const held = this.#read(segment.name)[HELD_SLOT];
    if (!held || held.n !== this.#seen?.n || held.time !== this.#seen.time) {
      this.#seen = held;
      this.#seenAt = now;
      return undefined;
    }
    if (now - this.#seenAt < STALE_NS || !this.#isHeld(held, this.#read(segment.name))) return undefined;
    this.#fed = held;
    return held;
  }

  /** For a stream that has ended: everything in the hot slots that is not among its records. */
  rest(segment: SegmentReader): TraceRecord[] {
    if (segment.header?.sink !== SINK.mapped) return [];
    const slots = this.#read(segment.name);
    const recorded = this.#lastTickets(segment.name);
    const isNew = (r: TraceRecord): boolean => {
      const last = recorded.get(r.resource);
      return last === undefined || after(r.n, last);
    };
    const rest = slots.filter((r, i) => i !== HELD_SLOT && r !== undefined && isNew(r)) as TraceRecord[];
    const held = slots[HELD_SLOT];
    if (held && isNew(held) && this.#isHeld(held, slots)) rest.push(held);
    return rest.filter((r) => r.kind === KIND.pairs || r.n !== this.#fed?.n);
  }

  /**
   * Fits a record of the stream to what was fed from the hot slot. Returns the record that must be fed before it (the
   * release of that acquisition), `skip` when it repeats it, or nothing.
   */
  reconcile(record: TraceRecord): TraceRecord | 'skip' | undefined {
    const fed = this.#fed;
    if (!fed || record.resource !== fed.resource) return undefined;
    if (record.kind === KIND.acquire && record.n === fed.n) return 'skip';
    if (record.kind === KIND.release && record.n === fed.n) this.#fed = undefined;
    if (record.kind !== KIND.pairs || after(fed.n, record.n)) return undefined;
    this.#fed = undefined;
    // The acquisition is one of these pairs: it was fed, so its release must be fed too, and the pairs are one less.
    record.value--;
    return { ...record, kind: KIND.release, flags: 0, n: fed.n, value: 0 };
  }

  /** `held` is still held: the counted pairs of its resource have not come to its ticket. */
  #isHeld(held: TraceRecord, slots: readonly (TraceRecord | undefined)[]): boolean {
    return !slots.some((s) => s?.kind === KIND.pairs && s.resource === held.resource && !after(held.n, s.n));
  }

  #read(name: string): (TraceRecord | undefined)[] {
    const bytes = new Uint8Array(HEADER_SIZE);
    if (this.#files.read(name, 0, bytes) < HEADER_SIZE) return [];
    const { words, doubles } = viewsOf(bytes.buffer, 0, HEADER_SIZE);
    return Array.from({ length: HOT_SLOTS }, (_, i) => {
      const at = (HOT_OFFSET >> 2) + i * RECORD_WORDS;
      if (words[at + 7] === 0 || words[at + 7] !== recordCheck(words, at, HOT_SLOT_BASE + i))
        return undefined;
      const record = emptyRecord();
      decodeRecord(words, doubles, at, record);
      return isTime(record.time) ? record : undefined;
    });
  }

  #lastTickets(name: string): Map<number, number> {
    const last = new Map<number, number>();
    const segment = new SegmentReader(this.#files, name);
    const record = emptyRecord();
    if (!segment.open()) return last;
    for (let step = segment.advance(true); step !== 'none'; step = segment.advance(true)) {
      if (step === 'gap') continue;
      segment.decode(record);
      if (record.kind === KIND.acquire || record.kind === KIND.pairs) last.set(record.resource, record.n);
      segment.step();
    }
    return last;
  }
}
