import type { SessionHandle } from '../../protocol/session.ts';
import type { TimelineQueries, TimelineQueryName } from '../../protocol/timeline.ts';
import { packFlows, packOverview, packSlices, packTiles, sumStats } from './pack.ts';
import { seekSlice } from './seek.ts';

type Session = Pick<SessionHandle, 'query'>;
type Answers = {
  [Q in TimelineQueryName]: (
    session: Session,
    args: TimelineQueries[Q]['args'],
  ) => Promise<TimelineQueries[Q]['result']>;
};

/** Tracks that the minimap counts at most. */
const OVERVIEW_TRACKS = 256;

/** At most `most` of the values, evenly spread. */
function sample<T>(values: readonly T[], most: number): readonly T[] {
  if (values.length <= most) return values;
  return Array.from({ length: most }, (_, i) => values[Math.floor((i * values.length) / most)]!);
}

/** How each question of the webview is answered from the session's. */
export const TIMELINE_ANSWERS: Answers = {
  async structure(session) {
    const [tracks, processes, { resources, channels }] = await Promise.all([
      session.query('tracks', {}),
      session.query('processes', {}),
      session.query('resources', {}),
    ]);
    return { tracks, processes, resources, channels };
  },
  async tiles(session, args) {
    return packTiles(await session.query('tiles', args), args.range, args.buckets);
  },
  async slices(session, { tracks, limit }) {
    const lists = await Promise.all(tracks.map((track) => session.query('slices', { ...track, limit })));
    return packSlices(tracks, lists);
  },
  async flows(session, args) {
    return packFlows(await session.query('flows', args));
  },
  async overview(session, args) {
    const tracks = sample(await session.query('tracks', {}), OVERVIEW_TRACKS);
    const threads = tracks.map((track) => track.thread);
    return packOverview(await session.query('tiles', { threads, ...args }), args.range, args.buckets);
  },
  async stats(session, args) {
    return sumStats(await session.query('stats', args));
  },
  sliceAt: (session, args) => session.query('sliceAt', args),
  seek: seekSlice,
};

/** Answers one question. Rejects with the session's message when it refuses. */
export function answer<Q extends TimelineQueryName>(
  session: Session,
  name: Q,
  args: TimelineQueries[Q]['args'],
): Promise<TimelineQueries[Q]['result']> {
  return TIMELINE_ANSWERS[name](session, args);
}
