import type { ProcessView, ThreadView, TrackView } from '../../model/types/index.ts';
import type { Structure } from '../../protocol/timeline.ts';

/** Height of a row, the bar and the space around it, CSS pixels. */
export const ROW_HEIGHT = 30;
/** Space above the bar of a track, and the same below it, CSS pixels. */
export const ROW_PAD = 4;
/** Height of the bar of a track, CSS pixels. */
export const BAR_HEIGHT = ROW_HEIGHT - 2 * ROW_PAD;

/** A track as it stands in the list. */
export interface RowView {
  readonly track: TrackView;
  readonly process: ProcessView | undefined;
  readonly thread: ThreadView | undefined;
  /** Number of tracks below it in the tree, at every depth, shown or not. */
  readonly children: number;
  readonly collapsed: boolean;
  /** 0: at the top. */
  readonly depth: number;
  /** The search does not match it, but a track below it: it is shown to say where that one belongs. */
  readonly faint: boolean;
}

export interface Filter {
  /** Lower case; matches names, pids and what a process used. */
  readonly text: string;
}

/** Ids of resources and channels whose name or kind contains the text. */
export function matchingResources(structure: Structure, text: string): Set<string> {
  if (text === '') return new Set();
  const hit = (thing: { name: string; kind: string }): boolean =>
    thing.name.toLowerCase().includes(text) || thing.kind.toLowerCase() === text;
  const found = [...structure.resources.filter(hit), ...structure.channels.filter(hit)];
  return new Set(found.map((thing) => thing.id));
}

/** Processes that have sent into, received from, hold or wait for one of the resources. */
function usersOf(structure: Structure, resources: ReadonlySet<string>): Set<string> {
  const users = new Set<string>();
  for (const channel of structure.channels) {
    if (resources.has(channel.id)) for (const id of [...channel.from, ...channel.to]) users.add(id);
  }
  for (const resource of structure.resources) {
    if (!resources.has(resource.id)) continue;
    for (const one of [...resource.holders, ...resource.waiters]) users.add(one.process);
  }
  return users;
}

/** For each track: 0 hidden, 1 shown as an ancestor of a match, 2 matches. */
function visibility(structure: Structure, filter: Filter): Uint8Array {
  const tracks = structure.tracks;
  const shown = new Uint8Array(tracks.length).fill(2);
  if (filter.text === '') return shown;
  const processes = new Map(structure.processes.map((p) => [p.id, p]));
  const users = usersOf(structure, matchingResources(structure, filter.text));
  const matches = (track: TrackView): boolean => {
    const process = processes.get(track.process);
    const words = `${track.label} ${process?.name ?? ''} ${process?.pid ?? ''}`.toLowerCase();
    return words.includes(filter.text) || users.has(track.process);
  };
  let needed = -1;
  for (let i = tracks.length - 1; i >= 0; i -= 1) {
    const track = tracks[i]!;
    const hit = matches(track);
    const ancestor = track.depth < needed;
    shown[i] = hit ? 2 : ancestor ? 1 : 0;
    if (hit || ancestor) needed = track.depth;
    else if (track.depth === 0) needed = -1;
  }
  return shown;
}

function childCounts(tracks: readonly TrackView[]): Uint32Array {
  const counts = new Uint32Array(tracks.length);
  const stack: number[] = [];
  for (const [i, track] of tracks.entries()) {
    while (stack.length > 0 && tracks[stack.at(-1)!]!.depth >= track.depth) stack.pop();
    for (const above of stack) counts[above]! += 1;
    stack.push(i);
  }
  return counts;
}

/** The rows to show, in the order of the tree. A filter opens what is collapsed. */
export function rowsOf(structure: Structure, collapsed: ReadonlySet<string>, filter: Filter): RowView[] {
  const processes = new Map(structure.processes.map((p) => [p.id, p]));
  const shown = visibility(structure, filter);
  const counts = childCounts(structure.tracks);
  const rows: RowView[] = [];
  let closedAt = Number.POSITIVE_INFINITY;
  for (const [i, track] of structure.tracks.entries()) {
    if (track.depth > closedAt) continue;
    closedAt = Number.POSITIVE_INFINITY;
    if (shown[i] === 0) continue;
    const closed = filter.text === '' && collapsed.has(track.thread) && counts[i]! > 0;
    if (closed) closedAt = track.depth;
    const process = processes.get(track.process);
    rows.push({
      track,
      process,
      thread: process?.threads.find((t) => t.id === track.thread),
      children: counts[i]!,
      collapsed: closed,
      depth: track.depth,
      faint: shown[i] === 1,
    });
  }
  return rows;
}

/** Index of the row at `y`, CSS pixels below the top of the first row; -1: none. */
export function rowAt(rows: readonly RowView[], y: number): number {
  const i = Math.floor(y / ROW_HEIGHT);
  return i >= 0 && i < rows.length ? i : -1;
}

/** Rows that can be seen: `[first, past the last)`. */
export function visibleRows(count: number, scrollTop: number, height: number): [number, number] {
  const first = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT));
  return [Math.min(first, count), Math.min(count, Math.ceil((scrollTop + height) / ROW_HEIGHT))];
}
