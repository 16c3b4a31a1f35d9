import { duration } from '../../../base/units.ts';
import { KIND } from '../../../trace/format/records.ts';
import type { ProcessEntity } from '../../state/entities.ts';
import { processName } from '../../state/names.ts';
import type { Finding } from '../../types/index.ts';
import { notedFinding, startedPlaces, waitPlace } from '../kit/noted.ts';
import { type Rule, SUSPECT_AFTER } from '../kit/rule.ts';
import { listWords } from '../kit/words.ts';

/** The child has exited, but its end is still awaited: a descendant that it left behind holds its stdio open. */
export const grandchildHoldsPipe: Rule = {
  kind: 'grandchild-holds-pipe',
  summary: 'A child exited, but its `close` never comes: an orphan below it still has its stdout.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['pipe-no-eof'],
  check(context) {
    const { world, graph, claimed } = context;
    const findings: Finding[] = [];
    for (const thread of world.waiting) {
      if (!thread.alive) continue;
      for (const wait of thread.waits.values()) {
        const process = wait.child?.process ?? null;
        if (process === null || process.alive || wait.timeoutMs !== null || claimed.has(wait)) continue;
        if (wait.kind !== KIND.waitChild && wait.kind !== KIND.waitSyncSpawn) continue;
        const orphans = living(process);
        if (orphans.length === 0 || !graph.lasted(process.end ?? 0)) continue;
        claimed.add(wait);
        const names = listWords(orphans.map((orphan) => `${processName(orphan)} (${orphan.pid})`));
        findings.push(
          notedFinding(context, {
            certainty: 'suspected',
            blocking: true,
            title: `${processName(process)} has exited, but ${names} holds its output open`,
            time: process.end ?? 0,
            processes: [thread.process, process, ...orphans],
            places: [waitPlace(wait), ...startedPlaces(process)],
            explanation: `${processName(thread.process)} waits for 'close' of ${processName(process)}, which exited ${duration(context.now - (process.end ?? 0))} ago; ${names}, started below it, is still alive and has inherited its pipes.`,
            fix: "Wait for 'exit' instead of 'close', start background children with stdio 'ignore' and detached, or end them first.",
          }),
        );
      }
    }
    return findings;
  },
};

function living(process: ProcessEntity): ProcessEntity[] {
  const alive: ProcessEntity[] = [];
  const todo = [...process.children];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (next.alive && next.id !== '') alive.push(next);
    todo.push(...next.children);
  }
  return alive.sort((a, b) => a.pid - b.pid);
}
