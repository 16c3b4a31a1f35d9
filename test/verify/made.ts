// Traces that are made record by record, so that one thing in them can be made wrong.
import path from 'node:path';
import { makeReport } from '../../src/model/report/index.ts';
import type { Report } from '../../src/model/types/index.ts';
import { Session } from '../../src/session/index.ts';
import type { Definition, Observation } from '../../src/trace/format/definitions.ts';
import { FLAG, KIND, type KindName } from '../../src/trace/format/records.ts';
import { SESSION_FILE } from '../../src/trace/format/segment.ts';
import { headOf } from '../../src/trace/writer/ledger.ts';
import { LineWriter } from '../../src/trace/writer/line-writer.ts';
import { openStream, type TestStream } from '../trace/helpers.ts';

/** A record or a definition of a stream, or what the launcher saw. Times in ms. */
export type Step =
  | {
      readonly at: number;
      readonly stream: string;
      readonly kind: KindName;
      readonly resource?: number;
      readonly n?: number;
      readonly value?: number;
      readonly flags?: number;
      readonly task?: number;
    }
  | { readonly at: number; readonly stream: string; readonly define: Definition }
  | { readonly at: number; readonly seen: Observation };

export const SYNC = FLAG.sync;
export const TIMEOUT = FLAG.timeout;

const ms = (time: number): number => time * 1e6;

/** Writes the steps as a trace. */
export function writeTrace(dir: string, steps: readonly Step[]): void {
  const session = new LineWriter(path.join(dir, SESSION_FILE));
  const head = { session: 'test', origin: '0', wallClock: 0, argv: [], cwd: '/', launcherPid: 1 };
  session.write({ type: 'session', version: 1, minor: 1, ...head }, 0);
  const streams = new Map<string, TestStream>();
  for (const step of [...steps].sort((a, b) => a.at - b.at)) {
    if ('seen' in step) {
      session.write(step.seen, ms(step.at));
      continue;
    }
    const stream = streams.get(step.stream) ?? openStream(dir, step.stream);
    streams.set(step.stream, stream);
    if ('define' in step) {
      stream.lines.write(step.define, ms(step.at), stream.writer.slot);
      continue;
    }
    const { kind, flags = 0, task = 0, resource = 0, n = 0, value = 0 } = step;
    stream.ledger.record(ms(step.at), headOf(KIND[kind], flags, task), resource, 0, n, value);
  }
  for (const { writer } of streams.values()) writer.finish();
  session.close();
}

export function reportOf(dir: string): Report {
  const session = Session.open(dir);
  try {
    return makeReport(session.model, session.now);
  } finally {
    session.close();
  }
}

/** How the launcher saw the run end. */
export const ENDING: readonly Step[] = [
  { at: 20_000, seen: { type: 'interrupted', time: ms(20_000), signal: 'SIGINT' } },
  { at: 21_000, seen: { type: 'end', time: ms(21_000) } },
];

/** A process: its stream begins, and says of which parent it is the child. */
export function begins(stream: string, at: number, spawnKey: string): Step[] {
  const about = {
    argv: ['node', `${stream}.js`],
    execArgv: [],
    execPath: 'node',
    cwd: '/',
    title: '',
    nodeVersion: 'v20',
  };
  return [
    { at, stream, define: { type: 'process', spawnKey, ...about } },
    { at, stream, define: { type: 'thread', name: '', file: '', parentThreadId: 0, spawnKey: '' } },
    { at, stream, kind: 'processStart', value: Number.parseInt(stream, 10) },
  ];
}

/** The parent has started a child under this key. */
export function starts(stream: string, at: number, id: number, spawnKey: string, pid: number): Step[] {
  const about = { name: '', file: '', argv: [], daemon: false };
  return [
    { at, stream, define: { type: 'child', id, spawnKey, api: 'Process', ...about } },
    { at, stream, kind: 'start', resource: id, n: pid },
  ];
}

export function knows(
  stream: string,
  at: number,
  id: number,
  key: string,
  kind: 'lock' | 'rlock' | 'queue' = 'lock',
): Step[] {
  return [
    { at, stream, define: { type: 'resource', id, key, kind, name: key, capacity: 0, peerKey: '' } },
    { at, stream, kind: 'open', resource: id },
  ];
}

/** The thread rests, with nothing but its waits. */
export function rests(
  stream: string,
  at: number,
  id: number,
  complete = true,
  list: Extract<Definition, { type: 'sources' }>['list'] = [],
): Step[] {
  return [
    { at, stream, define: { type: 'sources', id, time: ms(at), complete, list } },
    { at, stream, kind: 'quiescent', resource: id },
  ];
}
