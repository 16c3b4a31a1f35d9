import { duration } from '../../../base/units.ts';
import type { ProcessEntity } from '../../state/entities.ts';
import type { Finding, FindingKind } from '../../types/index.ts';
import { whole } from '../../types/whole.ts';
import type { Stuck, WaitGraph } from '../graph/graph.ts';
import type { Certainty } from '../graph/groups.ts';
import type { Need } from '../graph/need.ts';
import type { Unit } from '../graph/unit.ts';
import { evidence } from './evidence.ts';
import { chainOf, type Link, type RestLink } from './links.ts';
import type { Place } from './noted.ts';
import { behindAwaits } from './open-awaits.ts';
import { placesOf, ToldApart } from './places.ts';
import { proofOf } from './proof.ts';
import type { RuleContext } from './rule.ts';
import { listWords, unitWords } from './words.ts';

/** Units that are stuck only because they wait, directly or not, for members of a set. */
export function victims(graph: WaitGraph, stuck: Stuck, members: readonly Unit[]): Unit[] {
  const reached = new Set(members);
  const threads = new Set(members.map((unit) => unit.thread));
  const rest = new Set([...stuck.units].filter((unit) => unit.task === 0 && !threads.has(unit.thread)));
  const found: Unit[] = [];
  // Who waits may have a reason of its own to be stuck: only its waits say that it is behind.
  const needsOf = (unit: Unit): readonly Need[] => {
    const waits = graph.waits(unit);
    return waits.length > 0 || stuck.certainty === 'suspected' ? waits : graph.sources(unit);
  };
  for (let grown = true; grown; ) {
    const next = [...rest].filter((unit) =>
      needsOf(unit).some((need) => graph.touches(need, stuck.certainty, reached)),
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
  /** Members that rest without a wait. */
  readonly rests?: readonly RestLink[];
  /** First sentence of the explanation; the evidence follows. */
  readonly reason: string;
  readonly fix: string;
  readonly extraProcesses?: readonly ProcessEntity[];
  /** Beside those of the waits. */
  readonly extraPlaces?: readonly Place[];
}

/** A blocking finding about a chain of waits: claims its waits and those that hang behind them. */
export function chainFinding(context: RuleContext, stuck: Stuck, what: ChainFinding): Finding {
  const { world, graph, claimed } = context;
  const { links, rests = [] } = what;
  const units = [...links, ...rests].map((link) => link.unit);
  const behind = victims(graph, stuck, units);
  for (const unit of [...units, ...behind]) {
    for (const wait of graph.waits(unit)) claimed.add(wait);
    if (what.certainty === 'certain' && unit.thread.waits.size === 0) context.explained.add(unit.thread);
  }
  const time = Math.max(0, ...links.map((link) => link.wait.since));
  const awaits = behindAwaits(world, unique(units.map(({ thread }) => thread)));
  const places = [...placesOf(links, rests), ...(what.extraPlaces ?? []), ...awaits.places];
  const told = new ToldApart(world, places);
  const resources = unique(links.flatMap(({ wait }) => (wait.resource === null ? [] : [wait.resource.key])));
  const processes = unique([
    ...units.map((unit) => unit.thread.process.id),
    ...(what.extraProcesses ?? []).map((process) => process.id),
  ]);
  const sentences = [what.reason, ...evidence(units), ...awaits.sentences];
  if (behind.length > 0) sentences.push(`Stuck behind this: ${listWords(behind.map(unitWords))}.`);
  sentences.push(
    what.certainty === 'certain'
      ? 'Nothing that is alive could end these waits.'
      : `It has lasted ${duration(context.now - time)}; something that the trace does not show could still end it.`,
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
    sites: told.sites(),
    chain: chainOf(world, told, links, rests),
    explanation: sentences.join(' '),
    fix: what.fix,
    proof: what.certainty === 'certain' ? proofOf(graph, units) : null,
  };
}

export function idOf(kind: FindingKind, parts: readonly string[]): string {
  return `${kind}:${[...parts].sort().join('+')}`;
}

export function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
