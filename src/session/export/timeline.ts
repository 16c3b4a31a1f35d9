import type {
  CallSite,
  Finding,
  FlowView,
  Model,
  ProcessView,
  SliceView,
  ThreadView,
} from '../../model/index.ts';

/** What every export format is made of: numbers for processes and threads, slices, arrows, findings. */
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

/** Above all pids of real systems (Linux: 4,194,304). */
const FIRST_OWN_NUMBER = 10_000_000;
/** More arrows make every viewer unusable; the slowest are kept. */
const MOST_FLOWS = 1_000_000;

export class ExportTimeline {
  readonly model: Model;
  readonly processes: readonly ExportProcess[];
  readonly threads: ReadonlyMap<string, ExportThread>;
  readonly end: number;
  readonly #names: ReadonlyMap<string, string>;

  constructor(model: Model) {
    this.model = model;
    this.end = model.end ?? model.lastTime;
    this.processes = number(model.processes());
    this.threads = new Map(this.processes.flatMap(({ threads }) => threads.map((t) => [t.view.id, t])));
    this.#names = new Map([...model.channels(), ...model.resources()].map(({ id, name }) => [id, name]));
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
  /** A main thread's slice is called like its process: that is what people look for. */
  threadName(thread: ThreadView): string {
    return (thread.threadId === 0 && this.model.process(thread.process)?.name) || thread.name;
  }
  flows(): readonly FlowView[] {
    return this.model.flows({ start: 0, end: this.end }, MOST_FLOWS);
  }
  findings(): readonly Finding[] {
    return this.model.findings();
  }
  resourceName(id: string | null): string {
    return id === null ? '' : (this.#names.get(id) ?? '');
  }
  /** `lock A`, or the state alone. */
  sliceName({ state, resource: resourceId }: SliceView): string {
    const name = this.resourceName(resourceId);
    return name === '' ? state : `${state} ${name}`;
  }
}

/** @param redact without folders */
export function siteText({ file, line, column }: CallSite, redact: boolean): string {
  return `${redact ? file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1) : file}:${line}:${column}`;
}

function number(views: readonly ProcessView[]): ExportProcess[] {
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
