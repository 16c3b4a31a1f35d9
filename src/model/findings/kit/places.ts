import type { ProcessEntity, ResourceEntity, ThreadEntity, Wait } from '../../state/entities.ts';
import { sameLine, tellApart } from '../../state/places.ts';
import { awaited } from '../../state/wait-names.ts';
import type { World } from '../../state/world.ts';
import type { CallSite, FindingSite, SiteRole } from '../../types/index.ts';
import { whole } from '../../types/whole.ts';
import { holdsFor, type Link, type RestLink } from './links.ts';

/** A place to show with a finding. */
export interface Place {
  readonly role: SiteRole;
  readonly thread: ThreadEntity;
  readonly resource: ResourceEntity | null;
  /** Reference of the call site. */
  readonly site: number;
  readonly time: number;
}

/** Places of a chain: each wait, and what it waits for (acquisition, creation of the resource, start of the process). */
export function placesOf(links: readonly Link[], rests: readonly RestLink[]): Place[] {
  const places: Place[] = [];
  for (const { unit, wait } of links) {
    const { resource, site, since: time } = wait;
    places.push({ role: 'waits', thread: unit.thread, resource, site, time });
    const holds = holdsFor(wait);
    for (const { thread, resource, site, since: time } of holds)
      places.push({ role: 'acquired', thread, resource, site, time });
    if (wait.child !== null) places.push(...startOf(awaited(wait.child), wait));
    else if (holds.length === 0 && resource !== null) places.push(...createdPlaces(resource));
  }
  for (const { unit, source } of rests) {
    const { resource, site, told } = source;
    places.push({ role: 'created', thread: unit.thread, resource, site, time: told.since ?? 0 });
  }
  return places;
}

/** Where a resource was made. */
export function createdPlaces(resource: ResourceEntity): Place[] {
  const { createdBy: thread, createdSite: site, createdAt } = resource;
  return thread === null ? [] : [{ role: 'created', thread, resource, site, time: createdAt ?? 0 }];
}

function startOf(process: ProcessEntity | null, { child, thread }: Wait): Place[] {
  if (child === null || process === null) return [];
  const { owner, site, startTime } = child;
  return [{ role: 'started', thread: owner ?? thread, resource: null, site, time: startTime ?? 0 }];
}

/**
 * The call sites of one finding, told apart: what a thread waits for and what it has taken, though both are done in one
 * helper; and where that leaves all of them on one line, the threads.
 */
export class ToldApart {
  private readonly world: World;
  private readonly places: readonly Place[];
  /** By thread and reference. */
  private readonly told = new Map<string, CallSite>();

  constructor(world: World, places: readonly Place[]) {
    this.world = world;
    this.places = places;
    const taken = places.filter(({ role }) => role === 'waits' || role === 'acquired');
    for (const thread of new Set(taken.map((place) => place.thread)))
      this.tell(taken.filter((place) => place.thread === thread));
    const views = taken.flatMap(({ thread, site }) => this.view(thread, site) ?? []);
    if (sameLine(views)) this.tell(taken);
    for (const role of ['created', 'started', 'sent', 'ended'] as const)
      this.tell(places.filter((place) => place.role === role));
  }

  /** The call site as it is shown of a thread; `null`: not known. */
  view(thread: ThreadEntity, site: number): CallSite | null {
    return this.told.get(`${thread.id} ${site}`) ?? this.world.sites.view(site);
  }

  /** What is known of the places, each once. */
  sites(): FindingSite[] {
    const sites = new Map<string, FindingSite>();
    for (const { role, thread, resource, site, time } of this.places) {
      const view = this.view(thread, site);
      const key = [role, thread.id, resource?.key, view?.file, view?.line].join(' ');
      if (view === null || sites.has(key)) continue;
      sites.set(key, {
        ...view,
        role,
        process: thread.process.id,
        thread: thread.id,
        resource: resource?.key ?? null,
        time: whole(time),
      });
    }
    return [...sites.values()];
  }

  private tell(places: readonly Place[]): void {
    const known = places.flatMap(({ thread, site }) => {
      const view = this.world.sites.view(site);
      return view === null ? [] : [{ key: `${thread.id} ${site}`, view }];
    });
    const told = tellApart(known.map(({ view }) => view));
    for (const [i, { key }] of known.entries()) this.told.set(key, told[i] as CallSite);
  }
}
