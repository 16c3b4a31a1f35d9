import type { IncidentDefinition } from '../../trace/format/definitions.ts';
import type { ChildEntity, ResourceEntity, StreamState, ThreadEntity } from './entities.ts';
import { siteRef } from './sites.ts';

/** Something that happened once in a thread and may explain an end or a silence, with its stream's numbers resolved. */
export interface Incident {
  readonly what: IncidentDefinition['what'];
  readonly thread: ThreadEntity;
  /** ns. */
  readonly time: number;
  /** As the thread told it: `message`, `code`, `value` … */
  readonly told: IncidentDefinition;
  readonly resource: ResourceEntity | null;
  readonly child: ChildEntity | null;
  /** Where it happened, a reference for `SiteTable`. */
  readonly site: number;
}

export function makeIncident(stream: StreamState, told: IncidentDefinition): Incident {
  return {
    what: told.what,
    thread: stream.thread,
    time: told.time,
    told,
    resource: told.resource === undefined ? null : (stream.uses[told.resource]?.resource ?? null),
    child: told.child === undefined ? null : (stream.children[told.child] ?? null),
    site: siteRef(stream.sites[told.site ?? 0] ?? 0, false),
  };
}

/** What it threw itself, else what its parent heard of it. */
export function thrownBy(thread: ThreadEntity): Incident | undefined {
  const own = thread.incidents.findLast(isThrown);
  if (own !== undefined) return own;
  return thread.child?.owner?.incidents.findLast(
    ({ what, child }) => what === 'workerError' && child === thread.child,
  );
}

const LONGEST = 160;
export function firstLine(message: string): string {
  const [line = ''] = message.split('\n');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

/** What ends a thread for which nobody listens. */
export function isThrown({ what }: Pick<Incident, 'what'>): boolean {
  return what === 'uncaughtException' || what === 'unhandledRejection';
}
