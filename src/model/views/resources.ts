import type { ResourceKind } from '../../base/channels.ts';
import type { Hold, ResourceEntity, ThreadUse } from '../state/entities.ts';
import { isLockKind } from '../state/lock-kinds.ts';
import { isMade, stdioFlow } from '../state/stdio.ts';
import type { World } from '../state/world.ts';
import type { ChannelView, HolderView, ResourceView, WaitView } from '../types/index.ts';
import { whole } from '../types/whole.ts';
import { english, ownName, resourceText } from '../words/index.ts';
import { makeWait } from './processes.ts';

const CHANNEL_KINDS: ReadonlyMap<ResourceKind, ChannelView['kind']> = new Map([
  ['queue', 'queue'],
  ['joinableQueue', 'queue'],
  ['simpleQueue', 'queue'],
  ['pipe', 'pipe'],
  ['ipc', 'ipc'],
  ['port', 'port'],
  ['broadcast', 'port'],
  ['stdio', 'stdio'],
]);

export function isChannel(resource: ResourceEntity): boolean {
  return CHANNEL_KINDS.has(resource.kind);
}

export function channelViews(world: World): ChannelView[] {
  const channels = world.resources.filter((r) => isChannel(r) && (r.kind !== 'stdio' || isMade(world, r)));
  return ordered(channels).map((resource) => makeChannel(world, resource));
}

/** Everything that is not a channel. */
export function resourceViews(world: World): ResourceView[] {
  return ordered(world.resources.filter((r) => !isChannel(r))).map((resource) =>
    makeResource(world, resource),
  );
}

/** By creation, then by key: the order of arrival does not show. */
function ordered(resources: ResourceEntity[]): ResourceEntity[] {
  const at = (r: ResourceEntity) => r.createdAt ?? Number.POSITIVE_INFINITY;
  return resources.sort((a, b) => {
    const [x, y] = [at(a), at(b)];
    return x === y ? (a.key < b.key ? -1 : 1) : x - y;
  });
}

function makeChannel(world: World, resource: ResourceEntity): ChannelView {
  return {
    id: resource.key,
    kind: CHANNEL_KINDS.get(resource.kind) ?? 'queue',
    resourceKind: resource.kind,
    ...nameOf(world, resource),
    ...(resource.kind === 'stdio' ? bytesOf(world, resource) : messagesOf(world, resource)),
    connection: null,
  };
}

type Naming = Pick<ResourceView, 'name' | 'named' | 'number' | 'site'>;

function nameOf(world: World, resource: ResourceEntity): Naming {
  const label = world.resourceNames.of(resource);
  const named = label.given !== '';
  const name = named ? ownName(label) : resourceText(english, label);
  return { name, named, number: label.number, site: world.sites.view(resource.createdSite) };
}

type Flow = Omit<ChannelView, 'id' | 'kind' | 'resourceKind' | 'connection' | keyof Naming>;

function latencyOf({ latencySum, latencyCount }: ResourceEntity): number | null {
  return latencyCount === 0 ? null : whole(latencySum / latencyCount);
}

function bytesOf(world: World, resource: ResourceEntity): Flow {
  const flow = stdioFlow(world, resource);
  const exact = isExact(world, resource, flow.bytes);
  const depth = exact ? flow.depth : null;
  return { ...flow, depth, latencyNs: depth === null ? null : latencyOf(resource), exact };
}

function messagesOf(world: World, resource: ResourceEntity): Flow {
  const sum = (count: (use: ThreadUse) => number) =>
    resource.uses.reduce((total, use) => total + count(use), 0);
  const recorded = sum((use) => use.sent);
  const received = sum((use) => use.received);
  // What was received was sent, also by a process that was killed before it could write that down.
  const sent = resource.kind === 'broadcast' ? recorded : Math.max(recorded, received);
  const exact = isExact(world, resource, Math.max(sent, received));
  return {
    from: processesOf(resource, (use) => use.sent > 0 || (recorded === 0 && sent > 0 && use.writers > 0)),
    to: processesOf(resource, (use) => use.received > 0),
    sent,
    received,
    bytes: Math.max(
      sum((use) => use.sentBytes),
      sum((use) => use.receivedBytes),
    ),
    depth: exact && resource.kind !== 'broadcast' ? Math.max(0, sent - received) : null,
    latencyNs: latencyOf(resource),
    exact,
  };
}

/** A position beyond what was counted proves a loss, whatever the files say. */
function isExact(world: World, resource: ResourceEntity, counted: number): boolean {
  return !resource.lossy && !world.loss.unattributed && resource.maxN <= counted;
}

function processesOf(resource: ResourceEntity, which: (use: ThreadUse) => boolean): string[] {
  const ids = new Set<string>();
  for (const use of resource.uses) if (which(use)) ids.add(use.thread.process.id);
  return [...ids].sort();
}

export function makeResource(world: World, resource: ResourceEntity): ResourceView {
  const acquisitions = resource.uses.reduce((total, use) => total + use.acquisitions, 0);
  const waiters = [...resource.waiters].filter((wait) => wait.thread.alive).sort((a, b) => a.since - b.since);
  return {
    id: resource.key,
    kind: resource.kind,
    ...nameOf(world, resource),
    capacity: resource.capacity,
    acquisitions,
    contended: resource.contended,
    waitNs: whole(resource.waitNs + openWaitNs(world, resource)),
    holders: holderViews(world, resource),
    waiters: waiters.map((wait): WaitView => makeWait(world, wait)),
    exact: isLockKind(resource.kind)
      ? isExact(world, resource, acquisitions)
      : !resource.lossy && !world.loss.unattributed,
  };
}

function openWaitNs(world: World, resource: ResourceEntity): number {
  let sum = 0;
  for (const wait of resource.waiters) {
    const until = wait.thread.end ?? world.lastTime;
    sum += Math.max(0, until - wait.since);
  }
  return sum;
}

function holderViews(world: World, resource: ResourceEntity): HolderView[] {
  return [...resource.holds.values()]
    .sort((a, b) => a.ticket - b.ticket)
    .map((hold: Hold) => ({
      process: hold.thread.process.id,
      thread: hold.thread.id,
      task: hold.task,
      ticket: hold.ticket,
      since: whole(hold.since),
      site: world.sites.view(hold.site),
      dead: !hold.thread.alive,
    }));
}
