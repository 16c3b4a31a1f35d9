import type { ProcessEntity, ResourceEntity, ThreadEntity, Wait } from '../../state/entities.ts';
import { awaited } from '../../state/wait-names.ts';
import type { World } from '../../state/world.ts';
import type { FindingSite, SiteRole } from '../../types/index.ts';
import { whole } from '../../types/whole.ts';
import { holdsFor, type Link, type RestLink } from './links.ts';

/** Places of a chain: each wait, and what it waits for (acquisition, creation of the resource, start of the process). */
export function sitesOf(world: World, links: readonly Link[], rests: readonly RestLink[]): FindingSite[] {
  const sites: FindingSite[] = [];
  for (const { unit, wait } of links) {
    addSite(world, sites, 'waits', unit.thread, wait.resource, wait.site, wait.since);
    const holds = holdsFor(wait);
    for (const hold of holds) {
      addSite(world, sites, 'acquired', hold.thread, hold.resource, hold.site, hold.since);
    }
    if (wait.child !== null) addStart(world, sites, awaited(wait.child), wait);
    else if (holds.length === 0 && wait.resource !== null) addCreation(world, sites, wait.resource);
  }
  for (const { unit, source } of rests)
    addSite(world, sites, 'created', unit.thread, source.resource, source.site, source.told.since ?? 0);
  return sites;
}

function addCreation(world: World, sites: FindingSite[], resource: ResourceEntity): void {
  const { createdBy, createdSite, createdAt } = resource;
  if (createdBy !== null) addSite(world, sites, 'created', createdBy, resource, createdSite, createdAt ?? 0);
}

function addStart(world: World, sites: FindingSite[], process: ProcessEntity | null, wait: Wait): void {
  const { child } = wait;
  if (child === null || process === null) return;
  addSite(world, sites, 'started', child.owner ?? wait.thread, null, child.site, child.startTime ?? 0);
}

/** Adds a place where it is known and new. */
export function addSite(
  world: World,
  sites: FindingSite[],
  role: SiteRole,
  thread: ThreadEntity,
  resource: ResourceEntity | null,
  ref: number,
  time: number,
): void {
  const site = world.sites.view(ref);
  if (site === null) return;
  const resourceId = resource?.key ?? null;
  const threadId = thread.id;
  const known = sites.some(
    (s) =>
      s.role === role &&
      s.thread === threadId &&
      s.resource === resourceId &&
      s.line === site.line &&
      s.file === site.file,
  );
  if (!known)
    sites.push({
      ...site,
      role,
      process: thread.process.id,
      thread: threadId,
      resource: resourceId,
      time: whole(time),
    });
}
