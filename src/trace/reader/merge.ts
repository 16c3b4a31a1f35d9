import type { Ns } from '../../base/quantities.ts';
import type { EventFeed, FeedCounts, ReadMode } from './event-feed.ts';
import type { TraceSink } from './sink.ts';

function before(a: EventFeed, b: EventFeed): boolean {
  return a.time < b.time || (a.time === b.time && a.name < b.name);
}

/**
 * Feeds the events of all feeds in the order (time, name), as far as `limit` (ns since the session's origin).
 * Returns the time of the earliest event that was fed, +Infinity if there was none.
 */
export function merge(
  sources: readonly EventFeed[],
  mode: ReadMode,
  limit: Ns,
  sink: TraceSink,
  counts: FeedCounts,
): Ns {
  const heap = sources.filter((s) => s.ready(mode) && s.time <= limit);
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) siftDown(heap, i);
  const earliest = heap[0]?.time ?? Number.POSITIVE_INFINITY;
  while (heap.length > 0) {
    const top = heap[0]!;
    const next = second(heap);
    // Streams come in runs: while one is the earliest, the heap stays as it is.
    do top.feed(sink, counts);
    while (top.ready(mode) && top.time <= limit && !(next && before(next, top)));
    if (!top.ready(mode) || top.time > limit) {
      const last = heap.pop()!;
      if (heap.length === 0) break;
      if (last !== top) heap[0] = last;
    }
    siftDown(heap, 0);
  }
  return earliest;
}

function second(heap: readonly EventFeed[]): EventFeed | undefined {
  const [, a, b] = heap;
  return a && b && before(b, a) ? b : a;
}

function siftDown(heap: EventFeed[], from: number): void {
  const item = heap[from]!;
  let i = from;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
    if (!before(heap[child]!, item)) break;
    heap[i] = heap[child]!;
    i = child;
  }
  heap[i] = item;
}
