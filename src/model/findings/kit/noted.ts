import type { ProcessEntity, ResourceEntity, Wait } from '../../state/entities.ts';
import type { Finding } from '../../types/index.ts';
import { whole } from '../../types/whole.ts';
import type { Unit } from '../graph/unit.ts';
import { idOf, unique } from './finding.ts';
import { chainOf, type RestLink } from './links.ts';
import { behindAwaits } from './open-awaits.ts';
import { type Place, ToldApart } from './places.ts';
import { proofOf } from './proof.ts';
import type { RuleContext } from './rule.ts';

export type { Place };

/** A finding that is not a chain of recorded waits. */
export interface Noted {
  readonly certainty: 'certain' | 'suspected';
  readonly blocking: boolean;
  readonly title: string;
  readonly time: number;
  readonly processes: readonly ProcessEntity[];
  readonly resources?: readonly ResourceEntity[];
  readonly places?: readonly Place[];
  readonly explanation: string;
  readonly fix: string;
  /** Of one that is certain and blocks: who is stuck, of the certain set. */
  readonly stuck?: readonly Unit[];
  /** Its members, where they are a chain: each rests for what the next could give. */
  readonly rests?: readonly RestLink[];
  /** What makes it the same finding when asked again, beside kind, processes and resources. */
  readonly key?: string;
}

export function notedFinding({ world, graph, rule: { kind } }: RuleContext, what: Noted): Finding {
  const resting = what.blocking ? what.processes.flatMap(({ threads }) => [...threads.values()]) : [];
  const behind = behindAwaits(world, unique(resting));
  const told = new ToldApart(world, [...(what.places ?? []), ...behind.places]);
  const processes = unique(what.processes.map((process) => process.id)).filter((id) => id !== '');
  const resources = unique((what.resources ?? []).map((resource) => resource.key));
  const { certainty, blocking, title, time, explanation, fix } = what;
  const id = idOf(kind, [...processes, ...resources, ...(what.key === undefined ? [] : [what.key])]);
  return {
    id,
    kind,
    certainty,
    blocking,
    title,
    time: whole(time),
    processes,
    resources,
    sites: told.sites(),
    chain: chainOf(world, told, [], what.rests ?? []),
    explanation: [explanation, ...behind.sentences].join(' '),
    fix,
    proof: what.stuck === undefined ? null : proofOf(graph, what.stuck),
  };
}

/** The place of a wait, for {@link Noted.places}. */
export function waitPlace(wait: Wait): Place {
  return { role: 'waits', thread: wait.thread, resource: wait.resource, site: wait.site, time: wait.since };
}
/** Where a process was started. */
export function startedPlaces(process: ProcessEntity): Place[] {
  const { child } = process;
  if (child?.owner == null) return [];
  return [
    { role: 'started', thread: child.owner, resource: null, site: child.site, time: child.startTime ?? 0 },
  ];
}
