import { type CdpSession, ProtocolError } from '../cdp/client.ts';
import { forMs } from '../cdp/patience.ts';
import type { Frame, Scripts } from './scripts.ts';

/** Most time that a snapshot of a heap may take, ms. */
const SNAPSHOT_WITHIN = 30_000;
const ANSWERS_WITHIN = 8000;
/** So many suspended functions are asked for the line where each stands; of more the line of the function is told. */
const MOST_ASKED = 300;
const OBJECT_GROUP = 'forkscope';

/** An async function (or generator) that stands at an `await` (or `yield`), and how many such there are. */
export interface Suspended {
  readonly frame: Frame;
  /** The frame is where it stands; else only where the function begins is known. */
  readonly exact: boolean;
  readonly count: number;
}

interface Snapshot {
  readonly snapshot: {
    readonly meta: { readonly node_fields: readonly string[]; readonly location_fields: readonly string[] };
  };
  readonly nodes: readonly number[];
  readonly locations: readonly number[];
  readonly strings: readonly string[];
}

/** A suspended function in a snapshot: its number there, and where it begins, lines and columns from 0. */
interface Candidate {
  readonly id: number;
  readonly script: string;
  readonly line: number;
  readonly column: number;
}

/** Finds the suspended functions of a thread by a snapshot of its heap. The thread stands still meanwhile. */
export async function suspendedFunctions(session: CdpSession, scripts: Scripts): Promise<Suspended[]> {
  const chunks: string[] = [];
  const stop = session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(String(chunk)));
  try {
    const params = { reportProgress: false, captureNumericValue: false };
    await session.call('HeapProfiler.takeHeapSnapshot', params, forMs(SNAPSHOT_WITHIN));
  } finally {
    stop();
  }
  if (chunks.length === 0) return [];
  const found = search(JSON.parse(chunks.join('')) as Snapshot).filter(
    ({ script, line, column }) => scripts.frameAt('', script, line, column).length > 0,
  );
  const places = await Promise.all(
    found.map(async (candidate, index) => {
      const exact = index < MOST_ASKED ? await locationOf(session, candidate) : null;
      const { script, line, column } = exact ?? candidate;
      const [frame] = scripts.frameAt(exact?.fn ?? '', script, line, column);
      return frame === undefined ? [] : [{ frame, exact: exact !== null }];
    }),
  );
  session.tell('Runtime.releaseObjectGroup', { objectGroup: OBJECT_GROUP });
  return counted(places.flat());
}

function counted(places: readonly Omit<Suspended, 'count'>[]): Suspended[] {
  const found = new Map<string, { frame: Frame; exact: boolean; count: number }>();
  for (const { frame, exact } of places) {
    const key = `${frame.file}:${frame.line}:${frame.column}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, { frame, exact, count: 1 });
    else known.count++;
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
}

function search({ snapshot, nodes, locations, strings }: Snapshot): Candidate[] {
  const { node_fields, location_fields } = snapshot.meta;
  const name = node_fields.indexOf('name');
  const id = node_fields.indexOf('id');
  const width = location_fields.length;
  const found: Candidate[] = [];
  for (let at = 0; at + width <= locations.length; at += width) {
    const [node = 0, script = 0, line = 0, column = 0] = locations.slice(at, at + width);
    if (strings[nodes[node + name] ?? 0] !== 'Generator') continue;
    found.push({ id: nodes[node + id] ?? 0, script: String(script), line, column });
  }
  return found;
}

interface Properties {
  readonly internalProperties?: readonly {
    readonly name: string;
    readonly value?: { readonly value?: unknown };
  }[];
}

/** Where a suspended function stands, which V8 tells of the living object only. `null`: it does not say. */
async function locationOf(
  session: CdpSession,
  { id }: Candidate,
): Promise<{ fn: string; script: string; line: number; column: number } | null> {
  try {
    const given = { objectId: String(id), objectGroup: OBJECT_GROUP };
    const { result } = (await session.call(
      'HeapProfiler.getObjectByHeapObjectId',
      given,
      forMs(ANSWERS_WITHIN),
    )) as {
      result?: { objectId?: string };
    };
    if (result?.objectId === undefined) return null;
    const params = { objectId: result.objectId, ownProperties: true };
    const { internalProperties = [] } = (await session.call(
      'Runtime.getProperties',
      params,
      forMs(ANSWERS_WITHIN),
    )) as Properties;
    const value = (property: string): unknown =>
      internalProperties.find((p) => p.name === property)?.value?.value;
    const place = value('[[GeneratorLocation]]') as Record<string, number | string> | undefined;
    if (place === undefined) return null;
    const { scriptId, lineNumber, columnNumber } = place;
    return { fn: '', script: String(scriptId), line: Number(lineNumber), column: Number(columnNumber) };
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    throw error;
  }
}
