/** What a command may ask the timeline to show. */
export interface TimelineTarget {
  /** Trace directory of the session; without it the current one. */
  readonly dir?: string;
  readonly processId?: string;
  readonly threadId?: string;
  /** ns since the session's origin. */
  readonly time?: number;
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/**
 * Reads what the command was given: a {@link TimelineTarget}, or a tree item, which carries the ids in `target`. From menus and
 * key bindings anything may come: what does not fit is left out.
 */
export function timelineTarget(value: unknown): TimelineTarget {
  const inner = field(value, 'target');
  const found: Record<string, string | number> = {};
  for (const key of ['dir', 'processId', 'threadId']) {
    const text = field(value, key) ?? field(inner, key);
    if (typeof text === 'string') found[key] = text;
  }
  const time = field(value, 'time');
  if (typeof time === 'number' && Number.isFinite(time)) found.time = time;
  return found;
}

/** Trace directory in the state that the page kept (`TimelineState`, perhaps of another version). */
export function keptDir(state: unknown): string | undefined {
  const dir = field(state, 'dir');
  return typeof dir === 'string' ? dir : undefined;
}
