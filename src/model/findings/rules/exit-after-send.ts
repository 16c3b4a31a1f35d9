import type { ResourceEntity, ThreadUse } from '../../state/entities.ts';
import type { Finding } from '../../types/index.ts';
import { notedFinding } from '../kit/noted.ts';
import { type Rule, type RuleContext, SUSPECT_AFTER } from '../kit/rule.ts';
import { countWords, threadWords } from '../kit/words.ts';

/** The sender exited with messages that never arrived, and the peer is alive. */
export const exitAfterSend: Rule = {
  kind: 'exit-after-send',
  summary: 'A process exited before its messages had left it.',
  blocks: 'never',
  outlives: false,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  check(context) {
    const { world } = context;
    const findings: Finding[] = [];
    for (const resource of world.resources) {
      if (resource.kind !== 'ipc' || resource.lossy) continue;
      for (const use of resource.uses) {
        const end = use.thread.end;
        if (
          use.sent === 0 ||
          end === null ||
          use.thread.process.exit?.signal != null ||
          world.endedWithProgram(use.thread.process)
        )
          continue;
        const peer = resource.uses.find((other) => other.thread.process !== use.thread.process);
        if (wasClosed(use, end) || (peer !== undefined && wasClosed(peer, end))) continue;
        const unread = world.pairing.pendingOf(resource, use.thread.index);
        const lost = unread - (peer?.ignored ?? 0);
        if (lost <= 0 || peer === undefined || !settled(context, peer, end)) continue;
        findings.push(exited(context, resource, use, peer, lost, end));
      }
    }
    return findings;
  },
};

/** Whoever has closed the channel before has lost them, and not the exit. */
function wasClosed({ disconnectedAt }: ThreadUse, end: number): boolean {
  return disconnectedAt !== null && disconnectedAt <= end;
}

/** The peer has seen the end of the channel, or had time to receive what was under way and lives on. */
function settled(context: RuleContext, peer: ThreadUse, end: number): boolean {
  if (peer.disconnectedAt !== null) return true;
  return peer.thread.alive && context.graph.lasted(end);
}

function exited(
  context: RuleContext,
  resource: ResourceEntity,
  use: ThreadUse,
  peer: ThreadUse,
  lost: number,
  end: number,
): Finding {
  const who = threadWords(use.thread);
  return notedFinding(context, {
    certainty: peer.disconnectedAt !== null ? 'certain' : 'suspected',
    blocking: false,
    title: `${who} exited before ${countWords(lost, 'message')} to ${threadWords(peer.thread)} had left it`,
    time: end,
    processes: [use.thread.process, peer.thread.process],
    resources: [resource],
    places: [{ role: 'sent', thread: use.thread, resource, site: use.lastSendSite, time: use.lastSendTime }],
    explanation: `process.send() only queues a message; process.exit() right after it throws the queue away. ${countWords(lost, 'message')} of ${who} never arrived.`,
    fix: 'Exit in the callback of process.send(), or call process.disconnect() and let the process end by itself.',
  });
}
