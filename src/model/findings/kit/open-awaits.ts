import type { OpenAwait } from '../../state/awaits.ts';
import type { ThreadEntity } from '../../state/entities.ts';
import { sameLine } from '../../state/places.ts';
import type { World } from '../../state/world.ts';
import { placeText } from '../../words/index.ts';
import type { Place } from './places.ts';
import { listWords, threadWords } from './words.ts';

/** Lines that a finding tells of one thread. */
const MOST = 8;

/** The `await`s of a thread that are open while it rests: those that never go on first, the oldest first. */
export function openAwaits({ awaits, quiescent, incidents }: ThreadEntity): readonly OpenAwait[] {
  // At its end nothing had run since it told.
  if (quiescent === null && !incidents.some(({ what }) => what === 'unsettledAwait')) return [];
  return [...awaits].sort((a, b) => Number(b.never) - Number(a.never) || a.since - b.since);
}

export function awaitPlaces(thread: ThreadEntity, awaits: readonly OpenAwait[]): Place[] {
  return awaits
    .slice(0, MOST)
    .map(({ site, since: time }) => ({ role: 'waits', thread, resource: null, site, time }));
}

/** `a.ts:5 and (3 times) b.ts:7` */
export function awaitWords(world: World, awaits: readonly OpenAwait[]): string {
  const lines = awaits.map(({ site, count }) => {
    const at = placeText(world.sites.view(site));
    return count === 1 ? at : `${at} (${count} times)`;
  });
  return listWords(lines, MOST);
}

/** What threads at rest await beside the waits that a finding tells already: a sentence for each, and the places. */
export function behindAwaits(
  world: World,
  threads: readonly ThreadEntity[],
): { readonly sentences: readonly string[]; readonly places: readonly Place[] } {
  const sentences: string[] = [];
  const places: Place[] = [];
  for (const thread of threads) {
    const told = [...thread.waits.values()].flatMap(({ site }) => world.sites.view(site) ?? []);
    const awaits = openAwaits(thread).filter(({ site }) => {
      const view = world.sites.view(site);
      return view !== null && !told.some((other) => sameLine([other, view]));
    });
    if (awaits.length === 0) continue;
    places.push(...awaitPlaces(thread, awaits));
    sentences.push(`Meanwhile ${threadWords(thread)} awaits at ${awaitWords(world, awaits)}.`);
  }
  return { sentences, places };
}
