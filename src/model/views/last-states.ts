import { duration } from '../../base/units.ts';
import type { Rest, ThreadEntity, Wait } from '../state/entities.ts';
import { sourceDoes } from '../state/source-words.ts';
import { matters } from '../state/sources.ts';
import { awaited, waitName } from '../state/wait-names.ts';
import { LAST_MOMENT, type World } from '../state/world.ts';
import { latelyOf } from '../timeline/lately.ts';
import { conditionText, english, latelyText, listText, resourceText, waitText } from '../words/index.ts';
import { AtEnd } from './at-end.ts';
import { keptAliveWords } from './kept-alive.ts';

/** Most sources that are told. */
const MOST = 3;

/** A thread as an end met it that it did not bring about itself, in words. */
export interface LastState {
  /** What it did. */
  readonly does: string;
  /** What kept it alive, or ''. */
  readonly keptAlive: string;
}

export function lastStates(world: World): AtEnd<LastState> {
  return new AtEnd(world, (thread, time) => ({
    does: stateWords(world, thread, time),
    keptAlive: keptAliveWords(world, thread, restAt(thread, time)),
  }));
}

/** The rest of a thread: what it has woken from a moment ago was woken by what led to the end. `null`: it runs. */
export function restAt({ quiescent, woken }: ThreadEntity, time: number): Rest | null {
  if (quiescent !== null || woken === null || woken.acted) return quiescent;
  return time - woken.time < LAST_MOMENT ? woken.rest : null;
}

function stateWords(world: World, thread: ThreadEntity, time: number): string {
  const { syncWait, waits, top } = thread;
  const rest = restAt(thread, time);
  const wait = syncWait ?? top ?? [...waits.values()][0] ?? null;
  if (wait !== null)
    return lasting(syncWait === null && rest === null ? 'waiting' : 'blocked', time - wait.since, [
      waitWords(world, wait),
    ]);
  if (rest !== null) return lasting('idle', time - rest.since, restWords(rest));
  return latelyText(english, latelyOf(thread, time));
}

/** `idle for 12 s: waits for a message of worker-1`. */
function lasting(state: 'waiting' | 'blocked' | 'idle', ns: number, what: readonly string[]): string {
  const words = `${conditionText(english, state)} for ${duration(Math.max(0, ns))}`;
  return what.length === 0 ? words : `${words}: ${listText(english, what, MOST)}`;
}

/** An answer that has not come says more than what else might have woken it. */
function restWords({ sources }: Rest): string[] {
  const all = sources?.list.filter(matters) ?? [];
  const asked = all.filter(({ told }) => told.unanswered === true);
  return [...asked, ...all.filter((source) => !asked.includes(source))].map(sourceDoes);
}

function waitWords(world: World, { kind, resource, child }: Wait): string {
  const process = awaited(child);
  const thing = resource === null ? null : resourceText(english, world.resourceNames.of(resource));
  return waitText(english, waitName(kind), {
    thing: thing ?? process?.name ?? null,
    kind: resource?.kind ?? null,
    holders: [],
  });
}
