import { KIND } from '../../../trace/format/records.ts';
import type { Hold, ThreadEntity, Wait } from '../../state/entities.ts';
import { namesOtherEnd, sourceDoes } from '../../state/source-words.ts';
import type { SourceEntity } from '../../state/sources.ts';
import { waitName } from '../../state/wait-names.ts';
import type { World } from '../../state/world.ts';
import type { Blocker, CallSite, ChainLink } from '../../types/index.ts';
import { whole } from '../../types/whole.ts';
import { english, siteText } from '../../words/index.ts';
import type { Stuck, WaitGraph } from '../graph/graph.ts';
import type { Need } from '../graph/need.ts';
import type { Unit } from '../graph/unit.ts';
import { awaitWords, openAwaits } from './open-awaits.ts';
import { deadWords, doesWords, listWords, threadWords, unitWords } from './words.ts';

/** Who could end a wait or make a source fire: members of the set first. */
interface Ended {
  readonly blockers: readonly Unit[];
  readonly dead: readonly ThreadEntity[];
}

/** One unit of a chain and the wait by which it is a member. */
export interface Link extends Ended {
  readonly unit: Unit;
  readonly wait: Wait;
}

/** A member of a chain that rests without such a wait, and the source by which it is one. */
export interface RestLink extends Ended {
  readonly unit: Unit;
  readonly source: SourceEntity;
}

/** The call sites as a finding shows them. */
export interface Sites {
  view(thread: ThreadEntity, site: number): CallSite | null;
}

/** Who could end a wait is told up to so many. */
const MOST_BLOCKERS = 16;

/** The links of a set of units: for each unit that waits the wait that members could end, else its first one. */
export function linksOf(graph: WaitGraph, stuck: Stuck, units: readonly Unit[]): Link[] {
  const among = new Set(units);
  return units.flatMap((unit) => {
    const wait = chosen(graph, stuck, graph.waits(unit), among);
    return wait === undefined ? [] : [{ unit, wait, ...endedBy(graph, stuck, wait, among) }];
  });
}

/** The same of those that rest without a wait. */
export function restLinksOf(graph: WaitGraph, stuck: Stuck, units: readonly Unit[]): RestLink[] {
  const among = new Set(units);
  return units.flatMap((unit) => {
    if (graph.waits(unit).length > 0) return [];
    const source = chosen(graph, stuck, graph.sources(unit), among);
    return source === undefined ? [] : [{ unit, source, ...endedBy(graph, stuck, source, among) }];
  });
}

function chosen<T extends Need>(
  graph: WaitGraph,
  { certainty }: Stuck,
  needs: readonly T[],
  among: ReadonlySet<Unit>,
): T | undefined {
  return needs.find((need) => graph.touches(need, certainty, among)) ?? needs[0];
}

function endedBy(graph: WaitGraph, { certainty }: Stuck, need: Need, among: ReadonlySet<Unit>): Ended {
  const blockers = graph.endersOf(need, certainty, among, MOST_BLOCKERS);
  return { blockers, dead: graph.enders(need, certainty).dead };
}

/** The acquisitions that a wait for a lock waits for. */
export function holdsFor(wait: Wait): Hold[] {
  return wait.kind === KIND.waitAcquire && wait.resource !== null ? [...wait.resource.holds.values()] : [];
}

/** Each wait once: that of a task is its thread's as well. Those that only rest come last. */
export function chainOf(
  world: World,
  sites: Sites,
  links: readonly Link[],
  rests: readonly RestLink[],
): ChainLink[] {
  const told = new Set<Wait>();
  const once = links.filter(({ wait }) => !told.has(wait) && told.add(wait));
  return [
    ...once.map((link) => waitLink(world, sites, link)),
    ...rests.map((link) => restLink(world, sites, link)),
  ];
}

function waitLink(world: World, sites: Sites, link: Link): ChainLink {
  const { unit, wait } = link;
  const holds = holdsFor(wait);
  return {
    ...whoOf(unit),
    waitKind: waitName(wait.kind),
    source: null,
    resource: wait.resource?.key ?? null,
    since: whole(wait.since),
    site: sites.view(unit.thread, wait.site),
    blockedBy: blockersOf(sites, link, holds),
    text: linkWords(world, sites, link),
  };
}

function restLink(world: World, sites: Sites, link: RestLink): ChainLink {
  const { unit, source } = link;
  const awaits = openAwaits(unit.thread);
  const at = awaits.length === 0 ? ' rests' : ` awaits at ${awaitWords(world, awaits)}, rests`;
  const told = link.blockers.length === 0 || namesOtherEnd(source);
  const given = told ? '' : `, which only ${listWords(link.blockers.map(unitWords))} could give`;
  return {
    ...whoOf(unit),
    waitKind: null,
    source: source.kind,
    resource: source.resource?.key ?? null,
    since: whole(unit.thread.quiescent?.since ?? 0),
    site: sites.view(unit.thread, awaits[0]?.site ?? source.site),
    blockedBy: blockersOf(sites, link, []),
    text: `${unitWords(unit)}${at} and ${sourceDoes(source)}${given}`,
  };
}

function whoOf({ thread, task }: Unit): Pick<ChainLink, 'process' | 'thread' | 'task'> {
  return { process: thread.process.id, thread: thread.id, task };
}

function blockersOf(sites: Sites, { blockers, dead }: Ended, holds: readonly Hold[]): Blocker[] {
  return [...blockers.map((unit) => unit.thread), ...dead].map((thread) => ({
    process: thread.process.id,
    thread: thread.id,
    site: sites.view(thread, holds.find((hold) => hold.thread === thread)?.site ?? 0),
  }));
}

function linkWords(world: World, sites: Sites, { unit, wait, blockers, dead }: Link): string {
  const at = siteText(english, sites.view(unit.thread, wait.site));
  const head = `${unitWords(unit)} ${doesWords(world, wait)}${at === '' ? '' : ` at ${at}`}`;
  const holds = holdsFor(wait);
  if (holds.length > 0) {
    const holders = holds.map((hold) => {
      const place = siteText(english, sites.view(hold.thread, hold.site));
      const end = hold.thread.alive ? '' : ', which has exited';
      return `${threadWords(hold.thread, hold.task)}${place === '' ? '' : ` since ${place}`}${end}`;
    });
    return `${head}, held by ${listWords(holders)}`;
  }
  if (wait.child !== null) return head;
  const given =
    blockers.length > 0 ? `${head}, which only ${listWords(blockers.map(unitWords))} could give` : head;
  return dead.length > 0 ? `${given}; ${deadWords(dead)}` : given;
}
