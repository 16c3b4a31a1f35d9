import protobuf from 'protobufjs/minimal.js';
import type { ExportContent } from './core/content.ts';
import {
  type ExportFinding,
  type ExportFlow,
  type ExportProcess,
  type ExportThread,
  type ExportTimeline,
  exportedName,
  PROCESSOR_USE,
} from './core/timeline.ts';

/** Field numbers of Perfetto's trace format (protos/perfetto/trace in its repository); it never reuses a number. */
const TRACE = { packet: 1 };
const PACKET = { timestamp: 8, sequence: 10, event: 11, track: 60 };
const TRACK = { uuid: 1, name: 2, process: 3, thread: 4, parent: 5, counter: 8 };
const COUNTER = { unitName: 6 };
const PROCESS = { pid: 1, cmdline: 2, name: 6 };
const THREAD = { pid: 1, tid: 2, name: 5 };
const EVENT = { annotation: 4, type: 9, track: 11, category: 22, name: 23, value: 30, flow: 47, flowEnd: 48 };
const ANNOTATION = { text: 6, name: 10 };
const TYPE = { begin: 1, end: 2, instant: 3, counter: 4 };

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const SEQUENCE = 1;
/** Uuids of processes and threads must differ: both are made of the export's numbers. */
const PROCESS_UUID = 2 ** 40;
const COUNTER_UUID = 2 ** 41;

type Writer = protobuf.Writer;

function tag(field: number, type: number): number {
  return (field << 3) | type;
}

/** An embedded message. */
function message(writer: Writer, field: number, fill: (writer: Writer) => void): void {
  writer.uint32(tag(field, BYTES)).fork();
  fill(writer);
  writer.ldelim();
}
function text(writer: Writer, field: number, value: string): void {
  writer.uint32(tag(field, BYTES)).string(value);
}
function varint(writer: Writer, field: number, value: number): void {
  writer.uint32(tag(field, VARINT)).uint64(value);
}

interface TrackEvent {
  readonly time: number;
  readonly track: number;
  readonly type: number;
  readonly category?: string;
  readonly name?: string;
  readonly value?: number;
  readonly flow?: number;
  readonly flowEnd?: number;
  readonly args?: Readonly<Record<string, string>>;
}

/** Writes one packet of its own. */
type Packet = (writer: Writer) => void;

/** Perfetto's own trace format: a sequence of packets, each track's events in their order. */
export function writePerfetto(
  timeline: ExportTimeline,
  options: ExportContent,
  write: (bytes: Uint8Array) => void,
): void {
  const maker = {
    process: (process: ExportProcess) => processPackets(process, timeline, options),
    thread: (thread: ExportThread) => threadPackets(thread, timeline, options),
    flow: (flow: ExportFlow, id: number) => flowEvents(flow, id).map(eventPacket),
    finding: (finding: ExportFinding) => [eventPacket(findingEvent(finding))],
  };
  for (const packet of timeline.events<Packet>(maker)) {
    const writer = protobuf.Writer.create();
    message(writer, TRACE.packet, (inner) => {
      varint(inner, PACKET.sequence, SEQUENCE);
      packet(inner);
    });
    write(writer.finish());
  }
}

function eventPacket(event: TrackEvent): Packet {
  return (writer) => writeEvent(writer, event);
}

function* processPackets(
  process: ExportProcess,
  timeline: ExportTimeline,
  options: ExportContent,
): Generator<Packet> {
  yield (writer) => writeProcess(writer, process, options);
  // Their tracks come before any event: viewers sort tracks in the order in which they are described.
  for (const thread of process.threads) {
    yield (writer) => writeThread(writer, thread);
    yield (writer) => writeCounter(writer, thread);
  }
  for (const event of processEvents(process, timeline, options)) yield eventPacket(event);
}

function* threadPackets(
  thread: ExportThread,
  timeline: ExportTimeline,
  options: ExportContent,
): Generator<Packet> {
  for (const event of threadEvents(thread, timeline, options)) yield eventPacket(event);
}

function writeProcess(writer: Writer, { number, view }: ExportProcess, { redact }: ExportContent): void {
  message(writer, PACKET.track, (track) => {
    varint(track, TRACK.uuid, PROCESS_UUID + number);
    message(track, TRACK.process, (process) => {
      varint(process, PROCESS.pid, number);
      text(process, PROCESS.name, exportedName(view, redact));
      for (const argument of redact ? [] : view.argv) text(process, PROCESS.cmdline, argument);
    });
  });
}

