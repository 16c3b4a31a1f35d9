import type { ThreadEntity, ThreadUse } from '../../state/entities.ts';
import type { Unit } from './unit.ts';

export type Certainty = 'certain' | 'suspected';

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
  /** Somebody unknown, or something under way, may help. */
  readonly open: boolean;

  constructor(id: string, units: readonly Unit[], dead: readonly ThreadEntity[] = [], open = false) {
    this.id = id;
    this.units = units;
    this.members = new Set(units);
    this.dead = dead;
    this.open = open;
  }
}

/** Who could end a wait. */
export interface Enders {
  /** Alive, and each able to end it, if not stuck: the holders of a lock, the process that is joined. */
  readonly units: readonly Unit[];
  /** Others of the same right. */
  readonly group: Group | null;
  /** So many of them must be free to end it (a barrier needs all who are missing). */
  readonly need: number;
  /** Could end it by a right that is hardly ever used: a lock may be released by anyone who has a handle. */
  readonly weak: Group | null;
  /** Would have ended it, and have exited. */
  readonly dead: readonly ThreadEntity[];
  /** Something unknown, or something under way, may end it. */
  readonly open: boolean;
}
export const OPEN: Enders = { units: [], group: null, need: 1, weak: null, dead: [], open: true };

export function direct(units: readonly Unit[], dead: readonly ThreadEntity[] = []): Enders {
  return { units, group: null, need: 1, weak: null, dead, open: false };
}
export function grouped(group: Group, need = 1): Enders {
  return { units: [], group, need, weak: null, dead: group.dead, open: group.open };
}

export type UseTest = (use: ThreadUse) => boolean;
