import { conditionText, english } from '../../model/words/index.ts';
import type { ExportContent } from './core/content.ts';
import type {
  ExportFinding,
  ExportFlow,
  ExportProcess,
  ExportThread,
  ExportTimeline,
} from './core/timeline.ts';
import { exportedName, PROCESSOR_USE } from './core/timeline.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Chrome's Trace Event format (JSON object form), which Perfetto, Speedscope and Chrome open. Times are microseconds with
 * three decimals, so nanoseconds survive.
 */
export function writeChrome(
  timeline: ExportTimeline,
  options: ExportContent,
  write: (text: string) => void,
): void {
  write('{"displayTimeUnit":"ns","traceEvents":[\n');
  let separator = '';
  const event = (json: Json): void => {
    write(separator + JSON.stringify(json));
    separator = ',\n';
  };
  const maker = {
    process: (process: ExportProcess, order: number) => processEvents(process, order, timeline, options),
    thread: (thread: ExportThread) => threadEvents(thread, timeline, options),
    flow: flowEvents,
    finding: findingEvents,
  };
  for (const json of timeline.events<Json>(maker)) event(json);
  write('\n],"metadata":{"creator":"Forkscope"}}\n');
}

function us(ns: number): number {
  return Math.round(ns) / 1000;
}

/** Begin and length of a slice, from ends that are rounded first: so a slice never reaches out of the one around it. */
function span(from: number, to: number): { readonly ts: number; readonly dur: number } {
  return { ts: us(from), dur: (Math.round(to) - Math.round(from)) / 1000 };
}

function* processEvents(
  { number, view }: ExportProcess,
  order: number,
  timeline: ExportTimeline,
  { redact }: ExportContent,
): Generator<Json> {
  const about = { ph: 'M', pid: number, ts: 0 };
  yield { ...about, name: 'process_name', args: { name: exportedName(view, redact) } };
  yield { ...about, name: 'process_sort_index', args: { sort_index: order } };
  const labels = [view.api ?? '', view.instrumented ? '' : conditionText(english, 'untraced')]
    .filter(Boolean)
    .join(', ');
  if (labels !== '') yield { ...about, name: 'process_labels', args: { labels } };
  if (view.threads.length > 0) return;
  // A process without a shim has no threads that are known: its life is one slice.
  const args = redact ? {} : { argv: view.argv.join(' ') };
  yield {
    ph: 'X',
    cat: 'process',
    pid: number,
    tid: number,
    ...span(view.start, view.end ?? timeline.end),
    name: exportedName(view, redact),
    args,
  };
}

/** The thread's life is a slice; its states are slices inside of it. */
function* threadEvents(
  thread: ExportThread,
  timeline: ExportTimeline,
  { redact }: ExportContent,
): Generator<Json> {
  const { view, number: tid, process: pid } = thread;
  const process = timeline.model.process(view.process);
  yield { ph: 'M', pid, tid, ts: 0, name: 'thread_name', args: { name: view.name } };
  const end = view.end ?? timeline.end;
  const args = {
    ...(process?.exitCode != null && { exitCode: process.exitCode }),
    ...(process?.signal != null && { signal: process.signal }),
    ...(!redact && process !== undefined && { argv: process.argv.join(' ') }),
  };
  yield {
    ph: 'X',
    cat: 'thread',
    pid,
    tid,
    ...span(view.start, end),
    name: timeline.threadName(view, redact),
    args,
  };
  for (const { slice, from, to } of timeline.innerSlices(view)) {
    yield {
      ph: 'X',
      cat: slice.state,
      pid,
      tid,
      ...span(from, to),
      name: timeline.sliceName(slice),
      args: timeline.sliceArgs(slice, redact),
    };
  }
  for (const { time, percent } of timeline.processorUse(view)) {
    const args = { percent: Math.round(percent * 10) / 10 };
    yield { ph: 'C', cat: 'processor', pid, id: String(tid), ts: us(time), name: PROCESSOR_USE, args };
  }
}

function* flowEvents({ flow, from, to, name }: ExportFlow, id: number): Generator<Json> {
  const about = { cat: 'message', name, id };
  const args = { n: flow.n, bytes: flow.bytes };
  yield { ...about, ph: 's', pid: from.process, tid: from.number, ts: us(flow.sendTime), args };
  yield { ...about, ph: 'f', bp: 'e', pid: to.process, tid: to.number, ts: us(flow.receiveTime) };
}

function* findingEvents({ finding, process }: ExportFinding): Generator<Json> {
  const { kind, certainty, title, explanation, fix, time } = finding;
  const args = { certainty, title, explanation, fix };
  yield { ph: 'i', s: 'p', cat: 'finding', pid: process, tid: process, ts: us(time), name: kind, args };
}
