import type { SharedFiles } from '../../base/environment.ts';
import type {
  Bytes,
  ChildId,
  DefinitionId,
  Ms,
  Ns,
  ResourceId,
  SiteId,
  SourcesId,
  WaitNumber,
} from '../../base/quantities.ts';
import type {
  ChildDefinition,
  Definition,
  IncidentDefinition,
  ProblemDefinition,
  ResourceDefinition,
  Source,
} from '../../trace/format/definitions.ts';
import { KINDS, type KindSpec } from '../../trace/format/kinds.ts';
import { KIND, type Kind, type KindName } from '../../trace/format/records.ts';
import { definitionsName } from '../../trace/format/segment.ts';
import { type AnyFields, type BareKind, type Fields, flagsOf } from '../../trace/writer/fields.ts';
import type { Lane } from '../../trace/writer/lanes.ts';
import { headOf, Ledger } from '../../trace/writer/ledger.ts';
import { LineWriter } from '../../trace/writer/line-writer.ts';
import { TraceWriter } from '../../trace/writer/writer.ts';
import type { Clock } from './clock.ts';
import { UsageMeter } from './usage-meter.ts';
import { WriteSchedule } from './write-schedule.ts';

/** Beyond so many problems no new ones are told: a program may make them without end. */
const MAX_PROBLEMS = 100;
/** The shim's own waits are numbered from here; the runtime numbers its own from 1. */
const FIRST_WAIT = 0x80000001;
/** Samples of processor time that are not older than this need no other, ns; and one of a thread that rests. */
const JUST_SAMPLED: Ns = 5e6;
const RESTS_SAMPLED: Ns = 5e9;
/** Beyond so many incidents no new ones are told, for the same reason. */
const MAX_INCIDENTS = 1000;

export interface RecorderOptions {
  readonly dir: string;
  readonly stream: string;
  readonly maxBytes: number;
  readonly clock: Clock;
  /** Where a worker thread collects the records that it has not written, so that they can be saved when it is stopped. */
  readonly lane?: Lane | undefined;
}

/** A new definition as its caller gives it: the required fields, and any others but its id. */
type New<D, Required extends keyof D> = Pick<D, Required> & Partial<Omit<D, Required | 'type' | 'id'>>;

