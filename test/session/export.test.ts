import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import protobuf from 'protobufjs';
import { CLI, cleanEnvironment, EXAMPLES } from '../cli/support.ts';
import { discard } from '../discard.ts';
import { ROOT, scratch } from './support.ts';

/** The part of Perfetto's published schema that is written, to decode it independently of the writer. */
const SCHEMA = `
syntax = "proto2";
message Trace { repeated TracePacket packet = 1; }
message TracePacket {
  optional uint64 timestamp = 8; optional uint32 trusted_packet_sequence_id = 10;
  optional TrackEvent track_event = 11; optional TrackDescriptor track_descriptor = 60;
}
message TrackDescriptor {
  optional uint64 uuid = 1; optional string name = 2; optional ProcessDescriptor process = 3;
  optional ThreadDescriptor thread = 4; optional uint64 parent_uuid = 5;
  optional CounterDescriptor counter = 8;
}
message CounterDescriptor { optional string unit_name = 6; }
message ProcessDescriptor { optional int32 pid = 1; repeated string cmdline = 2; optional string process_name = 6; }
message ThreadDescriptor { optional int32 pid = 1; optional int32 tid = 2; optional string thread_name = 5; }
message DebugAnnotation { optional string string_value = 6; optional string name = 10; }
message TrackEvent {
  enum Type { UNSPECIFIED = 0; SLICE_BEGIN = 1; SLICE_END = 2; INSTANT = 3; COUNTER = 4; }
  repeated DebugAnnotation debug_annotations = 4; optional Type type = 9; optional uint64 track_uuid = 11;
  repeated string categories = 22; optional string name = 23;
  optional int64 counter_value = 30;
  repeated fixed64 flow_ids = 47; repeated fixed64 terminating_flow_ids = 48;
}`;

interface ChromeEvent {
  ph: string;
  cat?: string;
  name: string;
  pid: number;
  tid: number;
  ts: number;
  dur: number;
  id?: number | string;
  args?: Record<string, unknown>;
}

let trace = '';
const dir = mkdtempSync(path.join(os.tmpdir(), 'forkscope-test-'));
after(() => discard(dir));
before(() => {
  trace = path.join(dir, 'trace');
  const args = [
    CLI,
    'run',
    '--no-report',
    '--node',
    process.execPath,
    '--trace',
    trace,
    path.join(EXAMPLES, 'queue.ts'),
  ];
  execFileSync(process.execPath, args, { cwd: ROOT, env: cleanEnvironment(dir), stdio: 'ignore' });
});

function exported(format: string, output: string, ...options: string[]): Buffer {
  const args = [CLI, 'export', trace, '--format', format, '-o', output, ...options];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return readFileSync(output);
}

/** Slices of one thread must nest: each ends before, or within, the one around it. */
function assertNested(slices: readonly { from: number; to: number; name: string }[]): void {
  const open: { from: number; to: number; name: string }[] = [];
  const inOrder = [...slices].sort((a, b) => a.from - b.from || b.to - a.to);
  for (const slice of inOrder) {
    while (open.length > 0 && (open.at(-1)?.to as number) <= slice.from) open.pop();
    const outer = open.at(-1);
    assert.ok(outer === undefined || slice.to <= outer.to, `${slice.name} reaches out of ${outer?.name}`);
    open.push(slice);
  }
}

test('the Chrome file has processes, threads, nested slices and one arrow a message', (t) => {
  const output = path.join(scratch(t), 'out.json');
  const { traceEvents } = JSON.parse(exported('chrome', output).toString()) as { traceEvents: ChromeEvent[] };
  const names = traceEvents.filter(({ name }) => name === 'process_name').map(({ args }) => args?.name);
  for (const name of ['queue.ts', 'writer-1', 'writer-2', 'reader']) assert.ok(names.includes(name), name);
  const slices = traceEvents.filter(({ ph }) => ph === 'X');
  for (const tid of new Set(slices.map((slice) => slice.tid))) {
    const own = slices.filter((slice) => slice.tid === tid);
    assertNested(
      own.map(({ ts, dur, name }) => ({
        from: Math.round(ts * 1000),
        to: Math.round(ts * 1000) + Math.round(dur * 1000),
        name,
      })),
    );
    if (own.some(({ cat }) => cat === 'process') || process.platform !== 'linux') continue;
    const use = traceEvents.filter(({ ph, id }) => ph === 'C' && id === String(tid));
    const percents = use.map(({ args }) => Number(args?.percent));
    assert.ok(percents.some((p) => p > 0) && percents.every((p) => p >= 0 && p <= 100), `${tid} ${percents}`);
    assert.equal(percents.at(-1), 0, 'nothing is said after the last look');
  }
  const starts = traceEvents.filter(({ ph, name }) => ph === 's' && name === 'urls');
  const ends = new Map(traceEvents.filter(({ ph }) => ph === 'f').map((event) => [event.id, event]));
  assert.equal(starts.length, 6);
  for (const event of starts)
    assert.ok((ends.get(event.id)?.ts as number) >= event.ts, 'received after it was sent');
});

