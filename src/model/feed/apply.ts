import type { TraceRecord } from '../../trace/format/records.ts';
import type { StreamState, ThreadUse } from '../state/entities.ts';
import type { World } from '../state/world.ts';

/**
 * Enters one record of its stream into the world. `use`: what the stream's thread does with the resource that the record names;
 * `undefined` where it names none, or its definition is lost.
 */
export type Apply = (
  world: World,
  stream: StreamState,
  record: TraceRecord,
  use: ThreadUse | undefined,
) => void;

/** Enters one record about a resource. */
export type ApplyToUse = (world: World, stream: StreamState, record: TraceRecord, use: ThreadUse) => void;

/** What findings and views show of this resource may have changed. */
export function touchResource(world: World, { resource }: ThreadUse): void {
  resource.revision = world.revision;
  world.graphRevision = world.revision;
}
