import type { SliceView } from '../../model/types/index.ts';
import { rowAt } from '../core/rows.ts';
import type { Store } from '../core/store.ts';
import { nsPerPx, timeAt, wholeView } from '../core/viewport.ts';
import { flagAt, pointerTime } from '../draw/axis.ts';
import { windowOf } from '../draw/minimap.ts';
import type { Tooltip } from '../panels/tooltip.ts';
import type { Lookup } from './lookup.ts';
import type { Stage } from './stage.ts';

/** A pointer that is released within so many CSS pixels of where it was pressed has clicked; further away it has dragged. */
const CLICK_PX = 4;
/** Wheel delta that zooms by a factor of two, pixels. */
const WHEEL_DOUBLE = 240;
/** A pointer that has not moved for so many ms asks what is below it. */
const REST_MS = 120;

/** Mouse, wheel, trackpad and touch. */
export class Pointer {
  private readonly store: Store;
  private readonly stage: Stage;
  private readonly scroller: HTMLElement;
  private readonly lookup: Lookup;
  private readonly tooltip: Tooltip;
  private rest: ReturnType<typeof setTimeout> | undefined;

  constructor(store: Store, stage: Stage, scroller: HTMLElement, lookup: Lookup, tooltip: Tooltip) {
    this.store = store;
    this.stage = stage;
    this.scroller = scroller;
    this.lookup = lookup;
    this.tooltip = tooltip;
    this.listenSurface(stage.surface);
    this.listenAxis(stage.axis);
    this.listenMinimap(stage.minimap);
    const wheel = (event: WheelEvent): void => this.wheel(event);
    stage.surface.addEventListener('wheel', wheel, { passive: false });
    stage.axis.addEventListener('wheel', wheel, { passive: false });
  }

  private x(event: MouseEvent): number {
    return event.clientX - this.stage.surface.getBoundingClientRect().left;
  }
  private row(event: MouseEvent): number {
    const y = event.clientY - this.stage.surface.getBoundingClientRect().top;
    return rowAt(this.store.data.rows, y + this.store.scrollTop);
  }

  private wheel(event: WheelEvent): void {
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
    if (event.ctrlKey || event.metaKey) {
      // Trackpads report pinching as small steps with the control key.
      const gain = Math.abs(dy) < 40 ? 4 : 1;
      this.store.zoom(2 ** ((dy * gain) / WHEEL_DOUBLE), this.x(event));
    } else if (event.shiftKey) this.store.pan(dx === 0 ? dy : dx);
    else if (Math.abs(dx) > Math.abs(dy)) this.store.pan(dx);
    else if (this.scroller.scrollHeight > this.scroller.clientHeight + 1) return;
    else this.store.pan(dy);
    event.preventDefault();
  }

