import type { Source, SourceKind, SourcesDefinition } from '../../trace/format/definitions.ts';
import type { ConnectionBook } from './connections.ts';
import type { ChildEntity, ResourceEntity, StreamState, ThreadEntity } from './entities.ts';
import { siteRef } from './sites.ts';

/** One thing that may make a thread that rests run again, with its stream's numbers resolved. */
export interface SourceEntity {
  readonly kind: SourceKind;
  readonly thread: ThreadEntity;
  /** When the thread told it, ns. */
  readonly time: number;
  /** As the thread told it: `count`, `ref`, `listens`, addresses … */
  readonly told: Source;
  /** What may come by it; `null`: no channel of this trace, or not known. */
  readonly resource: ResourceEntity | null;
  /** A child process or worker thread that it is about. */
  readonly child: ChildEntity | null;
  /** Where it was made, a reference for `SiteTable`. */
  readonly site: number;
  /** Where the program began to listen, 0: not known. */
  readonly heard: number;
  /** Of a connection: the thread of the trace at its other end, as far as is known by now. `null`: the outside, or not known. */
  otherEnd(): ThreadEntity | null;
}

/** What a thread that rests waits for, as it told at one moment. */
export interface SourceSet {
  /** Number of the definition in its stream. */
  readonly id: number;
  /** When it was so, ns. */
  readonly time: number;
  /** Nothing that is not listed can wake the thread. */
  readonly complete: boolean;
  readonly list: readonly SourceEntity[];
}

export function makeSources(
  stream: StreamState,
  def: Pick<SourcesDefinition, 'id' | 'time' | 'complete' | 'list'>,
  connections: ConnectionBook,
): SourceSet {
  const { id, time, complete } = def;
  return { id, time, complete, list: def.list.map((source) => resolve(stream, source, time, connections)) };
}

function resolve(stream: StreamState, told: Source, time: number, connections: ConnectionBook): SourceEntity {
  return {
    kind: told.kind,
    thread: stream.thread,
    time,
    told,
    resource: told.resource === undefined ? null : (stream.uses[told.resource]?.resource ?? null),
    child: told.child === undefined ? null : (stream.children[told.child] ?? null),
    site: siteRef(stream.sites[told.site ?? 0] ?? 0, false),
    heard: siteRef(stream.sites[told.heard ?? 0] ?? 0, false),
    otherEnd() {
      return connections.otherEnd(this);
    },
  };
}

/**
 * Whether anything of the program may run when it fires, or the thread end by it: what keeps nothing alive and has no
 * listener changes nothing.
 */
export function matters({ told }: SourceEntity): boolean {
  return told.ref || told.listens !== false;
}
