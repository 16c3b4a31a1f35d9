import type { SharedFiles } from '../../base/environment.ts';
import type { Bytes, ChildId, Ms, Ns, ResourceId, SiteId, WaitNumber } from '../../base/quantities.ts';
import type { Definition, ProblemDefinition } from '../../trace/format/definitions.ts';
import { KINDS, type KindSpec } from '../../trace/format/kinds.ts';
import { KIND, type Kind, type KindName } from '../../trace/format/records.ts';
import { definitionsName } from '../../trace/format/segment.ts';
import { type AnyFields, type BareKind, type Fields, flagsOf } from '../../trace/writer/fields.ts';
import type { Lane } from '../../trace/writer/lanes.ts';
import { headOf, Ledger } from '../../trace/writer/ledger.ts';
import { LineWriter } from '../../trace/writer/line-writer.ts';
import { TraceWriter } from '../../trace/writer/writer.ts';
import type { Clock } from './clock.ts';
import { natives } from './natives.ts';

/** A record this long after the last write is written at once, ns. Others wait for the end of the callback, or of the turn. */
const AGE_NS = 1e6;
/** How often a thread whose records are mapped is asked whether they still are, ns. */
const MAPPED_NS = 20e6;
/** As often a message to another process is worth a write of its own, and so many more after a pause. */
const PROMPT_NS = 1e6;
const PROMPT_BURST = 64;
const MAX_PROBLEMS = 100;

export interface RecorderOptions {
  readonly dir: string;
  readonly stream: string;
  readonly maxBytes: number;
  readonly clock: Clock;
  /** Of a worker thread: where it collects what it has not written. */
  readonly lane?: Lane | undefined;
}

/** Writes this thread's stream: definitions, records, and when a batch goes out. */
export class Recorder {
  readonly clock: Clock;
  readonly #lines: LineWriter;
  readonly #writer: TraceWriter;
  readonly #ledger: Ledger;
  readonly #lane: Lane | undefined;
  #ids = 0;
  #waits = 0x80000000;
  #flushedAt = Number.NEGATIVE_INFINITY;
  /** A record of this time or later asks what is to be done about the batch, and who wants to know of it. */
  #due = Number.NEGATIVE_INFINITY;
  #planned = false;
  /** The last write was planned: one more callback, soon after it, is one of many. */
  #busy = false;
  /** Up to when writes for messages are used up. */
  #promptUntil = Number.NEGATIVE_INFINITY;
  #finished = false;
  #together = false;
  #quiescent = false;
  readonly #problems = new Set<string>();
  /** Time of the last record. */
  lastActivity = 0;
  /** Called by the first record after each call of `watchActivity`. */
  #onActivity: (() => void) | undefined;
  readonly #sums: (() => void)[] = [];

  constructor(options: RecorderOptions) {
    const { dir, stream, maxBytes, clock, lane } = options;
    this.clock = clock;
    this.#lane = lane;
    this.#lines = new LineWriter(`${dir}/${definitionsName(stream)}`);
    this.#writer = new TraceWriter({ dir, stream, maxBytes, definitions: this.#lines, lane });
    this.#ledger = new Ledger(this.#writer);
  }

  get openWaits(): number {
    return this.#ledger.openWaits;
  }

