import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { SharedFiles } from '../../src/base/environment.ts';
import type { Definition, Observation, StreamDefinition } from '../../src/trace/format/definitions.ts';
import type { TraceRecord } from '../../src/trace/format/records.ts';
import { definitionsName, SESSION_FILE } from '../../src/trace/format/segment.ts';
import type { TraceFiles } from '../../src/trace/reader/files.ts';
import { TraceReader } from '../../src/trace/reader/reader.ts';
import type { Damage, TraceSink } from '../../src/trace/reader/sink.ts';
import type { Lane } from '../../src/trace/writer/lanes.ts';
import { Ledger } from '../../src/trace/writer/ledger.ts';
import { LineWriter } from '../../src/trace/writer/line-writer.ts';
import { TraceWriter } from '../../src/trace/writer/writer.ts';

export function temporaryDirectory(t: { after(fn: () => void): void }): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'forkscope-trace-test-'));
  t.after(() => fs.rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Everything that a reader feeds, as comparable texts in the order of the feed, and the parts by kind. */
export class Collector implements TraceSink {
  readonly log: string[] = [];
  readonly #keepLog: boolean;
  constructor(keepLog = false) {
    this.#keepLog = keepLog;
  }
  #note(line: () => string): void {
    if (this.#keepLog) this.log.push(line());
  }
  readonly records: (TraceRecord & { stream: string })[] = [];
  readonly definitions: Definition[] = [];
  readonly observations: Observation[] = [];
  readonly damages: Damage[] = [];

  definition(stream: StreamDefinition, def: Definition): void {
    this.definitions.push(def);
    this.#note(() => `def ${stream.stream} ${JSON.stringify(def)}`);
  }
  record(stream: StreamDefinition, record: TraceRecord): void {
    this.records.push({ ...record, stream: stream.stream });
    this.#note(() => `record ${stream.stream} ${Object.values(record).join(' ')}`);
  }
  observation(observation: Observation): void {
    this.observations.push(observation);
    this.#note(() => `observation ${JSON.stringify(observation)}`);
  }
  damage(damage: Damage): void {
    this.damages.push(damage);
    this.#note(() => `damage ${damage.stream?.stream} ${damage.kind} ${damage.count}`);
  }
  /** Sum of the counts of some kinds of damage. */
  lost(...kinds: Damage['kind'][]): number {
    return this.damages.filter((d) => kinds.includes(d.kind)).reduce((sum, d) => sum + d.count, 0);
  }
}

/** Stands in for a mapping: the bytes reach the file when `sync` is called, as if the kernel had them at once. */
export class CopiedFiles implements SharedFiles {
  readonly #open: { fd: number; bytes: Uint8Array }[] = [];
  map(fd: number, size: number): { buffer: ArrayBuffer; unmap(): void } {
    const entry = { fd, bytes: new Uint8Array(size) };
    this.#open.push(entry);
    return {
      buffer: entry.bytes.buffer,
      unmap: () => {
        fs.writeSync(fd, entry.bytes, 0, size, 0);
        this.#open.splice(this.#open.indexOf(entry), 1);
      },
    };
  }
  sync(): void {
    for (const { fd, bytes } of this.#open) fs.writeSync(fd, bytes, 0, bytes.length, 0);
  }
}

export interface TestStream {
  readonly name: string;
  readonly writer: TraceWriter;
  readonly ledger: Ledger;
  readonly lines: LineWriter;
}

export function openStream(
  dir: string,
  name: string,
  options: { maxBytes?: number; shared?: SharedFiles; lane?: Lane } = {},
): TestStream {
  const lines = new LineWriter(path.join(dir, definitionsName(name)));
  const writer = new TraceWriter({
    dir,
    stream: name,
    maxBytes: options.maxBytes ?? 0,
    definitions: lines,
    lane: options.lane,
  });
  if (options.shared) writer.useSink(options.shared);
  const [processKey = '', threadId = '0'] = name.split('.');
  const definition: StreamDefinition = {
    type: 'stream',
    version: 1,
    session: 'test',
    stream: name,
    processKey,
    pid: Number.parseInt(processKey, 10),
    ppid: 1,
    threadId: Number(threadId),
    start: 0,
  };
  lines.write(definition, 0, 0);
  return { name, writer, ledger: new Ledger(writer), lines };
}

export function defineResource(stream: TestStream, id: number, time = 0): void {
  const { lines, writer, name } = stream;
  const key = `${name}/${id}`;
  lines.write(
    { type: 'resource', id, key, kind: 'lock', name: '', capacity: 0, peerKey: '' },
    time,
    writer.slot,
  );
}
export function defineSite(stream: TestStream, id: number, time = 0): void {
  stream.lines.write(
    { type: 'site', id, file: '/a.ts', line: id, column: 1, fn: 'f' },
    time,
    stream.writer.slot,
  );
}

export function writeSession(dir: string, end = true): void {
  const lines = new LineWriter(path.join(dir, SESSION_FILE));
  const head = { session: 'test', origin: '0', wallClock: 0, argv: [], cwd: '/', launcherPid: 1 };
  lines.write({ type: 'session', version: 1, ...head }, 0);
  if (end) lines.write({ type: 'end', time: 1e12 }, 1e12);
  lines.close();
}

/** A trace directory in memory, so that thousands of damaged ones can be read. */
export class MemoryFiles implements TraceFiles {
  readonly contents: Map<string, Uint8Array>;
  constructor(contents: Map<string, Uint8Array>) {
    this.contents = contents;
  }
  static load(dir: string): MemoryFiles {
    const names = fs.readdirSync(dir);
    return new MemoryFiles(
      new Map(names.map((n) => [n, new Uint8Array(fs.readFileSync(path.join(dir, n)))])),
    );
  }
  list(): readonly string[] {
    return [...this.contents.keys()];
  }
  read(name: string, position: number, into: Uint8Array): number {
    const part = (this.contents.get(name) ?? new Uint8Array(0)).subarray(position, position + into.length);
    into.set(part);
    return part.length;
  }
  size(name: string): number {
    return this.contents.get(name)?.length ?? 0;
  }
  close(): void {}
}

export function drain(files: TraceFiles, keepLog = false): Collector {
  const collector = new Collector(keepLog);
  new TraceReader(files, { session: 'test', now: () => 0 }).drain(collector);
  return collector;
}

/** A repeatable source of numbers below `below`. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
