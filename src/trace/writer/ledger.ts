import type { DefinitionId, Ns, SiteId, WaitNumber } from '../../base/quantities.ts';
import { FLAG, isWait, KIND } from '../format/records.ts';
import { HELD_SLOT, HOT_SLOTS } from '../format/segment.ts';
import { HotSlots } from './hot-slots.ts';
import type { Held, OpenWait } from './ledger-state.ts';
import { ResourceState } from './ledger-state.ts';
import type { Checkpoint, TraceWriter } from './writer.ts';

/** Pairs that must come within {@link WINDOW_NS} (20,000 a second) before a resource's pairs are counted, not recorded. */
const WINDOW_PAIRS = 64;
const WINDOW_NS = (WINDOW_PAIRS / 20_000) * 1e9;
/** When this long, ns, no pair of a resource has come, its pairs are recorded one by one again. */
const COLD_NS: Ns = 5e6;
/** Counted pairs enter the stream at least this often, ns, so that a live view sees them grow. */
const MAX_COUNTING_NS: Ns = 100e6;
const CHECKPOINT = FLAG.checkpoint << 8;
/** Constants of their own: as properties of `KIND` they would be looked up for every record. */
const { acquire, release, send, receive } = KIND;

/** `kind | flags << 8 | task << 16`, the third word of a record. */
export function headOf(kind: number, flags: number, task: number): number {
  return kind | (flags << 8) | (task << 16);
}

/**
 * Knows what its thread holds and waits for, for the checkpoints that open segments, and coalesces uncontended lock
 * pairs that come fast. Only pairs taken while the thread holds nothing else are coalesced, so that the order in which
 * locks are nested is never lost.
 */
export class Ledger implements Checkpoint {
  readonly #writer: TraceWriter;
  readonly #hot: HotSlots;
  readonly #states: (ResourceState | undefined)[] = [];
  readonly #counting: ResourceState[] = [];
  readonly #freeSlots = Array.from({ length: HOT_SLOTS - 1 }, (_, i) => i + 1);
  readonly #waits = new Map<WaitNumber, OpenWait>();
  /** The `subject` of open waits that have one, by their numbers. */
  readonly #subjects = new Map<WaitNumber, OpenWait>();
  #known = 0;
  #heldCount = 0;
  /** The resource whose last acquisition stands in the hot slot and nowhere else; the acquisition's fields follow. */
  #hotState: ResourceState | undefined;
  #hotTime: Ns = 0;
  #hotHead = 0;
  #hotSite: SiteId = 0;
  #hotTicket = 0;
  #time: Ns = 0;

  constructor(writer: TraceWriter) {
    this.#writer = writer;
    this.#hot = new HotSlots(writer);
    writer.checkpoint = this;
  }

  /** Waits that have begun and not ended. */
  get openWaits(): number {
    return this.#waits.size;
  }

  /** Records one event; `head`: see {@link headOf}, the others as in the record. */
  record(time: Ns, head: number, resource: DefinitionId, site: SiteId, n: number, value: number): void {
    this.#time = time;
    const kind = head & 0xff;
    if (kind === acquire) this.#acquire(time, head, resource, site, n, value);
    else if (kind === release) this.#release(time, head, resource, site, n);
    else {
      // The thread may now stand still or end: the pairs counted so far must be in its stream before, or a view would never get them.
      if (this.#counting.length > 0 && kind !== send && kind !== receive) this.#settle();
      this.#writer.append(time, head, resource, site, n, value);
      this.#note(kind, time, head, resource, site, n, value);
    }
  }

  /** Brings the counted pairs, and the acquisition in the hot slot, into the stream. */
  settle(): void {
    if (this.#counting.length > 0) this.#settle();
  }

  size(): number {
    return this.#heldCount + this.#waits.size + this.#subjects.size + this.#known * 5 + HOT_SLOTS + 1;
  }

  write(): void {
    const again: OpenWait[] = [...this.#waits.values(), ...this.#subjects.values()];
    for (const state of this.#states) {
      if (!state) continue;
      this.#totals(state);
      for (const held of state.held) again.push({ ...held, n: held.ticket, value: held.wait });
    }
    again.sort((a, b) => a.time - b.time);
    for (const r of again) this.#writer.append(r.time, r.head | CHECKPOINT, r.resource, r.site, r.n, r.value);
    this.#settle();
  }

  /** Called after the record is appended: that may open a segment, whose checkpoint must tell the state before the record. */
  #note(
    kind: number,
    time: Ns,
    head: number,
    resource: DefinitionId,
    site: SiteId,
    n: number,
    value: number,
  ): void {
    if (kind === send) {
      const state = this.#state(resource);
      state.sent++;
      state.sentBytes += value;
    } else if (kind === KIND.sendRejected && n !== 0) {
      this.#state(resource).sent--;
    } else if (kind === receive) {
      const state = this.#state(resource);
      state.received++;
      state.receivedBytes += value;
    } else if (kind === KIND.waitEnd) {
      this.#waits.delete(n);
      this.#subjects.delete(n);
    } else if (kind === KIND.subject) this.#subjects.set(n, { time, head, resource, site, n, value });
    else if (isWait(kind)) this.#waits.set(n, { time, head, resource, site, n, value });
  }

  #acquire(
    time: Ns,
    head: number,
    resource: DefinitionId,
    site: SiteId,
    ticket: number,
    wait: WaitNumber,
  ): void {
    const state = this.#state(resource);
    if (state.hotSlot > 0) {
      if (wait === 0 && this.#heldCount === 0 && !this.#hotState && this.#isHot(state, time)) {
        this.#hotState = state;
        this.#hotTime = time;
        this.#hotHead = head;
        this.#hotSite = site;
        this.#hotTicket = ticket;
        this.#hot.write(HELD_SLOT, time, head, resource, site, ticket, 0);
        return;
      }
    }
    if (this.#counting.length > 0) this.#settle();
    this.#append(state, { time, head, resource, site, ticket, wait });
  }

  #release(time: Ns, head: number, resource: DefinitionId, site: SiteId, ticket: number): void {
    const state = this.#state(resource);
    if (this.#hotState === state && this.#hotTicket === ticket) {
      this.#countPair(state);
      return;
    }
    if (this.#counting.length > 0) this.#settle();
    this.#writer.append(time, head, resource, site, ticket, 0);
    this.#forget(state, ticket, time);
  }

  /** Whether pairs of this resource still come fast enough to be counted. Brings them into the stream when it is time. */
  #isHot(state: ResourceState, time: Ns): boolean {
    if (time - state.pairsTime > COLD_NS) {
      this.#settle();
      this.#cool(state);
      return false;
    }
    if (state.pairs > 0 && time - state.pairsFrom > MAX_COUNTING_NS) this.#settlePairs(state);
    return true;
  }

