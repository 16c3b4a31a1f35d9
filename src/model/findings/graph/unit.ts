import type { ThreadEntity } from '../../state/entities.ts';

/** Who waits: a whole thread (`task` 0), or one async task of it that has a token. */
export interface Unit {
  readonly thread: ThreadEntity;
  readonly task: number;
  readonly id: string;
}

/** One object a unit, so that sets of units work. */
export class Units {
  private readonly byThread = new Map<ThreadEntity, Map<number, Unit>>();

  get(thread: ThreadEntity, task: number): Unit {
    let units = this.byThread.get(thread);
    if (units === undefined) {
      units = new Map();
      this.byThread.set(thread, units);
    }
    let unit = units.get(task);
    if (unit === undefined) {
      unit = { thread, task, id: task === 0 ? thread.id : `${thread.id}/${task}` };
      units.set(task, unit);
    }
    return unit;
  }
}

/** The unit of a set that stands for `unit`: itself, or its whole thread. */
export function inside(unit: Unit, set: ReadonlySet<Unit>, units: Units): Unit | null {
  if (set.has(unit)) return unit;
  if (unit.task === 0) return null;
  const whole = units.get(unit.thread, 0);
  return set.has(whole) ? whole : null;
}
