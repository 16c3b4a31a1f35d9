import type { ResourceEntity, ThreadEntity, ThreadUse } from '../../state/entities.ts';
import type { World } from '../../state/world.ts';
import type { Place } from './noted.ts';

/** One receives what another one sends. */
const DIRECT: ReadonlySet<ResourceEntity['kind']> = new Set(['ipc', 'port']);
const CHANNELS: ReadonlySet<ResourceEntity['kind']> = new Set([...DIRECT, 'broadcast']);

/** The last message of a thread into a channel, since which nothing has come back by it. */
export interface OpenRequest {
  readonly from: ThreadEntity;
  readonly use: ThreadUse;
  /** Where and when it was sent, ns. */
  readonly site: number;
  readonly time: number;
  /** Who is known at the other end. */
  readonly to: readonly ThreadEntity[];
  /** What has come back since was sent before this had been received: neither answers the other. */
  readonly crossed: boolean;
}

/** The messages of a thread that nobody has answered, the last of each channel. Whether an answer was due nobody knows. */
export function openRequests(world: World, thread: ThreadEntity): OpenRequest[] {
  return lastMessages(world, thread, false);
}

/** The last message of each channel whose other end had sent its own last one before it received this one. */
export function crossedRequests(world: World, thread: ThreadEntity): OpenRequest[] {
  return lastMessages(world, thread, true);
}

/** Its last message by `back` was sent before the last one by `resource` reached it. */
function hadSentBefore(
  other: ThreadEntity,
  resource: ResourceEntity,
  back: ResourceEntity | undefined,
): boolean {
  const sent = back && other.uses.get(back)?.lastSendTime;
  const received = other.uses.get(resource)?.lastReceiveTime;
  return sent !== undefined && received !== undefined && sent <= received;
}

function lastMessages(world: World, thread: ThreadEntity, wantCrossed: boolean): OpenRequest[] {
  const open: OpenRequest[] = [];
  for (const use of thread.uses.values()) {
    const { resource } = use;
    if (!CHANNELS.has(resource.kind) || use.sent === 0 || isNodesOwn(resource)) continue;
    const back = world.peerOf(resource);
    const answered = (back && thread.uses.get(back)?.lastReceiveTime) ?? Number.NEGATIVE_INFINITY;
    const crossed = answered >= use.lastSendTime;
    if (crossed !== wantCrossed) continue;
    const ends = world.channelUses(resource).map((other) => other.thread);
    const to = [...new Set(ends)].filter((other) => other !== thread);
    if (crossed && !to.every((other) => hadSentBefore(other, resource, back))) continue;
    open.push({ from: thread, use, site: use.lastSendSite, time: use.lastSendTime, to, crossed });
  }
  return open.sort((a, b) => b.time - a.time);
}

/**
 * Is the message rather an answer: has its sender had a message for each that it has sent, or is it a child, which may have said
 * first that it is there? A child that asks its parent again does so where it asked first.
 */
export function isAnswer(world: World, { from, use, to }: OpenRequest): boolean {
  const received = world.answersTo(use);
  if (received === 0) return false;
  if (use.sent <= received) return true;
  const starter = from.child?.owner ?? (from.threadId === 0 ? from.process.child?.owner : null) ?? null;
  if (starter === null || !to.includes(starter)) return false;
  const [first, last] = [world.sites.view(use.openingSite), world.sites.view(use.lastSendSite)];
  return first === null || first.file !== last?.file || first.line !== last.line;
}

/** A channel in which each message has one receiver, of which it is known whether it has it. */
export function isMessages({ kind, lossy }: ResourceEntity): boolean {
  return DIRECT.has(kind) && !lossy;
}

/** Node starts and feeds its worker threads by ports of its own, which nobody answers. */
export function isNodesOwn({ name }: ResourceEntity): boolean {
  return name.startsWith("Node's own");
}

export function requestPlace({ from, use, site, time }: OpenRequest): Place {
  return { role: 'sent', thread: from, resource: use.resource, site, time };
}
