import { duration } from '../../../base/units.ts';
import type {
  CallSite,
  Finding,
  FlowView,
  Model,
  ProcessView,
  SliceView,
  ThreadView,
  WaitSpan,
} from '../../../model/index.ts';
import { baseName, english, Labels, trackStateText } from '../../../model/words/index.ts';

export interface ExportProcess {
  /** The pid, or a number of its own where a later process had the same pid: viewers know no such thing. */
  readonly number: number;
  readonly view: ProcessView;
  readonly threads: readonly ExportThread[];
}
export interface ExportThread {
  /** Unique over all processes: the process's number for its main thread. */
  readonly number: number;
  readonly process: number;
  readonly view: ThreadView;
}

/** A message whose two threads are known. */
export interface ExportFlow {
  readonly flow: FlowView;
  readonly from: ExportThread;
  readonly to: ExportThread;
  /** Of the channel, else `message`. */
  readonly name: string;
}
export interface ExportFinding {
  readonly finding: Finding;
  /** Number of one of its processes. */
  readonly process: number;
}

/** What an export format makes of each thing, in the order in which {@link ExportTimeline.events} asks. */
export interface EventMaker<Event> {
  /** @param order 0 for the first process */
  process(process: ExportProcess, order: number): Iterable<Event>;
  thread(thread: ExportThread): Iterable<Event>;
  /** @param id 1 for the first flow */
  flow(flow: ExportFlow, id: number): Iterable<Event>;
  finding(finding: ExportFinding): Iterable<Event>;
}

/** Above all pids of real systems (Linux: 4,194,304). */
const FIRST_OWN_NUMBER = 10_000_000;
/** Name of a thread's counter. */
export const PROCESSOR_USE = '% on a processor';
/** More arrows make every viewer unusable; the slowest are kept. */
const MOST_FLOWS = 1_000_000;

/** What every export format is made of: numbers for processes and threads, slices, arrows, findings. */
export class ExportTimeline {
  readonly model: Model;
  readonly processes: readonly ExportProcess[];
  readonly threads: ReadonlyMap<string, ExportThread>;
  readonly end: number;
  readonly #labels: Labels;

  constructor(model: Model) {
    this.model = model;
    this.end = model.end ?? model.lastTime;
    this.processes = numbered(model.processes());
    this.threads = new Map(this.processes.flatMap(({ threads }) => threads.map((t) => [t.view.id, t])));
    const processes = model.processes();
    this.#labels = new Labels(english, {
      processes,
      channels: model.channels(),
      resources: model.resources(),
    });
  }

  /** The states of a thread within its life, so that they nest inside of its slice. */
  *innerSlices(
    thread: ThreadView,
  ): Generator<{ readonly slice: SliceView; readonly from: number; readonly to: number }> {
    const end = thread.end ?? this.end;
    for (const slice of this.model.slices(thread.id, { start: 0, end: this.end }, Number.MAX_SAFE_INTEGER)) {
      const from = Math.max(slice.start, thread.start);
      const to = Math.min(slice.end ?? end, end);
      if (slice.state !== 'exited' && to >= from) yield { slice, from, to };
    }
  }
  /** Of each stretch between two looks at a thread the percentage of it on a processor, from its begin; the last is the end of what is known. */
  *processorUse(thread: ThreadView): Generator<{ readonly time: number; readonly percent: number }> {
    let before = { time: thread.start, used: 0 };
    for (const point of this.model.usage(thread.id)) {
      const length = point.time - before.time;
      if (length > 0)
        yield { time: before.time, percent: Math.min(100, (100 * (point.used - before.used)) / length) };
      before = point;
    }
    if (before.used > 0) yield { time: before.time, percent: 0 };
  }
  /** Of a slice, in words: where, and how much of it the thread was on a processor. */
  sliceArgs({ site, busy, ready }: SliceView, redact: boolean): Readonly<Record<string, string>> {
    return {
      ...(site !== null && { at: siteText(site, redact) }),
      ...(busy !== null && { [trackStateText(english, 'running')]: duration(busy) }),
      ...(busy !== null && ready > 0 && { [trackStateText(english, 'ready')]: duration(ready) }),
    };
  }
  /** A main thread's slice is called like its process: that is what people look for. */
  threadName(thread: ThreadView, redact: boolean): string {
    const process = thread.threadId === 0 ? this.model.process(thread.process) : undefined;
    return process === undefined ? thread.name : exportedName(process, redact);
  }
  /** Everything of the session, in the words of one format. Each process comes before its threads. */
  *events<Event>(maker: EventMaker<Event>): Generator<Event> {
    for (const [order, process] of this.processes.entries()) yield* maker.process(process, order);
    for (const thread of this.threads.values()) yield* maker.thread(thread);
    let id = 0;
    for (const flow of this.#flows()) yield* maker.flow(flow, ++id);
    for (const finding of this.#findings()) yield* maker.finding(finding);
  }
  *#flows(): Generator<ExportFlow> {
    for (const flow of this.model.flows({ start: 0, end: this.end }, MOST_FLOWS)) {
      const from = this.threads.get(flow.fromThread);
      const to = this.threads.get(flow.toThread);
      const name = this.#labels.shortResource(flow.resource);
      if (from !== undefined && to !== undefined) yield { flow, from, to, name };
    }
  }
  /** Once for each of a finding's processes. */
  *#findings(): Generator<ExportFinding> {
    const numbers = new Map(this.processes.map(({ number, view }) => [view.id, number]));
    for (const finding of this.model.findings()) {
      for (const id of finding.processes) {
        const process = numbers.get(id);
        if (process !== undefined) yield { finding, process };
      }
    }
  }
  /** `waits for lock A`. */
  waitName(wait: WaitSpan): string {
    return this.#labels.pastWait(wait);
  }
  /** `lock A`. */
  resourceName(id: string): string {
    return this.#labels.resource(id);
  }
  /** `lock A`, `receive jobs`, or the state alone. */
  sliceName({ state, resource }: SliceView): string {
    if (resource !== null && state === 'lock') return this.#labels.resource(resource);
    const word = trackStateText(english, state);
    return resource === null ? word : `${word} ${this.#labels.shortResource(resource)}`;
  }
}

/** @param redact without folders */
function siteText({ file, line, column }: CallSite, redact: boolean): string {
  return `${redact ? baseName(file) : file}:${line}:${column}`;
}

function numbered(views: readonly ProcessView[]): ExportProcess[] {
  const taken = new Set<number>();
  let next = FIRST_OWN_NUMBER;
  return views.map((view) => {
    const own = taken.has(view.pid) || view.pid <= 0 ? next++ : view.pid;
    taken.add(own);
    const threads = view.threads.map((thread) => ({
      number: thread.threadId === 0 ? own : next++,
      process: own,
      view: thread,
    }));
    return { number: own, view, threads };
  });
}

/** Names tell equal processes apart by their arguments, which may hold secrets. */
export function exportedName({ name, pid }: ProcessView, redact: boolean): string {
  return redact && name.includes(' ') ? `${name.split(' ')[0]} (${pid})` : name;
}
