/** One unit of a lock or semaphore that this thread has taken and nobody has been seen to give back. */
export interface Held {
  readonly time: number;
  readonly head: number;
  readonly resource: number;
  readonly site: number;
  readonly ticket: number;
  /** Number of the wait that led here, 0: at once. */
  readonly wait: number;
}
/** A wait that has not ended, or its `subject`; fields as in the record. */
export interface OpenWait {
  readonly time: number;
  readonly head: number;
  readonly resource: number;
  readonly site: number;
  readonly n: number;
  readonly value: number;
}

/** What a ledger knows of one resource of its stream. */
export class ResourceState {
  readonly id: number;
  readonly held: Held[] = [];
  /** Acquisitions that are in the stream. */
  acquisitions = 0;
  sent = 0;
  sentBytes = 0;
  received = 0;
  receivedBytes = 0;
  /** Uncontended pairs since `windowStart`, to see whether they come fast. */
  windowPairs = 0;
  windowStart = 0;
  /** Hot slot in which pairs are counted, 0: they are recorded one by one. */
  hotSlot = 0;
  /** Pairs counted and not in the stream yet, since `pairsFrom`; ticket, site, head and time of the last one. */
  pairs = 0;
  pairsFrom = 0;
  pairsTime = 0;
  pairsTicket = 0;
  pairsSite = 0;
  pairsHead = 0;

  constructor(id: number) {
    this.id = id;
  }
}
