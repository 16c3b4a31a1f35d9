import type { Source } from '../../trace/format/definitions.ts';

/** Most entries of a list: beyond them it says that it is not complete. */
const MOST = 200;

/** Sources as they are found; equal ones become one entry. */
export class SourceList {
  readonly #entries = new Map<string, Source>();
  #cut = false;

  /** `count`: how many there are like this one. */
  add(source: Omit<Source, 'count'>, count = 1): void {
    const { since: _, due: __, unwritten: ___, ...same } = source;
    const key = JSON.stringify(same);
    const known = this.#entries.get(key);
    if (known) this.#entries.set(key, merged(known, source, count));
    else if (this.#entries.size < MOST) this.#entries.set(key, { ...source, count });
    else this.#cut = true;
  }

  get isCut(): boolean {
    return this.#cut;
  }

  get entries(): readonly Source[] {
    return [...this.#entries.values()];
  }

  /** Equal for lists that say the same but for moments and amounts. */
  get signature(): string {
    return [...this.#entries].map(([key, { count }]) => `${count} ${key}`).join('\n');
  }
}

/** The oldest tells since when, and the one that fires first when. */
function merged(known: Source, other: Omit<Source, 'count'>, count: number): Source {
  const since = least(known.since, other.since);
  const due = least(known.due, other.due);
  const unwritten = (known.unwritten ?? 0) + (other.unwritten ?? 0);
  return {
    ...known,
    count: known.count + count,
    ...(since === undefined ? {} : { since }),
    ...(due === undefined ? {} : { due }),
    ...(unwritten === 0 ? {} : { unwritten }),
  };
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
