import type { ProcessEntity, ThreadEntity } from '../../state/entities.ts';
import { firstLine, type Incident, thrownBy } from '../../state/incidents.ts';
import type { Place } from './noted.ts';

/** How a process or a worker thread has ended badly. */
export interface BadEnd {
  /** "was killed by SIGKILL", "ended with exit code 1 by TypeError: …". */
  readonly words: string;
  readonly time: number;
  /** The line that threw, or that ended it, where it is known. */
  readonly places: readonly Place[];
  /** The program ended it itself. */
  readonly wanted: boolean;
}

/** How a thread (a process, if it is its main one) came to a bad end; `null`: it lives, or ended as it should. */
export function badEnd(thread: ThreadEntity): BadEnd | null {
  const { process, threadId } = thread;
  if (thread.alive) return null;
  const thrown = thrownBy(thread);
  const cause = thrown === undefined ? '' : ` by ${firstLine(thrown.told.message)}`;
  const places = thrown === undefined ? [] : [placeOf(thrown)];
  const time = thread.end ?? 0;
  if (threadId !== 0 && process.alive) {
    const called = thread.child?.owner?.incidents.find(
      ({ what, child }) => what === 'terminateCalled' && child === thread.child,
    );
    if (called !== undefined && thrown === undefined)
      return { words: 'was ended by terminate()', time, places: [placeOf(called)], wanted: true };
    const code = thread.child?.exit?.code ?? null;
    if (thrown === undefined && (code === null || code === 0)) return null;
    return {
      words: `ended${code === null ? '' : ` with exit code ${code}`}${cause}`,
      time,
      places,
      wanted: false,
    };
  }
  const how = processEnd(process);
  return how === null && thrown === undefined
    ? null
    : { words: `${how ?? 'ended'}${cause}`, time, places, wanted: false };
}

/** A thread that came to a bad end, and how. */
export interface DeadThread {
  readonly thread: ThreadEntity;
  readonly end: BadEnd;
}

/** Those of some threads that came to a bad end. */
export function badEndsOf(threads: Iterable<ThreadEntity>): DeadThread[] {
  return [...threads].flatMap((thread) => {
    const end = badEnd(thread);
    return end === null ? [] : [{ thread, end }];
  });
}

/** The same without those whom the program ended itself. */
export function unwantedEndsOf(threads: Iterable<ThreadEntity>): DeadThread[] {
  return badEndsOf(threads).filter(({ end }) => !end.wanted);
}

/** How a thread has ended, also as it should; `null`: it lives, or the program ended it itself. */
export function anyEnd(thread: ThreadEntity): BadEnd | null {
  if (thread.alive) return null;
  const bad = badEnd(thread);
  if (bad !== null) return bad.wanted ? null : bad;
  const called = thread.incidents.findLast(({ what }) => what === 'exitCalled');
  return {
    words: 'ended with exit code 0',
    time: thread.end ?? 0,
    places: called === undefined ? [] : [placeOf(called)],
    wanted: false,
  };
}

function processEnd({ exit }: ProcessEntity): string | null {
  if (exit === null) return null;
  if (exit.signal !== null) return `was killed by ${exit.signal}`;
  return exit.code === null || exit.code === 0 ? null : `ended with exit code ${exit.code}`;
}

export function placeOf({ thread, resource, site, time }: Incident): Place {
  return { role: 'ended', thread, resource, site, time };
}
