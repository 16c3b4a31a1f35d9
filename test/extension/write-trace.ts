import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Observation } from '../../src/trace/format/definitions.ts';
import { TRACE_VERSION } from '../../src/trace/format/definitions.ts';
import { definitionsName, SESSION_FILE } from '../../src/trace/format/segment.ts';
import { LineWriter } from '../../src/trace/writer/line-writer.ts';
import { TraceWriter } from '../../src/trace/writer/writer.ts';
import type { Item } from '../model/builder.ts';

export interface SessionOptions {
  /** Whoever writes the trace: while it runs, the session is live. */
  readonly launcherPid: number;
  /** ms since the epoch. */
  readonly wallClock?: number;
}

/** A session file that can be continued: a live trace. Times are ns since now. */
export class SessionFile {
  readonly dir: string;
  private readonly lines: LineWriter;
  private readonly origin = process.hrtime.bigint();

  constructor(dir: string, options: SessionOptions) {
    this.dir = dir;
    mkdirSync(dir, { recursive: true });
    this.lines = new LineWriter(path.join(dir, SESSION_FILE));
    this.write({
      type: 'session',
      version: TRACE_VERSION,
      session: 'test',
      origin: String(this.origin),
      wallClock: options.wallClock ?? Date.now(),
      argv: ['node', 'main.ts'],
      cwd: dir,
      launcherPid: options.launcherPid,
    });
  }

  now(): number {
    return Number(process.hrtime.bigint() - this.origin);
  }

  write(observation: Observation): void {
    this.lines.write(observation, 'time' in observation ? observation.time : 0);
  }

  close(): void {
    this.lines.close();
  }
}

/** Writes what a `TraceBuilder` made as a trace that has ended. */
export function writeTrace(dir: string, items: readonly Item[], options: SessionOptions): void {
  const session = new SessionFile(dir, options);
  const streams = new Map<string, { writer: TraceWriter; lines: LineWriter }>();
  const open = (stream: string) => {
    const known = streams.get(stream);
    if (known) return known;
    const lines = new LineWriter(path.join(dir, definitionsName(stream)));
    const made = { writer: new TraceWriter({ dir, stream, maxBytes: 0, definitions: lines }), lines };
    streams.set(stream, made);
    return made;
  };
  for (const item of items) {
    if ('observation' in item) session.write(item.observation);
    else if ('def' in item) {
      const { lines, writer } = open(item.stream.stream);
      lines.write(item.def, item.time, writer.slot);
    } else if ('record' in item) {
      const { kind, flags, task, resource, site, n, value, time } = item.record;
      const head = kind | (flags << 8) | (task << 16);
      open(item.stream.stream).writer.append(time, head, resource, site, n, value);
    }
  }
  const last = items.at(-1)?.time ?? 0;
  for (const { writer, lines } of streams.values()) {
    writer.finish();
    lines.close();
  }
  session.write({ type: 'end', time: last });
  session.close();
}