test('the Perfetto file decodes by the published schema and says the same', (t) => {
  const dir = scratch(t);
  const { root } = protobuf.parse(SCHEMA);
  const decoded = root.lookupType('Trace').decode(exported('perfetto', path.join(dir, 'out.pftrace')));
  const { packet } = root.lookupType('Trace').toObject(decoded, { longs: Number, enums: String }) as {
    packet: PerfettoPacket[];
  };
  const processes = packet.flatMap(({ trackDescriptor }) => trackDescriptor?.process?.processName ?? []);
  for (const name of ['queue.ts', 'writer-1', 'writer-2', 'reader'])
    assert.ok(processes.includes(name), name);
  const tracks = new Set(packet.flatMap(({ trackDescriptor }) => trackDescriptor?.uuid ?? []));
  const depth = new Map<number, number>();
  for (const { trackEvent, timestamp } of packet) {
    if (trackEvent === undefined) continue;
    assert.ok(tracks.has(trackEvent.trackUuid), 'the track is described');
    assert.ok(timestamp !== undefined && timestamp >= 0);
    const change = trackEvent.type === 'SLICE_BEGIN' ? 1 : trackEvent.type === 'SLICE_END' ? -1 : 0;
    const now = (depth.get(trackEvent.trackUuid) ?? 0) + change;
    assert.ok(now >= 0 && now <= 2);
    depth.set(trackEvent.trackUuid, now);
  }
  assert.deepEqual(
    [...depth.values()].filter((open) => open !== 0),
    [],
    'every slice ends',
  );
  const events = packet.flatMap(({ trackEvent }) => trackEvent ?? []);
  const counters = new Set(
    packet.flatMap(({ trackDescriptor: d }) => (d?.counter?.unitName === '%' ? [d.uuid] : [])),
  );
  const use = events.filter(({ type }) => type === 'COUNTER');
  if (process.platform === 'linux') assert.ok(use.length > 0);
  assert.ok(use.every(({ trackUuid, counterValue = 0 }) => counters.has(trackUuid) && counterValue <= 100));
  const sent = events.filter(({ name }) => name === 'send urls').flatMap(({ flowIds }) => flowIds ?? []);
  const received = events
    .filter(({ name }) => name === 'receive urls')
    .flatMap(({ terminatingFlowIds }) => terminatingFlowIds ?? []);
  assert.equal(sent.length, 6);
  assert.deepEqual([...sent].sort(), [...received].sort());
});

interface PerfettoPacket {
  timestamp?: number;
  trackDescriptor?: { uuid: number; process?: { processName: string }; counter?: { unitName: string } };
  trackEvent?: {
    type: string;
    trackUuid: number;
    name?: string;
    counterValue?: number;
    flowIds?: number[];
    terminatingFlowIds?: number[];
  };
}

test('--redact leaves no argument and no folder of a command line', (t) => {
  const dir = scratch(t);
  for (const format of ['chrome', 'perfetto']) {
    const open = exported(format, path.join(dir, `${format}-open`)).toString('latin1');
    const redacted = exported(format, path.join(dir, `${format}-redacted`), '--redact').toString('latin1');
    assert.ok(open.includes(process.execPath));
    for (const secret of [process.execPath, ROOT]) assert.ok(!redacted.includes(secret), secret);
  }
});

test('an export that can’t be written says so and leaves nothing', (t) => {
  const dir = scratch(t);
  const args = [CLI, 'export', trace, '-o', path.join(dir, 'no', 'out.json')];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /can't write .*no such file/);
  assert.ok(!existsSync(path.join(dir, 'no')));
});
