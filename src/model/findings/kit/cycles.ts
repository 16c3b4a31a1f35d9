import type { Finding } from '../../types/index.ts';
import type { Stuck } from '../graph/graph.ts';
import type { Certainty } from '../graph/groups.ts';
import type { Unit } from '../graph/unit.ts';
import { type ChainFinding, chainFinding } from './finding.ts';
import { type Link, linksOf, type RestLink, restLinksOf } from './links.ts';
import type { Rule, RuleContext } from './rule.ts';
import { listWords, unitWords } from './words.ts';

/** Waits that hang together: a circle, or a single wait that nobody alive could end. */
export interface Chain {
  readonly stuck: Stuck;
  readonly links: readonly Link[];
  /** Members that rest without a wait. */
  readonly rests: readonly RestLink[];
  readonly cycle: boolean;
}

/**
 * All circles of waits that no finding explains yet, those with proof first, and those of waits alone before those that close
 * only by what somebody without a wait rests for.
 */
export function* openCycles({ graph, certain, suspected, claimed }: RuleContext): Iterable<Chain> {
  const isOpen = ({ links }: Chain): boolean => !links.some((link) => claimed.has(link.wait));
  for (const stuck of [certain, suspected]) {
    for (const units of stuck.cycles) {
      const chain = { stuck, links: linksOf(graph, stuck, units), rests: [], cycle: true };
      if (isOpen(chain)) yield chain;
    }
    for (const units of stuck.wideCycles) {
      const circle = graph.shortestCircle(units);
      const links = linksOf(graph, stuck, circle);
      const chain = { stuck, links, rests: restLinksOf(graph, stuck, circle), cycle: true };
      if (isOpen(chain)) yield chain;
    }
  }
}

/**
 * Waits that nobody alive could end, whoever else is stuck: the dead could have, or too few are left. Waits for the same
 * thing are one chain.
 */
export function* deadEnds(context: RuleContext): Iterable<Chain & { readonly link: Link }> {
  const { graph, claimed } = context;
  for (const stuck of [context.certain, context.suspected]) {
    const groups = new Map<string, Link[]>();
    for (const unit of [...stuck.units].sort((a, b) => (a.id < b.id ? -1 : 1))) {
      for (const link of linksOf(graph, stuck, [unit])) {
        const { wait } = link;
        if (claimed.has(wait)) continue;
        if (graph.countEnders(wait, stuck.certainty) >= graph.enders(wait, stuck.certainty).need) continue;
        const key = `${wait.kind} ${wait.resource?.index ?? unit.id}`;
        const group = groups.get(key);
        if (group === undefined) groups.set(key, [link]);
        else if (!group.some((other) => other.wait === wait)) group.push(link);
      }
    }
    for (const links of groups.values()) {
      const [link] = links;
      if (link !== undefined && !links.some((l) => claimed.has(l.wait)))
        yield { stuck, links, rests: [], link, cycle: false };
    }
  }
}

export function hasKind(chain: Chain, ...kinds: readonly number[]): boolean {
  return chain.links.some((link) => kinds.includes(link.wait.kind));
}
export function onlyKinds(chain: Chain, ...kinds: readonly number[]): boolean {
  return chain.links.every((link) => kinds.includes(link.wait.kind));
}
/** The first link that waits in one of these ways. */
export function linkOf(chain: Chain, ...kinds: readonly number[]): Link | undefined {
  return chain.links.find((link) => kinds.includes(link.wait.kind));
}
/** All members of a chain, those that wait first. */
function unitsOf({ links, rests }: Chain): Unit[] {
  return [...links, ...rests].map((link) => link.unit);
}
export function threadsOf(chain: Chain): number {
  return new Set(unitsOf(chain).map((unit) => unit.thread)).size;
}
/** "worker-1, worker-2 and main.ts": all members of a chain. */
export function membersWords(chain: Chain): string {
  return listWords(unitsOf(chain).map(unitWords));
}

export type ChainWords = Omit<ChainFinding, 'links' | 'rests' | 'certainty'> & {
  readonly certainty?: Certainty;
};
type Say = (context: RuleContext, chain: Chain) => ChainWords | null;

/** The check of a rule about circles: `say` answers `null` where the circle is not its own. */
export function circles(say: Say): Rule['check'] {
  return (context) => report(context, openCycles(context), say);
}

/** The check of a rule about circles and, when those are explained, about single waits. */
export function chains(say: Say): Rule['check'] {
  return (context) => [
    ...report(context, openCycles(context), say),
    ...report(context, deadEnds(context), say),
  ];
}

function report(context: RuleContext, all: Iterable<Chain>, say: Say): Finding[] {
  const findings: Finding[] = [];
  for (const chain of all) {
    if (chain.links.length === 0) continue;
    // Waits of one thread that only its own other code could end prove nothing while it runs, but of tasks with tokens.
    const named = chain.links.every(({ unit }) => unit.task !== 0);
    if (chain.cycle && threadsOf(chain) === 1 && !named && chain.stuck.certainty === 'suspected') continue;
    const words = say(context, chain);
    if (words === null) continue;
    findings.push(
      chainFinding(context, chain.stuck, {
        certainty: chain.stuck.certainty,
        ...words,
        links: chain.links,
        rests: chain.rests,
      }),
    );
  }
  return findings;
}

/** Those who could end the wait of a link and are not stuck. */
export function freeEnders(context: RuleContext, chain: Chain, link: Link): Unit[] {
  const { certainty, units } = chain.stuck;
  const all = context.graph.endersOf(link.wait, certainty, new Set(), Number.POSITIVE_INFINITY);
  return all.filter((unit) => !units.has(unit));
}
