import type { Ns, SiteId } from '../../base/quantities.ts';
import { RECORD_WORDS, recordCheck } from '../format/hash.ts';
import { HOT_OFFSET, HOT_SLOT_BASE } from '../format/segment.ts';
import type { TraceWriter } from './writer.ts';

/**
 * Records in a segment's header that are overwritten in place: what has happened and is not in the stream yet, so that
 * SIGKILL does not lose it. Only the mapped sink has them; elsewhere a kill loses the batch anyway.
 */
export class HotSlots {
  readonly #writer: TraceWriter;

  constructor(writer: TraceWriter) {
    this.#writer = writer;
  }

  /** The arguments are those of `TraceWriter.append`. */
  write(
    slot: number,
    time: Ns,
    head: number,
    resource: number,
    site: SiteId,
    n: number,
    value: number,
  ): void {
    const { words, doubles, mapped } = this.#writer;
    if (!mapped || words.length === 0) return;
    const at = (HOT_OFFSET >> 2) + slot * RECORD_WORDS;
    doubles[at >> 1] = time;
    words[at + 2] = head;
    words[at + 3] = resource;
    words[at + 4] = site;
    words[at + 5] = n;
    words[at + 6] = value;
    words[at + 7] = recordCheck(words, at, HOT_SLOT_BASE + slot);
  }

  clear(slot: number): void {
    const { words, mapped } = this.#writer;
    if (mapped && words.length > 0) words[(HOT_OFFSET >> 2) + slot * RECORD_WORDS + 7] = 0;
  }
}
