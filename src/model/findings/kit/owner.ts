import { KIND } from '../../../trace/format/records.ts';
import type { Hold } from '../../state/entities.ts';
import type { Finding } from '../../types/index.ts';
import { deadEnds } from './cycles.ts';
import { chainFinding } from './finding.ts';
import type { RuleContext } from './rule.ts';
import { endedWords, resourceWords, unitWords } from './words.ts';

export const FIX =
  'Release in a finally block (`await using guard = await lock.acquire()` does), and let whoever waits treat OwnerDiedError: what the lock protects may be half changed.';

/** Locks that are waited for and whose holder has ended, where it is one of those that the rule is about. */
export function heldByDead(
  context: RuleContext,
  isMine: (hold: Hold) => boolean,
  fix: (lock: string) => string = () => FIX,
): Finding[] {
  const findings: Finding[] = [];
  for (const chain of deadEnds(context)) {
    const { link } = chain;
    const { resource } = link.wait;
    if (link.wait.kind !== KIND.waitAcquire || resource === null) continue;
    const hold = [...resource.holds.values()].find((h) => !h.thread.alive);
    if (hold === undefined || !isMine(hold)) continue;
    const lock = resourceWords(context.world, resource);
    const dead = endedWords(hold);
    findings.push(
      chainFinding(context, chain.stuck, {
        certainty: chain.stuck.certainty,
        title: `${dead} while it held ${lock}, and ${unitWords(link.unit)} waits for it`,
        links: chain.links,
        reason: `${dead} without releasing ${lock}, and nobody else who has it could.`,
        fix: fix(lock),
        extraProcesses: [hold.thread.process],
      }),
    );
  }
  return findings;
}

/** A worker thread that ended while its process lives on. */
export function isDeadWorker({ thread }: Hold): boolean {
  return thread.threadId !== 0 && thread.process.alive;
}
