import { KIND } from '../../../trace/format/records.ts';
import type { ThreadEntity } from '../../state/entities.ts';
import { type ChainWords, chains, linkOf } from '../kit/cycles.ts';
import { badEndsOf } from '../kit/ends.ts';
import type { Link } from '../kit/links.ts';
import { type Rule, type RuleContext, SUSPECT_AFTER } from '../kit/rule.ts';
import {
  badEndsWords,
  deadWords,
  doesWords,
  listWords,
  resourceWords,
  threadWords,
  unitWords,
} from '../kit/words.ts';

/** It waits for work: a manager's server, or a worker of a pool. */
function serves({ unit, wait }: Link): boolean {
  const isWorker = [...unit.thread.uses.keys()].some(({ kind }) => kind === 'pool');
  return unit.thread.clients.size > 0 || (isWorker && wait.resource?.name.endsWith(' tasks') === true);
}

/** A client waits in a call of a manager, whose server has nothing to do before somebody else calls it. */
function ofCall({ world }: RuleContext, call: Link, server: Link): ChainWords {
  const ends = badEndsOf(callersOf(server.unit.thread));
  const bad = ends.map(({ thread, end }) => `${threadWords(thread)} ${end.words}`);
  const [who, manager] = [unitWords(call.unit), threadWords(server.unit.thread)];
  return {
    title: `${bad.length === 0 ? '' : `${listWords(bad, 3)}; `}${who} waits in a call of ${manager}, and nobody is left to bring about what it waits for`,
    reason: `${who} ${doesWords(world, call.wait)}. ${manager} rests until somebody calls it: whoever still has a part of it waits too.`,
    fix: 'Let whoever should call the manager do so also when its work fails (finally), or wait with a timeout.',
    extraProcesses: ends.map(({ thread }) => thread.process),
    extraPlaces: ends.flatMap(({ end }) => end.places),
  };
}

/** Who has called a server, by pipe. */
function callersOf(server: ThreadEntity): ThreadEntity[] {
  const pipes = [...server.clients.values()].flatMap((pipe) => pipe?.uses ?? []);
  return [...new Set(pipes.map(({ thread }) => thread))].filter((thread) => thread !== server);
}

/**
 * A reader waits on an empty channel, and nobody will put anything: the intended writers are gone, or wait for the reader's
 * end. A write end that the reader itself still has open keeps the end of file away.
 */
export const pipeNoEof: Rule = {
  kind: 'pipe-no-eof',
  summary: 'A reader waits, and nobody will send any more: the writers are gone, or wait for the reader.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['lost-notify', 'pipe-both-receiving', 'item-not-delivered'],
  check: chains((context, chain) => {
    const receivers = chain.links.filter(({ wait }) => wait.kind === KIND.waitReceive);
    const link = receivers.find((receiver) => !serves(receiver)) ?? receivers[0];
    const resource = link?.wait.resource;
    if (link === undefined || resource == null) return null;
    const call = linkOf(chain, KIND.waitCall);
    if (call !== undefined && link.unit.thread.clients.size > 0) return ofCall(context, call, link);
    const name = resourceWords(context.world, resource);
    const gone = resource.uses.filter(
      (use) => use.sent > 0 && !use.thread.alive && use.thread !== link.unit.thread,
    );
    const own = resource.uses.some((use) => use.thread.process === link.unit.thread.process && use.canSend);
    const reasons: string[] = [];
    if (gone.length > 0)
      reasons.push(
        `${listWords(gone.map((use) => threadWords(use.thread)))}, which sent into ${name}, has exited.`,
      );
    const silent = link.dead.filter((thread) => !gone.some((use) => use.thread === thread));
    if (silent.length > 0 && !resource.lossy)
      reasons.push(`${deadWords(silent)}, and had sent nothing into ${name}.`);
    if (own && resource.kind === 'pipe')
      reasons.push(`${unitWords(link.unit)} has a write end of ${name} itself, so it never sees the end.`);
    if (chain.cycle) reasons.push(`Those who could still send wait for ${unitWords(link.unit)}.`);
    if (reasons.length === 0) reasons.push(`Nobody who could send into ${name} is alive.`);
    const pipe = resource.kind === 'pipe';
    return {
      title: `${badEndsWords(link.dead)}${unitWords(link.unit)} ${doesWords(context.world, link.wait)}, and nobody will send any more`,
      reason: reasons.join(' '),
      fix: pipe
        ? 'Close the ends that a process does not use (the parent closes the write end that it gave away), so that the reader gets its end of file.'
        : 'Send an end marker for every reader before joining it, or end the readers with terminate().',
    };
  }),
};
