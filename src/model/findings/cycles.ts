import { type Link, linksOf } from './finding.ts';
import type { Stuck } from './graph.ts';
import type { RuleContext } from './rule.ts';

export interface Cycle {
  readonly stuck: Stuck;
  readonly links: readonly Link[];
}

/** All circles of waits that no finding explains yet, those with proof first. */
export function* openCycles(context: RuleContext): Iterable<Cycle> {
  for (const stuck of [context.certain, context.suspected]) {
    for (const units of stuck.cycles) {
      const links = linksOf(context.graph, stuck, units);
      if (links.some((link) => context.claimed.has(link.wait))) continue;
      yield { stuck, links };
    }
  }
}

/** Links of stuck units whose wait is of one of the kinds, unclaimed, those with proof first. */
export function* stuckWaits(
  context: RuleContext,
  kinds: readonly number[],
): Iterable<Cycle & { readonly link: Link }> {
  for (const stuck of [context.certain, context.suspected]) {
    for (const unit of [...stuck.units].sort((a, b) => (a.id < b.id ? -1 : 1))) {
      for (const link of linksOf(context.graph, stuck, [unit])) {
        if (kinds.includes(link.wait.kind) && !context.claimed.has(link.wait))
          yield { stuck, links: [link], link };
      }
    }
  }
}

export function hasKind(cycle: Cycle, ...kinds: readonly number[]): boolean {
  return cycle.links.some((link) => kinds.includes(link.wait.kind));
}
export function onlyKinds(cycle: Cycle, ...kinds: readonly number[]): boolean {
  return cycle.links.every((link) => kinds.includes(link.wait.kind));
}
