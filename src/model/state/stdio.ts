import { parseStdioKey } from '../../trace/format/stdio-key.ts';
import type { ChannelView } from '../types/index.ts';
import type { ProcessEntity, ResourceEntity, ThreadUse } from './entities.ts';
import type { World } from './world.ts';

/** The processes at the two ends of a stdio channel; `null`: not known. */
export interface StdioEnds {
  readonly writer: ProcessEntity | null;
  readonly reader: ProcessEntity | null;
  readonly parent: ProcessEntity | null;
  readonly child: ProcessEntity | null;
}

export function stdioEnds(world: World, resource: ResourceEntity): StdioEnds {
  const parsed = parseStdioKey(resource.key);
  const child = parsed === undefined ? null : (world.processes.childOf(parsed.spawnKey)?.process ?? null);
  const parent = resource.createdBy?.process ?? null;
  return parsed?.way === 'down'
    ? { writer: parent, reader: child, parent, child }
    : { writer: child, reader: parent, parent, child };
}

/**
 * Only whoever made a pipe knows that it is one: a child that has inherited its output from further up writes into a channel
 * that nobody has made.
 */
export function isMade(world: World, resource: ResourceEntity): boolean {
  return resource.createdBy !== null || (resource.lossy && makingMayBeLost(world, resource));
}

/** Where only the child's records are incomplete (it was killed), its parent's still say that there is no pipe. */
function makingMayBeLost(world: World, resource: ResourceEntity): boolean {
  const child = world.processes.childOf(parseStdioKey(resource.key)?.spawnKey ?? '');
  if (child === undefined) return true;
  const { owner, startTime } = child;
  if (owner === null) return false;
  return owner.hasGap || startTime === null || owner.lastTime <= startTime;
}

type Flow = Pick<ChannelView, 'from' | 'to' | 'sent' | 'received' | 'depth'> & { readonly bytes: number };

/** A pipe has no messages: bytes are what is counted. What was received was sent, whoever sent it. */
export function stdioFlow(world: World, resource: ResourceEntity): Flow {
  const { uses } = resource;
  const ends = stdioEnds(world, resource);
  const sum = (count: (use: ThreadUse) => number) => uses.reduce((total, use) => total + count(use), 0);
  const sent = sum((use) => use.sentBytes);
  const received = sum((use) => use.receivedBytes);
  const bytes = Math.max(sent, received);
  const both = uses.some((use) => use.writers > 0) && uses.some((use) => use.readers > 0);
  return {
    from: idsOf(uses, (use) => use.sentBytes > 0, bytes > 0 ? ends.writer : null),
    to: idsOf(uses, (use) => use.receivedBytes > 0, bytes > 0 ? ends.reader : null),
    sent: bytes,
    received,
    bytes,
    depth: both && sent >= received ? sent - received : null,
  };
}

function idsOf(
  uses: readonly ThreadUse[],
  which: (use: ThreadUse) => boolean,
  other: ProcessEntity | null,
): string[] {
  const ids = new Set(uses.filter(which).map((use) => use.thread.process.id));
  if (ids.size === 0 && other !== null && other.id !== '') ids.add(other.id);
  return [...ids].sort();
}
