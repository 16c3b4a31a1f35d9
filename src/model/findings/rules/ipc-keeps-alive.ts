import { duration } from '../../../base/units.ts';
import type { ProcessEntity, ResourceEntity, ThreadEntity } from '../../state/entities.ts';
import type { SourceEntity } from '../../state/sources.ts';
import type { World } from '../../state/world.ts';
import type { Finding } from '../../types/index.ts';
import { endAwaiters, placeOfSource } from '../kit/awaited-ends.ts';
import { notedFinding, startedPlaces } from '../kit/noted.ts';
import { restingSources } from '../kit/rest.ts';
import { type Rule, type RuleContext, SUSPECT_AFTER } from '../kit/rule.ts';
import { listWords } from '../kit/words.ts';

/**
 * The child has nothing left but its IPC channel, and the parent waits for its end. An idle worker that still gets work is not
 * it: its parent does something, or waits for something else.
 */
export const ipcKeepsAlive: Rule = {
  kind: 'ipc-keeps-alive',
  summary: 'A child has nothing left but its IPC channel, and its parent waits for its end.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['lost-notify', 'request-unanswered', 'message-not-heard', 'send-failed', 'stdin-not-ended'],
  check(context) {
    const findings: Finding[] = [];
    for (const { parent, children } of endAwaiters(context.world)) {
      const kept = children.filter(({ child }) => keptByChannel(context.world, child?.process ?? null));
      if (kept.length === 0 || kept.length < children.length) continue;
      const processes = kept.map(({ child }) => child?.process).filter((process) => process != null);
      const rested = processes.map(({ main }) => main?.quiescent?.since ?? 0);
      const since = Math.max(parent.quiescent?.since ?? 0, ...rested);
      const unit = context.graph.unit(parent, 0);
      const certain = context.graph.stuckMember(unit) !== null;
      if (!certain && !context.graph.lasted(since)) continue;
      if (context.explained.has(parent)) continue;
      for (const thread of [parent, ...processes.flatMap(({ threads }) => [...threads.values()])])
        context.explained.add(thread);
      findings.push(say(context, { parent, kept, processes, since, certain }));
    }
    return findings;
  },
};

/** Of all that keeps the process alive, its channel to its parent is the only thing that is not a thread that rests itself. */
function keptByChannel(world: World, process: ProcessEntity | null): boolean {
  if (process === null || !process.alive || process.main === null) return false;
  let hasChannel = false;
  for (const thread of process.threads.values()) {
    if (!thread.alive) continue;
    const sources = restingSources(thread);
    if (sources === null || thread.waits.size > 0) return false;
    for (const { kind, told, resource } of sources) {
      if (!told.ref) continue;
      if (kind === 'ipc' && isOpen(world, resource)) hasChannel = true;
      else if (kind !== 'worker' && kind !== 'parent') return false;
    }
  }
  return hasChannel;
}

/** Neither side has disconnected the channel: that is heard by the other one, and then it keeps nothing alive. */
function isOpen(world: World, resource: ResourceEntity | null): boolean {
  return (
    resource !== null && world.channelUses(resource).every(({ disconnectedAt }) => disconnectedAt === null)
  );
}

interface Kept {
  readonly parent: ThreadEntity;
  readonly kept: readonly SourceEntity[];
  readonly processes: readonly ProcessEntity[];
  readonly since: number;
  readonly certain: boolean;
}

function say(context: RuleContext, { parent, kept, processes, since, certain }: Kept): Finding {
  const { graph, now } = context;
  const names = listWords(processes.map(({ name }) => name));
  const owner = parent.process.name;
  const many = processes.length > 1;
  return notedFinding(context, {
    certainty: certain ? 'certain' : 'suspected',
    blocking: true,
    title: `${names} ${many ? 'are' : 'is'} kept alive by ${many ? 'their IPC channels' : 'the IPC channel'} only, and ${owner} waits for ${many ? 'their' : 'its'} end`,
    time: since,
    processes: [...processes, parent.process],
    places: [...kept.map(placeOfSource), ...processes.flatMap(startedPlaces)],
    explanation: `${names} ${many ? 'have' : 'has'} rested for ${duration(now - since)}: no timer, no other handle, only the IPC channel to ${owner}, which nobody has disconnected, and a 'message' listener on it, which keeps it open. ${owner} rests too, until ${many ? 'they exit' : 'it exits'}.`,
    fix: `Call process.disconnect() in ${names} when the work is done, or subprocess.disconnect() in ${owner}; or take the 'message' listener away.`,
    ...(certain && { stuck: [graph.unit(parent, 0)] }),
  });
}