  private listenSurface(surface: HTMLElement): void {
    const held = new Map<number, PointerEvent>();
    let moved = 0;
    let rangeFrom: number | null = null;
    surface.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      held.set(event.pointerId, event);
      surface.setPointerCapture(event.pointerId);
      moved = 0;
      rangeFrom = event.shiftKey ? timeAt(this.store.view, this.store.width, this.x(event)) : null;
    });
    surface.addEventListener('pointermove', (event) => {
      const last = held.get(event.pointerId);
      if (!last) {
        this.hover(event);
        return;
      }
      moved += Math.abs(event.clientX - last.clientX) + Math.abs(event.clientY - last.clientY);
      if (moved < CLICK_PX) return;
      this.tooltip.hide();
      if (held.size === 2) this.pinch(held, event);
      else if (rangeFrom !== null) this.selectRange(rangeFrom, this.x(event));
      else this.drag(last, event);
      held.set(event.pointerId, event);
    });
    const end = (event: PointerEvent): void => {
      if (!held.delete(event.pointerId)) return;
      surface.classList.remove('dragging');
      if (event.type === 'pointerup' && moved < CLICK_PX) void this.click(event);
    };
    surface.addEventListener('pointerup', end);
    surface.addEventListener('pointercancel', end);
    surface.addEventListener('pointerleave', () => {
      clearTimeout(this.rest);
      this.tooltip.hide();
      this.store.setHover(null);
    });
    surface.addEventListener('dblclick', () => this.store.zoomToSelection());
  }

  private drag(last: PointerEvent, event: PointerEvent): void {
    this.stage.surface.classList.add('dragging');
    if (event.clientX !== last.clientX) this.store.pan(last.clientX - event.clientX);
    this.scroller.scrollTop += last.clientY - event.clientY;
  }

  /** Two fingers: zooms around their middle. */
  private pinch(held: ReadonlyMap<number, PointerEvent>, event: PointerEvent): void {
    const other = [...held.entries()].find(([id]) => id !== event.pointerId)?.[1];
    const last = held.get(event.pointerId);
    if (!other || !last) return;
    const before = Math.max(8, Math.abs(last.clientX - other.clientX));
    const after = Math.max(8, Math.abs(event.clientX - other.clientX));
    this.store.zoom(before / after, (this.x(event) + this.x(other)) / 2);
  }

  private selectRange(from: number, x: number): void {
    const to = timeAt(this.store.view, this.store.width, x);
    const [start, end] = from < to ? [from, to] : [to, from];
    this.store.select({ type: 'range', start: Math.max(0, start), end: Math.min(this.store.data.last, end) });
  }

  private async click(event: PointerEvent): Promise<void> {
    const i = this.row(event);
    const row = this.store.data.rows[i];
    if (!row) {
      this.store.select(null);
      return;
    }
    const time = timeAt(this.store.view, this.store.width, this.x(event));
    this.store.setActive(row.track.thread);
    await this.lookup.selectAt(row.track.thread, time);
  }

  private hover(event: PointerEvent): void {
    const { store, stage } = this;
    const x = this.x(event);
    const i = this.row(event);
    const thread = store.data.rows[i]?.track.thread;
    const { time, text } = pointerTime(stage.scene(), x);
    const slice = thread === undefined ? undefined : this.lookup.drawn(thread, time);
    store.setHover({ x, row: i, start: slice?.start ?? null, end: slice?.end ?? null });
    clearTimeout(this.rest);
    if (thread === undefined) {
      this.tooltip.hide();
      return;
    }
    const show = (found: SliceView | null): void => {
      const folded = stage.painter.folded.get(thread);
      const pixel = Math.floor(x * stage.ratio);
      this.tooltip.show(event.clientX, event.clientY, thread, found, folded, pixel, text);
    };
    show(slice ?? null);
    if (!slice) this.rest = setTimeout(() => void this.showAt(thread, time, show), REST_MS);
  }

  /** A pointer that rests on what is narrower than is drawn exactly: asks for the slice, if it is a pixel wide. */
  private async showAt(thread: string, time: number, show: (slice: SliceView) => void): Promise<void> {
    const slice = await this.lookup.at(thread, time);
    const { view, width, hover, data } = this.store;
    if (!slice || !hover || Math.abs(timeAt(view, width, hover.x) - time) > nsPerPx(view, width)) return;
    if ((slice.end ?? data.last) - slice.start >= nsPerPx(view, width)) show(slice);
  }

  /** Dragging on the axis selects time; a flag selects its finding. */
  private listenAxis(axis: HTMLElement): void {
    let from: number | null = null;
    let began = 0;
    axis.addEventListener('pointerdown', (event) => {
      axis.setPointerCapture(event.pointerId);
      began = event.clientX;
      from = timeAt(this.store.view, this.store.width, this.x(event));
    });
    axis.addEventListener('pointermove', (event) => {
      if (from !== null && Math.abs(event.clientX - began) >= CLICK_PX) this.selectRange(from, this.x(event));
    });
    axis.addEventListener('pointerup', (event) => {
      from = null;
      if (Math.abs(event.clientX - began) >= CLICK_PX) return;
      const id = flagAt(this.stage.scene(), this.x(event));
      this.store.select(id === undefined ? null : { type: 'finding', id });
    });
  }

  /** Dragging the window or its edges moves and resizes what is shown; a click beside it brings it there. */
  private listenMinimap(minimap: HTMLElement): void {
    let grip: 'left' | 'right' | 'window' | null = null;
    let last = 0;
    minimap.addEventListener('pointerdown', (event) => {
      minimap.setPointerCapture(event.pointerId);
      const whole = wholeView(this.store.data.last);
      const [from, to] = windowOf(this.stage.scene(), whole);
      last = event.offsetX;
      const near = (x: number): boolean => Math.abs(event.offsetX - x) <= 5;
      grip = near(from) && to - from > 12 ? 'left' : near(to) && to - from > 12 ? 'right' : 'window';
      if (grip === 'window' && (last < from || last > to)) this.moveWindow(last - (from + to) / 2);
    });
    minimap.addEventListener('pointermove', (event) => {
      if (grip === null) return;
      const by = event.offsetX - last;
      last = event.offsetX;
      if (grip === 'window') this.moveWindow(by);
      else this.resizeWindow(grip, by);
    });
    minimap.addEventListener('pointerup', () => {
      grip = null;
    });
  }

  private get minimapScale(): number {
    return nsPerPx(wholeView(this.store.data.last), this.store.width);
  }
  private moveWindow(pixels: number): void {
    this.store.pan((pixels * this.minimapScale) / nsPerPx(this.store.view, this.store.width));
  }
  private resizeWindow(grip: 'left' | 'right', pixels: number): void {
    const { start, end } = this.store.view;
    const by = pixels * this.minimapScale;
    const next = grip === 'left' ? { start: start + by, end } : { start, end: end + by };
    if (next.end - next.start > this.minimapScale * 3) this.store.setView(next);
  }
}
