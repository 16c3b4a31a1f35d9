import type { DefinitionId, Ns, SiteId, WaitNumber } from '../../base/quantities.ts';

/** One unit of a lock or semaphore that this thread has taken and nobody has been seen to give back. */
export interface Held {
  readonly time: Ns;
  readonly head: number;
  readonly resource: DefinitionId;
  readonly site: SiteId;
  readonly ticket: number;
  /** Number of the wait that led here, 0: at once. */
  readonly wait: WaitNumber;
}
/** A wait that has not ended, or its `subject`; fields as in the record. */
export interface OpenWait {
  readonly time: Ns;
  readonly head: number;
  readonly resource: DefinitionId;
  readonly site: SiteId;
  readonly n: number;
  readonly value: number;
}

/** What a ledger knows of one resource of its stream. */
export class ResourceState {
  readonly id: DefinitionId;
  readonly held: Held[] = [];
  /** Acquisitions that are in the stream. */
  acquisitions = 0;
  sent = 0;
  sentBytes = 0;
  received = 0;
  receivedBytes = 0;
  /** Uncontended pairs since the time `windowStart`, to see whether they come fast. */
  windowPairs = 0;
  windowStart: Ns = 0;
  /** Hot slot in which pairs are counted, 0: they are recorded one by one. */
  hotSlot = 0;
  /** Pairs that are counted and not in the stream yet, since the time `pairsFrom`; the other fields are those of the last pair. */
  pairs = 0;
  pairsFrom: Ns = 0;
  pairsTime: Ns = 0;
  pairsTicket = 0;
  pairsSite: SiteId = 0;
  pairsHead = 0;

  constructor(id: DefinitionId) {
    this.id = id;
  }
}