function writeThread(writer: Writer, { number, process, view }: ExportThread): void {
  message(writer, PACKET.track, (track) => {
    varint(track, TRACK.uuid, number);
    varint(track, TRACK.parent, PROCESS_UUID + process);
    message(track, TRACK.thread, (thread) => {
      varint(thread, THREAD.pid, process);
      varint(thread, THREAD.tid, number);
      text(thread, THREAD.name, view.name);
    });
  });
}

/** How much of each moment the thread was on a processor. */
function writeCounter(writer: Writer, { number }: ExportThread): void {
  message(writer, PACKET.track, (track) => {
    varint(track, TRACK.uuid, COUNTER_UUID + number);
    varint(track, TRACK.parent, number);
    text(track, TRACK.name, PROCESSOR_USE);
    message(track, TRACK.counter, (counter) => text(counter, COUNTER.unitName, '%'));
  });
}

function writeEvent(writer: Writer, { time, ...about }: TrackEvent): void {
  varint(writer, PACKET.timestamp, Math.max(0, Math.round(time)));
  message(writer, PACKET.event, (event) => {
    varint(event, EVENT.type, about.type);
    varint(event, EVENT.track, about.track);
    if (about.category !== undefined) text(event, EVENT.category, about.category);
    if (about.name !== undefined) text(event, EVENT.name, about.name);
    if (about.value !== undefined) varint(event, EVENT.value, about.value);
    if (about.flow !== undefined) event.uint32(tag(EVENT.flow, FIXED64)).fixed64(about.flow);
    if (about.flowEnd !== undefined) event.uint32(tag(EVENT.flowEnd, FIXED64)).fixed64(about.flowEnd);
    for (const [name, value] of Object.entries(about.args ?? {})) {
      message(event, EVENT.annotation, (annotation) => {
        text(annotation, ANNOTATION.name, name);
        text(annotation, ANNOTATION.text, value);
      });
    }
  });
}

/** A process without known threads: its life is a slice on the process's own track. */
function* processEvents(
  { number, view }: ExportProcess,
  timeline: ExportTimeline,
  { redact }: ExportContent,
): Generator<TrackEvent> {
  if (view.threads.length > 0) return;
  const track = PROCESS_UUID + number;
  yield { time: view.start, track, type: TYPE.begin, category: 'process', name: exportedName(view, redact) };
  yield { time: view.end ?? timeline.end, track, type: TYPE.end };
}

function* threadEvents(
  { view, number }: ExportThread,
  timeline: ExportTimeline,
  { redact }: ExportContent,
): Generator<TrackEvent> {
  const end = view.end ?? timeline.end;
  const track = number;
  yield {
    time: view.start,
    track,
    type: TYPE.begin,
    category: 'thread',
    name: timeline.threadName(view, redact),
  };
  for (const { slice, from, to } of timeline.innerSlices(view)) {
    yield {
      time: from,
      track,
      type: TYPE.begin,
      category: slice.state,
      name: timeline.sliceName(slice),
      args: timeline.sliceArgs(slice, redact),
    };
    yield { time: to, track, type: TYPE.end };
  }
  yield { time: end, track, type: TYPE.end };
  for (const { time, percent } of timeline.processorUse(view))
    yield { time, track: COUNTER_UUID + number, type: TYPE.counter, value: Math.round(percent) };
}

/** An arrow connects two events: the send and the receive, as moments on their tracks. */
function flowEvents({ flow, from, to, name }: ExportFlow, id: number): TrackEvent[] {
  const about = { type: TYPE.instant, category: 'message' };
  const args = { n: String(flow.n), bytes: String(flow.bytes) };
  return [
    { ...about, time: flow.sendTime, track: from.number, name: `send ${name}`, flow: id, args },
    { ...about, time: flow.receiveTime, track: to.number, name: `receive ${name}`, flowEnd: id, args },
  ];
}

function findingEvent({ finding, process }: ExportFinding): TrackEvent {
  const { kind, certainty, title, explanation, fix, time } = finding;
  const args = { certainty, title, explanation, fix };
  return { time, track: PROCESS_UUID + process, type: TYPE.instant, category: 'finding', name: kind, args };
}
