import { duration } from '../../base/units.ts';
import type { ProcessEntity, Rest, ThreadEntity, Wait } from '../state/entities.ts';
import { sourceDoes } from '../state/source-words.ts';
import { matters } from '../state/sources.ts';
import { awaited, waitName } from '../state/wait-names.ts';
import type { World } from '../state/world.ts';
import { conditionText, english, listText, resourceText, waitText } from '../words/index.ts';

/** Who woke this much before the end was woken by what led to it, ns. */
const LAST_MOMENT = 2e9;
/** Most sources that are told. */
const MOST = 3;

/** What threads did when an end came that they did not bring about themselves: Ctrl-C, a signal, the launcher's kill. */
export class LastStates {
  private readonly world: World;
  private readonly words = new Map<ThreadEntity, string>();

  constructor(world: World) {
    this.world = world;
  }

  /** A process is about to end. Once the program is ended as a whole, what its threads did then is what counts. */
  beforeEnd(process: ProcessEntity, time: number): void {
    if (this.world.ending === null) this.note(process, time);
  }

  /** The program as a whole is about to be ended. */
  beforeEnding(time: number): void {
    for (const process of this.world.processes.all) if (process.alive) this.note(process, time);
  }

  /** '' of a thread that lives, or that ended otherwise. */
  of(thread: ThreadEntity): string {
    const { end } = thread;
    return end !== null && this.world.isOfEnding(end) ? (this.words.get(thread) ?? '') : '';
  }

  private note(process: ProcessEntity, time: number): void {
    for (const thread of process.threads.values())
      if (thread.alive) this.words.set(thread, stateWords(this.world, thread, time));
  }
}

function stateWords(world: World, thread: ThreadEntity, time: number): string {
  const { syncWait, quiescent, woken, waits, top } = thread;
  const rest = quiescent ?? (woken !== null && time - woken.time < LAST_MOMENT ? woken.rest : null);
  const wait = syncWait ?? top ?? [...waits.values()][0] ?? null;
  if (wait !== null)
    return lasting(syncWait === null && rest === null ? 'waiting' : 'blocked', time - wait.since, [
      waitWords(world, wait),
    ]);
  if (rest !== null) return lasting('idle', time - rest.since, restWords(rest));
  return conditionText(english, 'running');
}

/** `idle for 12 s: waits for a message of worker-1`. */
function lasting(state: 'waiting' | 'blocked' | 'idle', ns: number, what: readonly string[]): string {
  const words = `${conditionText(english, state)} for ${duration(Math.max(0, ns))}`;
  return what.length === 0 ? words : `${words}: ${listText(english, what, MOST)}`;
}

function restWords({ sources }: Rest): string[] {
  return sources?.list.filter(matters).map(sourceDoes) ?? [];
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