  define(definition: Definition): void {
    this.#lines.write(definition, this.clock.now(), this.#writer.slot);
    if (this.#lane) this.#lane.lines = this.#lines.count;
  }

  /** What `work` defines and records goes out at its end: the definitions before what uses them. */
  together(work: () => void): void {
    // Mapped records are seen at once: what they use must be there.
    if (this.#together || this.#writer.mapped) {
      work();
      return;
    }
    this.#together = true;
    try {
      // Who saves the records of a thread that is stopped here must find their definitions.
      if (this.#lane) work();
      else this.#lines.together(work);
    } finally {
      this.#together = false;
      this.flush();
    }
  }

  /** A new id for a definition of this stream: a resource or a child. */
  newId(): number {
    return ++this.#ids;
  }

  /** A number for a wait that the shim itself sees begin. The runtime numbers its own from 1. */
  newWait(): number {
    return ++this.#waits;
  }

  /** Says once what could not be traced. */
  problem(code: string, message: string): void {
    const definition: ProblemDefinition = { type: 'problem', code, message };
    const key = `${code} ${message}`;
    if (this.#problems.has(key) || this.#problems.size >= MAX_PROBLEMS) return;
    this.#problems.add(key);
    this.define(definition);
  }

  /** Records one event, now. Numbers are cut to 32 bits. */
  record<K extends BareKind>(kind: K, fields?: Fields<K>): void;
  record<K extends KindName>(kind: K, fields: Fields<K>): void;
  record(kind: KindName, fields: AnyFields = {}): void {
    const spec: KindSpec = KINDS[kind];
    const { on, n, value } = spec;
    this.recordAt(
      this.clock.now(),
      KIND[kind],
      flagsOf(spec, fields),
      fields.task ?? 0,
      (on && fields[on]) ?? 0,
      fields.site ?? 0,
      (n && fields[n]) ?? 0,
      (value && fields[value]) ?? 0,
    );
  }

  /** A message goes into a channel. By position, as all that follows: what every message passes must not allocate. */
  send(time: Ns, resource: ResourceId, site: SiteId, flags: number, position: number, bytes: Bytes): void {
    this.recordAt(time, KIND.send, flags, 0, resource, site, position, bytes);
  }

  /** A message has come out of a channel. */
  receive(time: Ns, resource: ResourceId, site: SiteId, flags: number, position: number, bytes: Bytes): void {
    this.recordAt(time, KIND.receive, flags, 0, resource, site, position, bytes);
  }

  /** Sleepers of shared memory were woken. */
  notify(time: Ns, resource: ResourceId, site: SiteId, flags: number, asked: number, woken: number): void {
    this.recordAt(time, KIND.notify, flags, 0, resource, site, asked, woken);
  }

  /** `Atomics.wait` begins; `timeoutMs` counts with FLAG.timeout. */
  beginAtomicsWait(
    time: Ns,
    resource: ResourceId,
    site: SiteId,
    flags: number,
    wait: WaitNumber,
    timeoutMs: Ms,
  ): void {
    this.recordAt(time, KIND.waitAtomics, flags, 0, resource, site, wait, timeoutMs);
  }

  /** The wait for `awaited` ends now. */
  endWait(awaited: ResourceId | ChildId, flags: number, wait: WaitNumber): void {
    this.recordAt(this.clock.now(), KIND.waitEnd, flags, 0, awaited, 0, wait, 0);
  }

  /**
   * The event of a kind that is known by its number only (those of the runtime, one channel each): `target`, `n` and `value` are
   * what the kind's entry in `KINDS` says.
   */
  recordAt(
    time: Ns,
    kind: Kind,
    flags: number,
    task: number,
    target: ResourceId | ChildId,
    site: SiteId,
    n: number,
    value: number,
  ): void {
    this.lastActivity = time;
    if (this.#quiescent) this.#resume(time);
    this.#ledger.record(time, headOf(kind, flags, task), target, site, n, value);
    if (time >= this.#due || this.#lane?.closing) this.#recorded(time);
  }

  #recorded(time: number): void {
    this.#due = this.#writer.mapped ? time + MAPPED_NS : this.#batch(time);
    const tell = this.#onActivity;
    this.#onActivity = undefined;
    tell?.();
  }

  /** `tell` is called once, after the next record. */
  watchActivity(tell: () => void): void {
    this.#onActivity = tell;
    this.#due = Number.NEGATIVE_INFINITY;
  }

  /**
   * Another process is told something, and may end this one for it within the same callback: what is recorded goes out
   * before, unless there is more of this than writes are worth.
   */
  told(): void {
    const now = this.lastActivity;
    if (now < this.#promptUntil || !this.#writer.pending) return;
    this.#promptUntil = Math.max(this.#promptUntil, now - PROMPT_BURST * PROMPT_NS) + PROMPT_NS;
    this.#write();
  }

  /**
   * The thread has nothing to do: `handles` and `timers` may wake it beside its waits. `sources`: id of the definition that
   * lists what they are.
   */
  quiesce(handles: number, timers: number, sources: number): void {
    this.#quiescent = false;
    this.record('quiescent', { sources, handles, timers });
    this.#quiescent = true;
    this.#write();
  }

  /** The thread has said its end; what it still does is recorded. */
  get finished(): boolean {
    return this.#finished;
  }

  get quiescent(): boolean {
    return this.#quiescent;
  }

  /** `record` records what a probe has only counted so far. It is called before everything must be readable. */
  beforeFlush(record: () => void): void {
    this.#sums.push(record);
  }

  /** Everything that happened so far can be read by others. Call it before anything that may block or end the thread. */
  flush(): void {
    for (const record of this.#sums) record();
    this.#write();
  }

  #write(): void {
    if (this.#writer.mapped || this.#together) return;
    this.#ledger.settle();
    this.#writer.flush();
    this.#flushedAt = this.lastActivity;
    this.#due = Number.NEGATIVE_INFINITY;
  }

  /** The thread may end at any moment without a word: what is recorded from now on is written at once. */
  holdNothing(): void {
    for (const record of this.#sums) record();
    this.#ledger.settle();
    this.#writer.holdNothing();
    this.#due = Number.NEGATIVE_INFINITY;
  }

  /** Counted lock pairs enter the stream. */
  settle(): void {
    this.#ledger.settle();
    this.flush();
  }

  /** Following records go into mapped files, which survive whatever happens to this process. */
  use(files: SharedFiles): void {
    this.flush();
    this.#writer.use(files);
  }

  /** The thread ends with `code`. What comes after this is written at once. */
  finish(code: number): void {
    if (this.#finished) return;
    for (const record of this.#sums) record();
    this.#finished = true;
    this.record('processExit', { code });
    this.#ledger.settle();
    this.#writer.finish();
    this.#due = Number.NEGATIVE_INFINITY;
  }

  #resume(time: number): void {
    this.#quiescent = false;
    this.#ledger.record(time, headOf(KIND.resumed, 0, 0), 0, 0, 0, 0);
  }

  /** Writes what is collected, or sees to it that it will be. Returns when to ask again. */
  #batch(time: number): number {
    if (this.#together) return Number.NEGATIVE_INFINITY;
    const due = this.#flushedAt + AGE_NS;
    if (time > due || this.#writer.through) {
      this.#busy &&= this.#planned;
      this.#write();
      return Number.NEGATIVE_INFINITY;
    }
    if (!this.#planned) this.#plan();
    return due;
  }

  /** A tick after each of many short callbacks would cost more than what they record. */
  #plan(): void {
    this.#planned = true;
    if (this.#busy) natives.soon(this.#asPlanned);
    else natives.nextTick.call(process, this.#asPlanned);
  }

  readonly #asPlanned = (): void => {
    this.#planned = false;
    this.#busy = true;
    this.#write();
  };
}
