import { KIND } from '../../../trace/format/records.ts';
import type { Hold, ProcessEntity, ResourceEntity, ThreadEntity, Wait } from '../../state/entities.ts';
import { awaited, waitName } from '../../state/wait-names.ts';
import type { World } from '../../state/world.ts';
import type { ChainLink, Finding, FindingKind, FindingSite, SiteRole } from '../../types/index.ts';
import { whole } from '../../types/whole.ts';
import type { Stuck, WaitGraph } from '../graph/graph.ts';
import type { Certainty } from '../graph/groups.ts';
import { tellsAll } from '../graph/need.ts';
import type { Unit } from '../graph/unit.ts';
import type { RuleContext } from './rule.ts';
import { goalWords, listWords, siteWords, threadWords, timeWords, unitWords } from './words.ts';

/** One unit of a chain and the wait by which it is a member. */
export interface Link {
  readonly unit: Unit;
  readonly wait: Wait;
  /** Who could end it: members of the set first. */
  readonly blockers: readonly Unit[];
  readonly dead: readonly ThreadEntity[];
}

/** Who could end a wait is told up to so many. */
const MOST_BLOCKERS = 16;

/** The links of a set of units: for each unit the wait that members could end, else its first one. */
export function linksOf(graph: WaitGraph, { certainty }: Stuck, units: readonly Unit[]): Link[] {
  const among = new Set(units);
  return units.flatMap((unit) => {
    const waits = graph.waits(unit);
    const wait = waits.find((w) => graph.touches(w, certainty, among)) ?? waits[0];
    if (wait === undefined) return [];
    const blockers = graph.endersOf(wait, certainty, among, MOST_BLOCKERS);
    return [{ unit, wait, blockers, dead: graph.enders(wait, certainty).dead }];
  });
}

/** The acquisitions that a wait for a lock waits for. */
export function holdsFor(wait: Wait): Hold[] {
  return wait.kind === KIND.waitAcquire && wait.resource !== null ? [...wait.resource.holds.values()] : [];
}

/** Each wait once: that of a task is its thread's as well. */
export function chainOf(world: World, links: readonly Link[]): ChainLink[] {
  const told = new Set<Wait>();
  const once = links.filter(({ wait }) => !told.has(wait) && told.add(wait));
  return once.map(({ unit, wait, blockers, dead }) => {
    const holds = holdsFor(wait);
    const siteOf = (thread: ThreadEntity) =>
      world.sites.view(holds.find((h) => h.thread === thread)?.site ?? 0);
    return {
      process: unit.thread.process.id,
      thread: unit.thread.id,
      task: unit.task,
      waitKind: waitName(wait.kind),
      resource: wait.resource?.key ?? null,
      since: whole(wait.since),
      site: world.sites.view(wait.site),
      blockedBy: [...blockers.map((u) => u.thread), ...dead].map((thread) => ({
        process: thread.process.id,
        thread: thread.id,
        site: siteOf(thread),
      })),
      text: linkWords(world, { unit, wait, blockers, dead }),
    };
  });
}

function linkWords(world: World, { unit, wait, blockers, dead }: Link): string {
  const at = siteWords(world.sites.view(wait.site));
  const head = `${unitWords(unit)} waits for ${goalWords(world, wait)}${at === '' ? '' : ` at ${at}`}`;
  const holds = holdsFor(wait);
  if (holds.length > 0) {
    const holders = holds.map((hold) => {
      const place = siteWords(world.sites.view(hold.site));
      const end = hold.thread.alive ? '' : ', which has exited';
      return `${threadWords(hold.thread, hold.task)}${place === '' ? '' : ` since ${place}`}${end}`;
    });
    return `${head}, held by ${listWords(holders)}`;
  }
  if (wait.child !== null) return head;
  if (blockers.length > 0) return `${head}, which only ${listWords(blockers.map(unitWords))} could give`;
  return dead.length > 0
    ? `${head}; ${listWords(dead.map((t) => threadWords(t)))} could have, and exited`
    : head;
}

/** Places of a chain: each wait, and what it waits for (acquisition, creation of the resource, start of the process). */
export function sitesOf(world: World, links: readonly Link[]): FindingSite[] {
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
  return sites;
}

