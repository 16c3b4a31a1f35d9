import type { ThreadEntity } from '../../state/entities.ts';
import type { SourceEntity } from '../../state/sources.ts';
import type { World } from '../../state/world.ts';
import type { Place } from './noted.ts';
import { hasOutside, hears, restingSources } from './rest.ts';

/** A thread that rests and waits for nothing but children of its own, and those whose end it listens for. */
export interface EndAwaiter {
  readonly parent: ThreadEntity;
  /** Sources of kind `child`. */
  readonly children: readonly SourceEntity[];
}

const OF_CHILDREN: ReadonlySet<SourceEntity['kind']> = new Set(['child', 'ipc', 'stdio']);

export function* endAwaiters(world: World): Iterable<EndAwaiter> {
  for (const parent of world.resting) {
    const sources = restingSources(parent);
    if (sources === null || parent.waits.size > 0 || hasOutside(sources)) continue;
    if (sources.some(({ kind, told }) => told.ref && !OF_CHILDREN.has(kind))) continue;
    const children = sources.filter((source) => source.kind === 'child' && hears(source, 'exit', 'close'));
    if (children.length > 0) yield { parent, children };
  }
}

/** Where it is listened for messages, and where the source was made. */
export function placesOfSource(source: SourceEntity): Place[] {
  return [...placesHeard(source), placeOfSource(source)];
}

/** Where it is listened for the messages of a source, if it is. */
export function placesHeard({ thread, resource, heard: site, told }: SourceEntity): Place[] {
  return site === 0 ? [] : [{ role: 'waits', thread, resource, site, time: told.since ?? 0 }];
}

/** Where a source was made. */
export function placeOfSource({ thread, resource, site, told }: SourceEntity): Place {
  return { role: 'created', thread, resource, site, time: told.since ?? 0 };
}
