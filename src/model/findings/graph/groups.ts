import type { ThreadEntity, ThreadUse } from '../../state/entities.ts';
import type { Unit } from './unit.ts';

export type Certainty = 'certain' | 'suspected';

/** Why something may end a wait though nobody who is known to be able to does: then it is never held against anybody. */
export type Openness =
  /** A timer, or a timeout of the wait. */
  | 'timer'
  /** Somebody who is no part of the program: a client, a server elsewhere, a person at a terminal. */
  | 'outside'
  /** The program listens for a signal. */
  | 'signal'
  /** Somebody debugs the process. */
  | 'debugger'
  /** The system works on it: a file, a name, a watcher. */
  | 'system'
  /** It is on its way: a message was sent, a notify was given, the lock is free. */
  | 'coming'
  /** A process that starts may do it. */
  | 'starting'
  /** Somebody has just ended, which is about to be told. */
  | 'ending'
  /** A process that is not traced may do it. */
  | 'untraced'
  /** Records were lost. */
  | 'loss'
  /** It is not known who could. */
  | 'unknown';

/**
 * Everybody who has a certain right on a resource. All waits for the resource share one group, so that a graph of many
 * waiters and many who could help has as many edges as members, not their product.
 */
export class Group {
  readonly id: string;
  /** Alive. A waiter is in its own group; whoever asks leaves it out. */
  readonly units: readonly Unit[];
  readonly members: ReadonlySet<Unit>;
  readonly dead: readonly ThreadEntity[];
  /** Why somebody unknown, or something under way, may help. */
  readonly open: Openness | null;

  constructor(
    id: string,
    units: readonly Unit[],
    dead: readonly ThreadEntity[] = [],
    open: Openness | null = null,
  ) {
    this.id = id;
    this.units = units;
    this.members = new Set(units);
    this.dead = dead;
    this.open = open;
  }
}

/** Who could end a wait, or make a source fire. */
export interface Enders {
  /** Alive, and each able to end it, if not stuck: the holders of a lock, the process that is joined. */
  readonly units: readonly Unit[];
  /** Others who have the same right as `units`. */
  readonly group: Group | null;
  /** So many of them must be free to end it (a barrier needs all who are missing). */
  readonly need: number;
  /** Could end it by a right that is hardly ever used: a lock may be released by anyone who has a handle. */
  readonly weak: Group | null;
  /** Would have ended it, and have exited. */
  readonly dead: readonly ThreadEntity[];
  /** Why something unknown, or something under way, may end it. */
  readonly open: Openness | null;
}

/** Nothing follows from such a wait. */
export function openFor(why: Openness): Enders {
  return { units: [], group: null, need: 1, weak: null, dead: [], open: why };
}
export function direct(units: readonly Unit[], dead: readonly ThreadEntity[] = []): Enders {
  return { units, group: null, need: 1, weak: null, dead, open: null };
}
export function grouped(group: Group, need = 1): Enders {
  return { units: [], group, need, weak: null, dead: group.dead, open: group.open };
}

export type UseTest = (use: ThreadUse) => boolean;
