import type { AwaitsDefinition } from '../../trace/format/definitions.ts';
import type { StreamState } from './entities.ts';
import { siteRef } from './sites.ts';

/** `await`s of one line that have not gone on, as the thread told when it last rested. */
export interface OpenAwait {
  /** A reference for `SiteTable`. */
  readonly site: number;
  readonly count: number;
  /** When the oldest began, ns. */
  readonly since: number;
  /** The collector has taken whatever could have settled what they await. */
  readonly never: boolean;
}

export function makeAwaits({ sites }: StreamState, { list }: AwaitsDefinition): OpenAwait[] {
  return list.map(({ site, count, since, never = false }) => ({
    site: siteRef(sites[site] ?? 0, false),
    count,
    since,
    never,
  }));
}
