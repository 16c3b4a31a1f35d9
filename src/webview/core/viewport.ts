/** What part of the session's time is shown, and the maths of zooming and panning. Times are ns, distances CSS pixels. */
export interface View {
  readonly start: number;
  readonly end: number;
}

/** Shortest span that can be shown, ns. */
export const MIN_SPAN = 1_000;
/** Room that *fit* leaves on the right, as a share of the span. */
const MARGIN = 0.02;

export function spanOf(view: View): number {
  return view.end - view.start;
}
export function nsPerPx(view: View, width: number): number {
  return spanOf(view) / Math.max(1, width);
}
export function timeAt(view: View, width: number, x: number): number {
  return view.start + x * nsPerPx(view, width);
}
export function xAt(view: View, width: number, time: number): number {
  return (time - view.start) / nsPerPx(view, width);
}

/** All of the session, with a little room. `last` is the latest known time. */
export function wholeView(last: number): View {
  const span = Math.max(MIN_SPAN, last);
  return { start: 0, end: span * (1 + MARGIN) };
}

/** Limits a view: no longer than the session with its room on the right, and never wholly before or after it. */
export function clamp(view: View, last: number): View {
  const all = wholeView(last);
  const span = Math.min(Math.max(MIN_SPAN, spanOf(view)), Math.max(spanOf(all), MIN_SPAN));
  const room = span * 0.5;
  const lowest = spanOf(all) <= span ? 0 : -room;
  const highest = Math.max(lowest, all.end - span + (spanOf(all) <= span ? 0 : room));
  const center = (view.start + view.end) / 2;
  const start = spanOf(view) === span ? view.start : center - span / 2;
  const kept = Math.min(Math.max(start, lowest), highest);
  return { start: kept, end: kept + span };
}

/** Zooms so that `time` stays where it is on the screen. `factor` below 1 shows less time. */
export function zoomAt(view: View, factor: number, time: number, last: number): View {
  const span = Math.min(Math.max(spanOf(view) * factor, MIN_SPAN), spanOf(wholeView(last)));
  const share = (time - view.start) / spanOf(view);
  const start = time - share * span;
  return clamp({ start, end: start + span }, last);
}

export function pan(view: View, ns: number, last: number): View {
  return clamp({ start: view.start + ns, end: view.end + ns }, last);
}

/** The view that follows the newest moment at its right edge, of the same length. */
export function followEnd(view: View, last: number): View {
  const span = spanOf(view);
  const end = last + span * MARGIN;
  return end <= span ? { start: 0, end: span } : { start: end - span, end };
}

/** Moves, and zooms only where it must, so that the range is well visible. */
export function reveal(view: View, start: number, end: number, last: number): View {
  const length = Math.max(0, end - start);
  const span = spanOf(view);
  if (start >= view.start + span * 0.05 && end <= view.end - span * 0.05 && length > span / 400) return view;
  const wanted = length === 0 ? span : Math.min(Math.max(span, length * 1.5), length * 60);
  const center = (start + end) / 2;
  return clamp({ start: center - wanted / 2, end: center + wanted / 2 }, last);
}

/** Zooms to exactly the range, with a little room on both sides. */
export function zoomTo(start: number, end: number, last: number): View {
  const room = (end - start) * 0.08;
  return clamp({ start: start - room, end: end + room }, last);
}

/** The view at `t`, 0 to 1, of the way between two. Spans are interpolated by ratio: else zooming would slow down or speed up. */
export function between(from: View, to: View, t: number): View {
  const span = spanOf(from) * (spanOf(to) / spanOf(from)) ** t;
  const center = (v: View): number => (v.start + v.end) / 2;
  const middle = center(from) + (center(to) - center(from)) * t;
  return { start: middle - span / 2, end: middle + span / 2 };
}
