import type { ProcessEntity, ThreadEntity } from '../../state/entities.ts';
import { firstLine, type Incident, thrownBy } from '../../state/incidents.ts';
import type { Place } from './noted.ts';

/** How a process or a worker thread has ended badly. */
export interface BadEnd {
  /** "was killed by SIGKILL", "ended with exit code 1 by TypeError: …". */
  readonly words: string;
  readonly time: number;
  /** The line that threw, where it is known. */
  readonly places: readonly Place[];
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
    const code = thread.child?.exit?.code ?? null;
    if (thrown === undefined && (code === null || code === 0)) return null;
    return { words: `ended${code === null ? '' : ` with exit code ${code}`}${cause}`, time, places };
  }
  const how = processEnd(process);
  return how === null && thrown === undefined ? null : { words: `${how ?? 'ended'}${cause}`, time, places };
}

function processEnd({ exit }: ProcessEntity): string | null {
  if (exit === null) return null;
  if (exit.signal !== null) return `was killed by ${exit.signal}`;
  return exit.code === null || exit.code === 0 ? null : `ended with exit code ${exit.code}`;
}

export function placeOf({ thread, resource, site, time }: Incident): Place {
  return { role: 'ended', thread, resource, site, time };
}