  #countPair(state: ResourceState): void {
    if (state.pairs === 0) state.pairsFrom = this.#hotTime;
    state.pairs++;
    state.pairsTime = this.#hotTime;
    state.pairsTicket = this.#hotTicket;
    state.pairsSite = this.#hotSite;
    state.pairsHead = (this.#hotHead & ~0xff) | KIND.pairs;
    this.#hotState = undefined;
    const { hotSlot, pairsTime, pairsHead, id, pairsSite, pairsTicket, pairs } = state;
    this.#hot.write(hotSlot, pairsTime, pairsHead, id, pairsSite, pairsTicket, pairs);
  }

  #forget(state: ResourceState, ticket: number, time: Ns): void {
    const { held } = state;
    const index =
      held.length === 1 && held[0]!.ticket === ticket ? 0 : held.findIndex((h) => h.ticket === ticket);
    if (index < 0) return;
    const was = held[index]!;
    if (held.length === 1) held.length = 0;
    else held.splice(index, 1);
    this.#heldCount--;
    if (was.wait === 0 && this.#heldCount === 0) this.#watchRate(state, was, time);
  }

  #watchRate(state: ResourceState, was: Held, time: Ns): void {
    // A worker that is stopped is saved from its lane, and counts are not in it.
    if (state.hotSlot > 0 || (this.#writer.outlivesThread && !this.#writer.mapped)) return;
    if (state.windowPairs === 0) state.windowStart = was.time;
    if (++state.windowPairs < WINDOW_PAIRS) return;
    state.windowPairs = 0;
    if (time - state.windowStart > WINDOW_NS) return;
    if (this.#freeSlots.length === 0) this.#coolOldest();
    state.hotSlot = this.#freeSlots.pop()!;
    state.pairsTime = time;
    this.#counting.push(state);
  }

  #coolOldest(): void {
    const oldest = this.#counting[0]!;
    this.#settlePairs(oldest);
    this.#cool(oldest);
  }

  #cool(state: ResourceState): void {
    this.#freeSlots.push(state.hotSlot);
    state.hotSlot = 0;
    state.windowPairs = 0;
    this.#counting.splice(this.#counting.indexOf(state), 1);
  }

  #settle(): void {
    for (const state of this.#counting) if (state.pairs > 0) this.#settlePairs(state);
    const state = this.#hotState;
    if (!state) return;
    this.#hotState = undefined;
    this.#append(state, {
      time: this.#hotTime,
      head: this.#hotHead,
      resource: state.id,
      site: this.#hotSite,
      ticket: this.#hotTicket,
      wait: 0,
    });
    this.#hot.clear(HELD_SLOT);
  }

  #append(state: ResourceState, held: Held): void {
    this.#writer.append(held.time, held.head, held.resource, held.site, held.ticket, held.wait);
    state.held.push(held);
    state.acquisitions++;
    this.#heldCount++;
  }

  #settlePairs(state: ResourceState): void {
    const { pairsTime, pairsHead, id, pairsSite, pairsTicket, pairs } = state;
    // Before the append, unlike everywhere else: it may open a segment, whose checkpoint would append these pairs once more.
    state.pairs = 0;
    this.#writer.append(pairsTime, pairsHead, id, pairsSite, pairsTicket, pairs);
    state.acquisitions += pairs;
    this.#hot.clear(state.hotSlot);
  }

  #totals(state: ResourceState): void {
    const { id, acquisitions, sent, sentBytes, received, receivedBytes } = state;
    if (acquisitions > 0) this.#total(id, 0, acquisitions, 0);
    if (sent > 0) this.#total(id, 0, sent, sentBytes);
    if (received > 0) this.#total(id, FLAG.signal, received, receivedBytes);
  }

  #total(id: DefinitionId, flags: number, count: number, bytes: number): void {
    const high = Math.floor(bytes / 2 ** 32);
    const f = flags | FLAG.checkpoint;
    this.#writer.append(this.#time, headOf(KIND.total, f, 0), id, 0, count | 0, bytes | 0);
    if (high > 0) this.#writer.append(this.#time, headOf(KIND.totalHigh, f, 0), id, 0, 0, high);
  }

  #state(id: DefinitionId): ResourceState {
    let state = this.#states[id];
    if (!state) {
      state = new ResourceState(id);
      this.#states[id] = state;
      this.#known++;
    }
    return state;
  }
}
