import { duration } from '../../../base/units.ts';
import { KIND } from '../../../trace/format/records.ts';
import { parseStdioKey } from '../../../trace/format/stdio-key.ts';
import type { ProcessEntity, ThreadEntity } from '../../state/entities.ts';
import { SEEN } from '../../state/usage.ts';
import type { Finding } from '../../types/index.ts';
import { placeOfSource } from '../kit/awaited-ends.ts';
import { notedFinding, type Place, startedPlaces, waitPlace } from '../kit/noted.ts';
import { hears, restingSources } from '../kit/rest.ts';
import { type Rule, type RuleContext, SUSPECT_AFTER } from '../kit/rule.ts';
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
    const findings: Finding[] = [];
    for (const awaited of [...bySources(context), ...byWaits(context)]) {
      const orphans = living(awaited.process);
      if (orphans.length === 0 || orphans.some(isBusy) || !context.graph.lasted(lastSign(awaited))) continue;
      findings.push(say(context, awaited, orphans));
    }
    return findings;
  },
};

/** An end that is awaited although the process has ended. */
interface Awaited {
  readonly thread: ThreadEntity;
  readonly process: ProcessEntity;
  readonly places: readonly Place[];
}

/** `close` listeners of children that have exited. */
function* bySources({ world }: RuleContext): Iterable<Awaited> {
  for (const thread of world.resting) {
    for (const source of restingSources(thread) ?? []) {
      const process = source.child?.process ?? null;
      if (source.kind !== 'child' || process === null || process.alive || !hears(source, 'close')) continue;
      yield { thread, process, places: [placeOfSource(source)] };
    }
  }
}

/** `spawnSync` and its like read the output to its end. */
function* byWaits({ world, claimed }: RuleContext): Iterable<Awaited> {
  for (const thread of world.waiting) {
    if (!thread.alive) continue;
    for (const wait of thread.waits.values()) {
      const process = wait.child?.process ?? null;
      if (process === null || process.alive || wait.timeoutMs !== null || claimed.has(wait)) continue;
      if (wait.kind !== KIND.waitChild && wait.kind !== KIND.waitSyncSpawn) continue;
      claimed.add(wait);
      yield { thread, process, places: [waitPlace(wait)] };
    }
  }
}

/** When it ended, or output of those below it last came after that, ns: what still writes is on its way to its end. */
function lastSign({ thread, process }: Awaited): number {
  const output = [...thread.uses.values()].filter(
    ({ resource }) => parseStdioKey(resource.key)?.spawnKey === process.child?.spawnKey,
  );
  return Math.max(process.end ?? 0, ...output.map(({ lastReceiveTime }) => lastReceiveTime));
}

/** It is traced, and a thread of it neither rests nor waits, or would perhaps go on if a debugger let it. */
function isBusy({ threads }: ProcessEntity): boolean {
  return [...threads.values()].some(
    (thread) => thread.alive && ((thread.quiescent === null && thread.waits.size === 0) || maybeHeld(thread)),
  );
}

/**
 * Not every debugger tells that it holds a thread. The system meets it in a futex then, where no loop rests; an orphan whose parent
 * ended before the first look is never looked at, and so may be held as well.
 */
function maybeHeld({ hasDebugger, usage }: ThreadEntity): boolean {
  const seen = usage.length === 0 ? SEEN.told : usage.seen[usage.length - 1];
  return hasDebugger && (seen === SEEN.futex || seen === SEEN.told);
}

function say(
  context: RuleContext,
  { thread, process, places }: Awaited,
  orphans: readonly ProcessEntity[],
): Finding {
  const names = listWords(orphans.map((orphan) => `${orphan.name} (${orphan.pid})`));
  return notedFinding(context, {
    certainty: 'suspected',
    blocking: true,
    title: `${process.name} has exited, but ${names} ${orphans.length === 1 ? 'holds' : 'hold'} its output open`,
    time: process.end ?? 0,
    processes: [thread.process, process, ...orphans],
    places: [...places, ...startedPlaces(process), ...orphans.flatMap(startedPlaces)],
    explanation: `${thread.process.name} waits for 'close' of ${process.name}, which exited ${duration(context.now - (process.end ?? 0))} ago; ${names}, started below it, ${orphans.length === 1 ? 'is' : 'are'} still alive and may have inherited its pipes.`,
    fix: "Wait for 'exit' instead of 'close', start background children with stdio 'ignore' and detached, or end them first.",
  });
}

function living(process: ProcessEntity): ProcessEntity[] {
  const alive: ProcessEntity[] = [];
  const todo = [...process.children];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (next.alive && next.id !== '') alive.push(next);
    todo.push(...next.children);
  }
  return alive.sort((a, b) => a.pid - b.pid);
}
