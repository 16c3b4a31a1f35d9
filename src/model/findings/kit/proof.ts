import { sourceDoes } from '../../state/source-words.ts';
import { awaited, waitName } from '../../state/wait-names.ts';
import type { World } from '../../state/world.ts';
import type { Proof, ProofFeeder, ProofMember, ProofNeed } from '../../types/index.ts';
import { whole, wholeOrNull } from '../../types/whole.ts';
import type { WaitGraph } from '../graph/graph.ts';
import { isSource, type Need } from '../graph/need.ts';
import type { Unit } from '../graph/unit.ts';
import { deadWords, doesWords, listWords, unitWords } from './words.ts';

/**
 * Why some units of the certain set cannot go on: they, and all whom they need, with everything by which each could go on and
 * everybody who could bring that about.
 */
export function proofOf(graph: WaitGraph, units: Iterable<Unit>): Proof {
  const members = new Set(units);
  const list: ProofMember[] = [];
  // The set grows while it is walked.
  for (const unit of members) {
    const needs = graph.needs(unit, 'certain').map((need) => {
      const feeders = graph.endersOf(need, 'certain', new Set(), Number.POSITIVE_INFINITY).map((feeder) => {
        const member = graph.stuckMember(feeder) ?? feeder;
        members.add(member);
        return member;
      });
      return needOf(graph, need, feeders);
    });
    list.push(memberOf(unit, needs));
  }
  return { time: whole(graph.now), members: list };
}

function memberOf(unit: Unit, needs: readonly ProofNeed[]): ProofMember {
  const { thread, task } = unit;
  const { syncWait, quiescent } = thread;
  return {
    process: thread.process.id,
    thread: thread.id,
    task,
    stands: syncWait === null ? 'rest' : 'sync',
    since: whole(syncWait?.since ?? quiescent?.since ?? 0),
    needs,
  };
}

function needOf(graph: WaitGraph, need: Need, stuck: readonly Unit[]): ProofNeed {
  const { world } = graph;
  const { dead } = graph.enders(need, 'certain');
  const feeders: ProofFeeder[] = [
    ...stuck.map(({ thread }) => ({ process: thread.process.id, thread: thread.id, why: 'stuck' as const })),
    ...dead.map((thread) => ({ process: thread.process.id, thread: thread.id, why: 'ended' as const })),
  ];
  const who = [
    ...(stuck.length > 0 ? [`only ${listWords(stuck.map(unitWords))} could end that`] : []),
    ...(dead.length > 0 ? [`who could have is gone: ${deadWords(dead)}`] : []),
  ];
  const text = `${doesOf(world, need)}: ${who.length === 0 ? 'nobody could' : who.join('; ')}`;
  const { site, resource, child } = need;
  const since = wholeOrNull(isSource(need) ? (need.told.since ?? null) : need.since);
  return {
    kind: isSource(need) ? need.kind : waitName(need.kind),
    resource: resource?.key ?? null,
    child: awaited(child)?.id || null,
    since,
    site: world.sites.view(site),
    feeders,
    text,
  };
}

function doesOf(world: World, need: Need): string {
  return isSource(need) ? sourceDoes(need) : doesWords(world, need);
}