export function addCreation(world: World, sites: FindingSite[], resource: ResourceEntity): void {
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

/** Why the units can't go on by themselves: a sentence for all of whom the same is true. */
function evidence(units: readonly Unit[]): string[] {
  const groups = new Map<(who: string, many: boolean) => string, string[]>();
  for (const unit of units) {
    const why = reasonOf(unit);
    groups.set(why, [...(groups.get(why) ?? []), unitWords(unit)]);
  }
  return [...groups].map(([why, names]) => `${why(listWords(names, 6), names.length > 1)}.`);
}

const inSyncCall = (who: string, many: boolean) =>
  `${who} ${many ? 'are' : 'is'} blocked in a synchronous call without a timeout`;
const inOwnTask = (who: string) => `In ${who} nothing else runs in the task that waits`;
const atRest = (who: string, many: boolean) =>
  `Nothing but what ${many ? 'they wait' : 'it waits'} for keeps ${who} alive, and no timer is armed`;
const mayGoOn = (who: string) => `Other code of ${who} may still run`;

function reasonOf({ thread, task }: Unit): (who: string, many: boolean) => string {
  if (thread.syncWait !== null) return inSyncCall;
  if (task !== 0) return inOwnTask;
  return tellsAll(thread) ? atRest : mayGoOn;
}

/** Units that are stuck only because they wait, directly or not, for members of a set. */
export function victims(graph: WaitGraph, stuck: Stuck, members: readonly Unit[]): Unit[] {
  const reached = new Set(members);
  const threads = new Set(members.map((unit) => unit.thread));
  const rest = new Set([...stuck.units].filter((unit) => unit.task === 0 && !threads.has(unit.thread)));
  const found: Unit[] = [];
  for (let grown = true; grown; ) {
    const next = [...rest].filter((unit) =>
      graph.waits(unit).some((w) => graph.touches(w, stuck.certainty, reached)),
    );
    for (const unit of next) {
      rest.delete(unit);
      reached.add(unit);
      found.push(unit);
    }
    grown = next.length > 0;
  }
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

export interface ChainFinding {
  readonly certainty: Certainty;
  readonly title: string;
  readonly links: readonly Link[];
  /** First sentence of the explanation; the evidence follows. */
  readonly reason: string;
  readonly fix: string;
  readonly extraSites?: readonly FindingSite[];
  readonly extraProcesses?: readonly ProcessEntity[];
}

/** A blocking finding about a chain of waits: claims its waits and those that hang behind them. */
export function chainFinding(context: RuleContext, stuck: Stuck, what: ChainFinding): Finding {
  const { world, graph, claimed } = context;
  const { links } = what;
  const units = links.map((link) => link.unit);
  const behind = victims(graph, stuck, units);
  for (const unit of [...units, ...behind]) for (const wait of graph.waits(unit)) claimed.add(wait);
  const time = Math.max(0, ...links.map((link) => link.wait.since));
  const sites = sitesOf(world, links);
  for (const site of what.extraSites ?? []) sites.push(site);
  const resources = unique(links.flatMap(({ wait }) => (wait.resource === null ? [] : [wait.resource.key])));
  const processes = unique([
    ...units.map((unit) => unit.thread.process.id),
    ...(what.extraProcesses ?? []).map((process) => process.id),
  ]);
  const sentences = [what.reason, ...evidence(units)];
  if (behind.length > 0) sentences.push(`Stuck behind this: ${listWords(behind.map(unitWords))}.`);
  sentences.push(
    what.certainty === 'certain'
      ? 'Nothing that is alive could end these waits.'
      : `It has lasted ${timeWords(context.now - time)}; something that the trace does not show could still end it.`,
  );
  return {
    id: idOf(context.rule.kind, [...units.map((unit) => unit.id), ...resources]),
    kind: context.rule.kind,
    certainty: what.certainty,
    blocking: true,
    title: what.title,
    time: whole(time),
    processes,
    resources,
    sites,
    chain: chainOf(world, links),
    explanation: sentences.join(' '),
    fix: what.fix,
  };
}

export function idOf(kind: FindingKind, parts: readonly string[]): string {
  return `${kind}:${[...parts].sort().join('+')}`;
}

export function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
