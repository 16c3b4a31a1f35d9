import type { ResourceEntity, ThreadEntity } from '../state/entities.ts';
import { siteRef } from '../state/sites.ts';
import type { World } from '../state/world.ts';
import {
  type ChannelView,
  type EventView,
  type FileView,
  type LineView,
  MOST_THINGS,
  type ResourceView,
  type ThingAtLine,
} from '../types/index.ts';
import { whole } from '../types/whole.ts';

/** Everything that may stand at a line, as views. */
interface Things {
  readonly resources: readonly ResourceView[];
  readonly channels: readonly ChannelView[];
}

/** What is known of a file, which may be called by its path or by its URL. */
export function fileView(world: World, names: readonly string[], things: Things): FileView {
  const lines = new Set(names.flatMap((name) => [...world.sites.linesOf(name)]));
  const atLines = new Map<number, ThingAtLine[]>();
  const views = new Map<string, Pick<ThingAtLine, 'resource' | 'channel'>>([
    ...things.resources.map((resource) => [resource.id, { resource, channel: null }] as const),
    ...things.channels.map((channel) => [channel.id, { resource: null, channel }] as const),
  ]);
  for (const entity of lines.size === 0 ? [] : world.resources) {
    const view = views.get(entity.key);
    if (view === undefined) continue;
    const longestWaitNs = whole(longestWait(world, entity));
    for (const [line, made] of linesOf(world, entity, names))
      atLines.set(line, [...(atLines.get(line) ?? []), { ...view, made, longestWaitNs }]);
  }
  const places = [...atLines].map(([line, all]) => placeView(line, all));
  const byLine = (a: number, b: number): number => a - b;
  return { lines: [...lines].sort(byLine), places: places.sort((a, b) => byLine(a.line, b.line)) };
}

function placeView(line: number, things: readonly ThingAtLine[]): LineView {
  const sorted = [...things].sort((a, b) => b.longestWaitNs - a.longestWaitNs || useOf(b) - useOf(a));
  return {
    line,
    things: sorted.slice(0, MOST_THINGS),
    more: Math.max(0, sorted.length - MOST_THINGS),
  };
}

function useOf({ resource, channel }: ThingAtLine): number {
  return resource?.acquisitions ?? (channel?.sent ?? 0) + (channel?.received ?? 0);
}

function longestWait({ lastTime }: World, { longestWaitNs, waiters }: ResourceEntity): number {
  let longest = longestWaitNs;
  for (const { since, thread } of waiters) longest = Math.max(longest, (thread.end ?? lastTime) - since);
  return longest;
}

/** Lines of the file at which it was made or used, with whether it was made there. */
function linesOf({ sites }: World, entity: ResourceEntity, names: readonly string[]): Map<number, boolean> {
  const lines = new Map<number, boolean>();
  const note = (site: number, made: boolean): void => {
    const view = sites.view(site);
    if (view !== null && names.includes(view.file))
      lines.set(view.line, made || lines.get(view.line) === true);
  };
  for (const index of entity.usedAt) note(siteRef(index, false), false);
  note(entity.createdSite, true);
  return lines;
}

/** When something happened at a line. */
export function eventAt(world: World, names: readonly string[], line: number): EventView | null {
  const stacks = world.sites.through(names, line);
  const isThere = (site: number): boolean => site !== 0 && stacks.has(site >> 1);
  return longestSlice(world, isThere) ?? firstMoment(world, isThere);
}

/** Begin of a stretch at the line: of one that still lasts, else of the longest. */
function longestSlice({ threads, lastTime }: World, isThere: (site: number) => boolean): EventView | null {
  let found: EventView | null = null;
  let most = -1;
  for (const thread of threads) {
    const { starts, sites, length } = thread.track;
    for (let i = 0; i < length; i++) {
      if (!isThere(sites[i] as number)) continue;
      const time = starts[i] as number;
      const isOpen = i + 1 === length && thread.alive;
      const lasted = isOpen ? Number.POSITIVE_INFINITY : (starts[i + 1] ?? thread.end ?? lastTime) - time;
      if (lasted <= most) continue;
      most = lasted;
      found = { thread: thread.id, time };
    }
  }
  return found;
}

/** When something was first made, started or sent there. */
function firstMoment({ resources, processes }: World, isThere: (site: number) => boolean): EventView | null {
  const moments: { thread: ThreadEntity | null; time: number | null; site: number }[] = [];
  for (const { createdBy, createdAt, createdSite, uses } of resources) {
    moments.push({ thread: createdBy, time: createdAt, site: createdSite });
    for (const { thread, lastSendTime, lastSendSite } of uses)
      moments.push({ thread, time: lastSendTime, site: lastSendSite });
  }
  for (const { child } of processes.all)
    if (child) moments.push({ thread: child.owner, time: child.startTime, site: child.site });
  const there = moments.flatMap(({ thread, time, site }) =>
    thread !== null && time !== null && isThere(site) ? [{ thread: thread.id, time: whole(time) }] : [],
  );
  return there.reduce<EventView | null>(
    (first, one) => (first && first.time <= one.time ? first : one),
    null,
  );
}
