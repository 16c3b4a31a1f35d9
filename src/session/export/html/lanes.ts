import { duration } from '../../../base/units.ts';
import {
  NOTHING,
  type ProcessView,
  TRACK_STATES,
  type TrackState,
  type TrackStats,
  type TrackTile,
  type TrackView,
} from '../../../model/index.ts';
import { english, trackStateTitle } from '../../../model/words/index.ts';
import { type Content, html, type Markup, moreText, short } from './markup.ts';
import type { Scene } from './scene.ts';

const MOST_LANES = 400;
/** Stretches of all lanes together, which decides how large the page is: some 15 bytes each. */
const MOST_STRETCHES = 60_000;
const MOST_BUCKETS = 900;
const MOST_MARKS = 100;

/** Units of the picture: the width of the names, of the lanes, and the height of a row. */
const NAMES = 220;
const WIDTH = 900;
const ROW = 18;
const BAR = 12;
const TOP = 24;
const TICKS = 6;
const RUNNING = TRACK_STATES.indexOf('running');
/** Characters of a name that have room. */
const NAME_ROOM = 30;

/** What every thread did over time, as one picture, with a table of the same for those who cannot see it. */
export function timelineSection(scene: Scene): Markup {
  const { report, model } = scene;
  const all = model.tracks();
  const names = new Map(report.processes.flatMap(laneNames));
  const tracks = all
    .slice(0, MOST_LANES)
    .map((track) => ({ ...track, label: names.get(track.thread) ?? '' }));
  const range = { start: 0, end: Math.max(1, report.duration) };
  if (tracks.length === 0) return html``;
  const ids = tracks.map(({ thread }) => thread);
  const buckets = Math.max(50, Math.min(MOST_BUCKETS, Math.floor(MOST_STRETCHES / tracks.length)));
  const tiles = new Map(model.tiles(ids, range, buckets).map((tile) => [tile.thread, tile]));
  const stats = new Map(model.stats(ids, range).map((stat) => [stat.thread, stat]));
  const height = TOP + tracks.length * ROW + 4;
  const rows = tracks.map((track, i) => {
    const tile = tiles.get(track.thread);
    return html`<text x="${4 + Math.min(track.depth, 8) * 8}" y="${TOP + i * ROW + 13}">${short(track.label, NAME_ROOM - Math.min(track.depth, 8))}<title>${track.label}</title></text>${tile === undefined ? '' : stretches(tile, TOP + i * ROW + 3)}`;
  });
  return html`<section><h2 id="timeline">Timeline</h2>
<ul class="legend">${legend(shownStates(stats))}</ul>
<div class="scroll" tabindex="0" role="region" aria-label="Timeline">
<svg class="lanes" role="img" aria-label="What each thread did over time; the table below says the same" viewBox="0 0 ${NAMES + WIDTH + 10} ${height}">
${axis(range.end, height)}${rows}${marks(scene, range.end, height)}</svg></div>
<p class="dim">${moreText(all.length - tracks.length)}</p>
<details><summary>How long each thread did what</summary>${statsTable(tracks, stats)}</details></section>`;
}

/** The model's own labels know nothing of what is left out of the report. */
function laneNames({ name, pid, threads }: ProcessView): [string, string][] {
  return threads.map((thread) => [thread.id, thread.threadId === 0 ? `${name} (${pid})` : thread.name]);
}

function legend(states: readonly TrackState[]): Content {
  return states.map(
    (state) =>
      html`<li><svg viewBox="0 0 12 12" aria-hidden="true"><rect class="s-${state}" width="12" height="12"/></svg>${trackStateTitle(english, state)}</li>`,
  );
}

/** Those that occur. */
function shownStates(stats: ReadonlyMap<string, TrackStats>): TrackState[] {
  const occurs = (s: number): boolean => [...stats.values()].some(({ ns }) => (ns[s] ?? 0) > 0);
  return TRACK_STATES.filter((state, s) => state !== 'exited' && occurs(s));
}

function axis(end: number, height: number): Markup {
  const ticks = Array.from({ length: TICKS + 1 }, (_, i) => {
    const x = NAMES + Math.round((i * WIDTH) / TICKS);
    const anchor = i === TICKS ? 'end' : i === 0 ? 'start' : 'middle';
    return html`<line class="axis" x1="${x}" x2="${x}" y1="${TOP - 4}" y2="${height}"/><text class="dim" x="${x}" y="14" text-anchor="${anchor}">${duration((end * i) / TICKS)}</text>`;
  });
  return html`${ticks}`;
}

/**
 * One path for each state of a lane: neighbouring buckets of one state are one rectangle. What runs has the height of its
 * share of the time.
 */
function stretches({ state, busy }: TrackTile, y: number): Markup {
  const paths = new Map<number, string>();
  const width = WIDTH / state.length;
  const add = (value: number, from: number, to: number, height: number): void => {
    const x = (NAMES + from * width).toFixed(1);
    const length = ((to - from) * width).toFixed(1);
    const rectangle = `M${x} ${y + BAR - height}h${length}v${height}h-${length}z`;
    paths.set(value, `${paths.get(value) ?? ''}${rectangle}`);
  };
  for (const [from, to] of runs(state.length, (b) => state[b])) {
    const value = state[from] ?? NOTHING;
    if (value !== NOTHING && value !== RUNNING && TRACK_STATES[value] !== 'exited') add(value, from, to, BAR);
  }
  const heightAt = (b: number): number => Math.ceil(((busy[b] ?? 0) / 255) * BAR);
  for (const [from, to] of runs(busy.length, heightAt))
    if (heightAt(from) > 0) add(RUNNING, from, to, heightAt(from));
  return html`${[...paths].map(([value, path]) => {
    const name = TRACK_STATES[value] ?? 'unknown';
    return html`<path class="s-${name}" d="${path}"><title>${trackStateTitle(english, name)}</title></path>`;
  })}`;
}

/** Stretches of equal values, from and to. */
function* runs(length: number, valueAt: (index: number) => unknown): Generator<[number, number]> {
  for (let from = 0; from < length; ) {
    let to = from + 1;
    while (to < length && valueAt(to) === valueAt(from)) to++;
    yield [from, to];
    from = to;
  }
}

/** When each finding came to be. */
function marks({ report }: Scene, end: number, height: number): Markup {
  return html`${report.findings.slice(0, MOST_MARKS).map(({ time, certainty, title }) => {
    const x = (NAMES + (Math.min(Math.max(0, time), end) / end) * WIDTH).toFixed(1);
    return html`<line class="mark ${certainty}" x1="${x}" x2="${x}" y1="${TOP - 4}" y2="${height}"><title>${short(title)}</title></line>`;
  })}`;
}

function statsTable(tracks: readonly TrackView[], stats: ReadonlyMap<string, TrackStats>): Markup {
  const states = shownStates(stats);
  const heads = states.map(
    (state) => html`<th scope="col" class="r">${trackStateTitle(english, state)}</th>`,
  );
  const rows = tracks.map(({ thread, label }) => {
    const { ns } = stats.get(thread) ?? {};
    const cells = states.map((state) => {
      const time = ns?.[TRACK_STATES.indexOf(state)] ?? 0;
      return html`<td class="r">${time > 0 ? duration(time) : ''}</td>`;
    });
    return html`<tr><th scope="row" class="n">${short(label)}</th>${cells}</tr>`;
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Time by state"><table><thead><tr><th scope="col">Thread</th>${heads}</tr></thead><tbody>${rows}</tbody></table></div>`;
}
