// CPU cost of the model: records in, frames out. `node --import tsx bench/model.ts [slices…]` (default 1M and 10M).
import { Model, tileRange } from '../src/model/index.ts';
import { STATE_COUNT, Track } from '../src/model/state/track.ts';
import { Usage } from '../src/model/state/usage.ts';
import { Spent } from '../src/model/timeline/spent.ts';
import { TileCache } from '../src/model/timeline/tiles.ts';
import type { StreamDefinition } from '../src/trace/format/definitions.ts';
import { KIND, type Kind, type TraceRecord } from '../src/trace/format/records.ts';

const TRACKS = 64;
const PIXELS = 1600;
const sizes = process.argv.slice(2).map(Number);

function row(what: string, value: number, unit: string): void {
  console.log(`${what.padEnd(58)} ${value.toFixed(value < 10 ? 2 : 0).padStart(10)} ${unit}`);
}
function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] as number;
}
/** CPU milliseconds: other programs on the machine do not count. */
function timed(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
/** Bytes in columns: heap numbers are noise beside them. */
function arrayBytes(): number {
  return process.memoryUsage().arrayBuffers;
}

function index(slices: number): void {
  console.log(`\ntimeline index, ${slices.toLocaleString('en')} slices on ${TRACKS} tracks, ${PIXELS} px`);
  const before = arrayBytes();
  const tracks = Array.from({ length: TRACKS }, () => new Track());
  let state = 1;
  const append = timed(() => {
    for (let i = 0; i < slices; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      (tracks[i % TRACKS] as Track).push(i * 100, (state >>> 8) % STATE_COUNT, state % 7, i % 1000);
    }
  });
  row('append', (append * 1e6) / slices, 'ns/slice');
  row('columns and prefix sums', (arrayBytes() - before) / slices, 'B/slice');
  const until = slices * 100;
  const spents = tracks.map(
    (track) => new Spent({ start: 0, track, usage: new Usage(true), hasDebugger: false }),
  );
  for (const zoom of [1, 16, 256, 4096]) {
    const cache = new TileCache();
    const span = until / zoom;
    const at = tileRange({ start: until / 3, end: until / 3 + Math.min(span, until) }, PIXELS);
    const frame = () => {
      for (const spent of spents) cache.query(spent, 't', at.range, at.buckets, until);
    };
    const cold = timed(frame);
    row(`frame, cold, ${zoom}× zoomed`, cold, 'ms');
    row(`frame, warm, ${zoom}× zoomed`, median(Array.from({ length: 21 }, () => timed(frame))), 'ms');
  }
}

function feed(pairs: number): void {
  console.log(
    `\nfeeding ${(pairs * 4).toLocaleString('en')} records (lock pairs and messages of two threads)`,
  );
  const model = new Model();
  const streams = [1, 2].map(
    (pid): StreamDefinition => ({
      type: 'stream',
      version: 1,
      session: 's',
      stream: `${pid}-0.0`,
      processKey: `${pid}-0`,
      pid,
      ppid: 0,
      threadId: 0,
      start: 0,
    }),
  );
  for (const stream of streams) {
    model.definition(stream, stream);
    const common = { type: 'resource', name: '', capacity: 0, peerKey: '' } as const;
    model.definition(stream, { ...common, id: 1, key: 'lock', kind: 'lock' });
    model.definition(stream, { ...common, id: 2, key: 'queue', kind: 'queue' });
  }
  const record: TraceRecord = {
    time: 0,
    kind: KIND.send,
    flags: 0,
    task: 0,
    resource: 0,
    site: 0,
    n: 0,
    value: 8,
    slot: 0,
  };
  const put = (stream: StreamDefinition, kind: Kind, resource: number, n: number): void => {
    record.time += 250;
    record.kind = kind;
    record.resource = resource;
    record.n = n;
    record.value = kind === KIND.acquire ? 0 : 8;
    model.record(stream, record);
  };
  const [a, b] = streams as [StreamDefinition, StreamDefinition];
  const spent = timed(() => {
    for (let n = 1; n <= pairs; n++) {
      put(a, KIND.acquire, 1, n);
      put(a, KIND.release, 1, n);
      put(a, KIND.send, 2, n);
      put(b, KIND.receive, 2, n);
    }
  });
  row('feed', (spent * 1e6) / (pairs * 4), 'ns/record');
  row('records a CPU second', (pairs * 4) / (spent / 1000) / 1e6, 'M');
  const range = { start: 0, end: record.time };
  row(
    '1,500 slowest arrows',
    median(Array.from({ length: 11 }, () => timed(() => model.flows(range, 1500)))),
    'ms',
  );
  row(
    'findings, something fed',
    median(
      Array.from({ length: 11 }, () =>
        timed(() => {
          put(a, KIND.send, 2, ++pairs);
          model.findings();
        }),
      ),
    ),
    'ms',
  );
}

for (const size of sizes.length > 0 ? sizes : [1e6, 10e6]) index(size);
feed(1e6);
