import type { CdpSession } from '../cdp/client.ts';
import type { Frame, Scripts } from './scripts.ts';

/** Most time that a snapshot of a heap may take, ms. */
const SNAPSHOT_WITHIN = 10_000;

/** An async function (or generator) that stands at an `await` (or `yield`), and how many such there are. */
export interface Suspended {
  /** Where the function begins: V8 tells the function, not the `await`. */
  readonly frame: Frame;
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

/** Finds the suspended functions of a thread in a snapshot of its heap. The thread stands still meanwhile. */
export async function suspendedFunctions(session: CdpSession, scripts: Scripts): Promise<Suspended[]> {
  const chunks: string[] = [];
  const stop = session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(String(chunk)));
  try {
    await session.call(
      'HeapProfiler.takeHeapSnapshot',
      { reportProgress: false, captureNumericValue: false },
      SNAPSHOT_WITHIN,
    );
  } finally {
    stop();
  }
  return chunks.length === 0 ? [] : search(JSON.parse(chunks.join('')) as Snapshot, scripts);
}

function search({ snapshot, nodes, locations, strings }: Snapshot, scripts: Scripts): Suspended[] {
  const name = snapshot.meta.node_fields.indexOf('name');
  const width = snapshot.meta.location_fields.length;
  const found = new Map<string, { frame: Frame; count: number }>();
  for (let at = 0; at + width <= locations.length; at += width) {
    const [node = 0, script = 0, line = 0, column = 0] = locations.slice(at, at + width);
    if (strings[nodes[node + name] ?? 0] !== 'Generator') continue;
    for (const frame of scripts.frameAt('', String(script), line, column)) {
      const key = `${frame.file}:${frame.line}:${frame.column}`;
      const known = found.get(key);
      if (known === undefined) found.set(key, { frame, count: 1 });
      else known.count++;
    }
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
}
