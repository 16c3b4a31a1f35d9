import { type CdpSession, NoAnswer, ProtocolError } from '../cdp/client.ts';
import { forMs } from '../cdp/patience.ts';
import type { Frame, Scripts } from './scripts.ts';

/** Most time that a snapshot of a heap may take, ms. */
const SNAPSHOT_WITHIN = 30_000;
const ANSWERS_WITHIN = 8000;
/** So many suspended functions are asked for the line where each stands; of more the line of the function is told. */
const MOST_ASKED = 300;
/** Milliseconds for which functions of a thread are asked for: each question takes longer, the larger the heap. */
const ASKS_FOR = 10_000;
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
    (candidate) =>
      scripts.frameAt('', candidate.script, candidate.line, candidate.column).length > 0 &&
      !isCodeOfPackage(candidate, scripts),
  );
  const places: Omit<Suspended, 'count'>[] = [];
  // One after the other. V8 walks through the heap for each: between two the thread goes on, and the last one is waited for no
  // longer than the first.
  const until = performance.now() + ASKS_FOR;
  let asks = MOST_ASKED;
  for (const candidate of firstOfEach(found)) {
    const exact = asks > 0 && performance.now() < until ? await locationOf(session, candidate) : null;
    // One that has become silent would be waited for in vain as often as it is asked.
    asks = exact === 'silent' ? 0 : asks - 1;
    if (exact === 'ended' || isAtStart(candidate, exact)) continue;
    const known = exact === 'silent' ? null : exact;
    const { script, line, column } = known ?? candidate;
    const [frame] = scripts.frameAt(known?.fn ?? '', script, line, column);
    if (frame !== undefined) places.push({ frame, exact: known !== null });
  }
  session.tell('Runtime.releaseObjectGroup', { objectGroup: OBJECT_GROUP });
  return counted(places);
}

/** The code of a module of an installed package, which has ended in all but the strangest programs: loaders have dozens. */
function isCodeOfPackage({ script, line, column }: Candidate, scripts: Scripts): boolean {
  return line === 0 && column === 0 && /[\\/]node_modules[\\/]/.test(scripts.url(script));
}

/** The first of each function, then all others: where time runs out, each function has been asked about. */
function firstOfEach(found: readonly Candidate[]): Candidate[] {
  const first = new Map(found.toReversed().map((one) => [`${one.script}:${one.line}:${one.column}`, one]));
  const chosen = new Set(first.values());
  return [...chosen, ...found.filter((one) => !chosen.has(one))];
}

/** Has it not even begun? So stands the code of a module, beside the async function that runs it; and a generator that nobody asks. */
function isAtStart(begin: Candidate, at: Standing): boolean {
  return at !== null && typeof at === 'object' && begin.line === at.line && begin.column === at.column;
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

/**
 * Where a suspended function stands. `ended`: it does no more, and is only not collected yet; so does the code of every ES module that
 * has been run. `silent`: the thread did not answer. `null`: V8 does not say.
 */
type Standing =
  | { readonly fn: string; readonly script: string; readonly line: number; readonly column: number }
  | 'ended'
  | 'silent'
  | null;

/** Asked of the living object: the snapshot does not tell. */
async function locationOf(session: CdpSession, { id }: Candidate): Promise<Standing> {
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
    if (value('[[GeneratorState]]') === 'closed') return 'ended';
    const place = value('[[GeneratorLocation]]') as Record<string, number | string> | undefined;
    if (place === undefined) return null;
    const { scriptId, lineNumber, columnNumber } = place;
    return { fn: '', script: String(scriptId), line: Number(lineNumber), column: Number(columnNumber) };
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    if (error instanceof NoAnswer) return 'silent';
    throw error;
  }
}