/** Writes this thread's stream: its definitions and its records. */
export class Recorder {
  readonly clock: Clock;
  readonly #lines: LineWriter;
  readonly #writer: TraceWriter;
  readonly #ledger: Ledger;
  readonly #schedule: WriteSchedule;
  readonly #usage: UsageMeter;
  readonly #lane: Lane | undefined;
  #nextId = 1;
  #nextWait = FIRST_WAIT;
  #finished = false;
  #quiescent = false;
  readonly #problems = new Set<string>();
  #incidents = 0;
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
    this.#schedule = new WriteSchedule(this.#writer, this.#ledger);
    this.#usage = new UsageMeter(this.#ledger, clock.now());
  }

  /** Time of the last record. */
  get lastActivity(): Ns {
    return this.#schedule.lastActivity;
  }

  get openWaits(): number {
    return this.#ledger.openWaits;
  }

  define(definition: Definition): void {
    this.#lines.write(definition, this.clock.now(), this.#writer.slot);
    if (this.#lane) this.#lane.lines = this.#lines.count;
  }

  /** Defines a resource of this stream; what is not given is empty, or 0. */
  defineResource(about: New<ResourceDefinition, 'key' | 'kind'>): ResourceId {
    const id: ResourceId = this.#nextId++;
    this.define({ type: 'resource', name: '', capacity: 0, peerKey: '', ...about, id });
    return id;
  }

  /** Defines a child of this thread, a process or a worker thread; what is not given is empty. */
  defineChild(about: New<ChildDefinition, 'spawnKey' | 'api'>): ChildId {
    const id: ChildId = this.#nextId++;
    this.define({ type: 'child', name: '', file: '', argv: [], daemon: false, ...about, id });
    return id;
  }

  /** Defines what a resting thread waits for, as it is now. */
  defineSources(complete: boolean, list: readonly Source[]): SourcesId {
    const id: SourcesId = this.#nextId++;
    this.define({ type: 'sources', id, time: this.clock.now(), complete, list });
    return id;
  }

  /** Runs `work`, and writes what it has defined and recorded at its end, by few system calls. */
  together(work: () => void): void {
    // A reader sees mapped records at once: the definitions that they name must have been written before them.
    if (this.#schedule.isHeld || this.#writer.mapped) {
      work();
      return;
    }
    this.#schedule.hold();
    try {
      // The thread may be stopped here, and another saves its records: their definitions must have been written.
      if (this.#lane) work();
      else this.#lines.together(work);
    } finally {
      this.#schedule.release();
      this.flush();
    }
  }

  /** A number for a wait that the shim itself sees begin. */
  newWait(): WaitNumber {
    return this.#nextWait++;
  }

  /** Says once what could not be traced. */
  problem(code: string, message: string): void {
    const definition: ProblemDefinition = { type: 'problem', code, message };
    const key = `${code} ${message}`;
    if (this.#problems.has(key) || this.#problems.size >= MAX_PROBLEMS) return;
    this.#problems.add(key);
    this.define(definition);
  }

  /** Defines an incident: something that may explain why a thread ended, or says nothing any more. */
  incident(incident: Omit<IncidentDefinition, 'type' | 'time'>): void {
    if (++this.#incidents > MAX_INCIDENTS) return;
    this.define({ type: 'incident', time: this.clock.now(), ...incident });
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

  /** A message goes into a channel. Arguments by position, here and in the methods that follow: a call for every message must not allocate. */
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
    target: DefinitionId,
    site: SiteId,
    n: number,
    value: number,
  ): void {
    const schedule = this.#schedule;
    schedule.lastActivity = time;
    if (this.#quiescent) this.#resume(time);
    this.#ledger.record(time, headOf(kind, flags, task), target, site, n, value);
    if (time >= schedule.due || this.#lane?.closing) this.#recorded(time);
  }

  #recorded(time: Ns): void {
    if (time >= this.#usage.due) this.#sample(time);
    this.#schedule.recorded(time);
    const tell = this.#onActivity;
    this.#onActivity = undefined;
    tell?.();
  }

  /** Calls `tell` once, after the next record. */
  watchActivity(tell: () => void): void {
    this.#onActivity = tell;
    this.#schedule.expectNext();
  }

  /** Another process is about to get a message from this one: see `WriteSchedule.beforeMessage`. */
  flushBeforeMessage(): void {
    this.#schedule.beforeMessage();
  }

  /**
   * The thread has nothing to do: `handles` and `timers` may wake it beside its waits. `sources`: id of the definition that
   * lists what they are.
   */
  quiesce(handles: number, timers: number, sources: SourcesId): void {
    this.#quiescent = false;
    this.#sampleIfOlder(JUST_SAMPLED);
    this.record('quiescent', { sources, handles, timers });
    this.#quiescent = true;
    this.#schedule.write();
  }

  /** The thread still rests, and nothing but looks at it has happened meanwhile. */
  stillRests(): void {
    if (this.#sampleIfOlder(RESTS_SAMPLED)) this.#schedule.write();
  }

  #sampleIfOlder(ns: Ns): boolean {
    const time = this.clock.now();
    if (time - this.#usage.at < ns) return false;
    this.#sample(time);
    return true;
  }

  #sample(time: Ns, isLast = false): void {
    try {
      this.#usage.sample(time, isLast);
    } catch (error) {
      this.#usage.due = Number.POSITIVE_INFINITY;
      this.problem('shim-usage', String(error));
    }
  }

  /** The end of the thread is recorded. What the thread still does after that is recorded too, and written at once. */
  get finished(): boolean {
    return this.#finished;
  }

  get quiescent(): boolean {
    return this.#quiescent;
  }

  /** Before each {@link flush}, `record` is called: it records what its probe has only counted so far. */
  beforeFlush(record: () => void): void {
    this.#sums.push(record);
  }

  /** Writes all that has happened so far. To be called before anything that may block or end the thread. */
  flush(): void {
    for (const record of this.#sums) record();
    this.#schedule.write();
  }

  /** Writes all that has happened so far, and from now on each record at once: the thread may be stopped at any moment. */
  writeThrough(): void {
    for (const record of this.#sums) record();
    this.#ledger.settle();
    this.#writer.writeThrough();
    this.#schedule.expectNext();
  }

  /** Brings counted lock pairs into the stream, and writes all that has happened so far. */
  settle(): void {
    this.#ledger.settle();
    this.flush();
  }

  /** Puts the following records into mapped files, which keep them whatever happens to this process. */
  mapWith(files: SharedFiles): void {
    this.flush();
    this.#writer.useSink(files);
  }

  /** Records that the thread ends with `code`, and seals its stream. */
  finish(code: number): void {
    if (this.#finished) return;
    for (const record of this.#sums) record();
    this.#sample(this.clock.now(), true);
    this.#finished = true;
    this.record('processExit', { code });
    this.#ledger.settle();
    this.#writer.finish();
    this.#schedule.expectNext();
  }

  #resume(time: Ns): void {
    this.#quiescent = false;
    this.#schedule.writeNext();
    this.#ledger.record(time, headOf(KIND.resumed, 0, 0), 0, 0, 0, 0);
  }
}
