import { ROW_HEIGHT } from '../core/rows.ts';
import type { Store } from '../core/store.ts';
import type { Lookup } from './lookup.ts';

export interface KeyActions {
  goToSource(beside: boolean): void;
  focusSearch(): void;
  help(): void;
  /** Scrolls so that a row is visible, and gives it the keyboard where the headers have it. */
  showRow(row: number): void;
}

/** A step of panning, share of the width. */
const STEP = 0.12;
/** A step of zooming, factor. */
const ZOOM = 1.35;

/** The keyboard. Letters work wherever the focus is, except in the search field. */
export class Keys {
  private readonly store: Store;
  private readonly lookup: Lookup;
  private readonly actions: KeyActions;

  constructor(store: Store, lookup: Lookup, actions: KeyActions) {
    this.store = store;
    this.lookup = lookup;
    this.actions = actions;
  }

  listen(target: Document): void {
    target.addEventListener('keydown', (event) => {
      if (event.target instanceof HTMLElement && event.target.closest('dialog')) return;
      if (event.target instanceof HTMLInputElement) {
        if (event.key === 'Escape') event.target.blur();
      } else if (event.ctrlKey || event.metaKey || event.altKey) {
        if (event.key === 'Enter') this.actions.goToSource(true);
      } else if (!pressesButton(event) && this.act(event)) event.preventDefault();
    });
  }

  /** @returns whether the key had a meaning */
  private act(event: KeyboardEvent): boolean {
    const inRows = event.target instanceof HTMLElement && event.target.closest('[role=row]') !== null;
    return (inRows && this.rowKey(event)) || this.key(event);
  }

  /** Left and right fold and unfold rows, as in every tree. */
  private rowKey(event: KeyboardEvent): boolean {
    const { store } = this;
    const i = store.activeThread === null ? -1 : (store.data.rowIndex.get(store.activeThread) ?? -1);
    const row = store.data.rows[i];
    if (!row) return false;
    const thread = row.track.thread;
    switch (event.key) {
      case 'ArrowRight':
        if (row.children === 0) return true;
        if (row.collapsed) store.toggleCollapsed(thread, false);
        else this.active(1);
        return true;
      case 'ArrowLeft':
        if (row.children > 0 && !row.collapsed) store.toggleCollapsed(thread, true);
        else this.toParent(i, row.depth);
        return true;
      case ' ':
        store.toggleCollapsed(thread);
        return true;
      case 'Home':
        this.active(-store.data.rows.length);
        return true;
      case 'End':
        this.active(store.data.rows.length);
        return true;
      default:
        return false;
    }
  }

  private toParent(from: number, depth: number): void {
    const { rows } = this.store.data;
    for (let i = from - 1; i >= 0; i -= 1) {
      if (rows[i]!.depth < depth) {
        this.active(i - from);
        return;
      }
    }
  }

  private active(by: number): void {
    const row = this.store.moveActive(by);
    if (row >= 0) this.actions.showRow(row);
  }

  private key(event: KeyboardEvent): boolean {
    const { store, lookup } = this;
    const page = event.shiftKey ? 1 : STEP;
    const keys: Record<string, () => unknown> = {
      arrowleft: () => store.pan(-store.width * page),
      a: () => store.pan(-store.width * page),
      arrowright: () => store.pan(store.width * page),
      d: () => store.pan(store.width * page),
      arrowup: () => this.active(-1),
      arrowdown: () => this.active(1),
      pageup: () => this.active(-Math.floor(window.innerHeight / ROW_HEIGHT / 2)),
      pagedown: () => this.active(Math.floor(window.innerHeight / ROW_HEIGHT / 2)),
      '+': () => store.zoom(1 / ZOOM),
      '=': () => store.zoom(1 / ZOOM),
      w: () => store.zoom(1 / ZOOM),
      '-': () => store.zoom(ZOOM),
      s: () => store.zoom(ZOOM),
      '0': () => store.showAll(),
      f: () => store.showAll(),
      z: () => store.zoomToSelection(),
      l: () => store.data.live && store.toggleFollow(),
      n: () => lookup.seekWait(true, event.shiftKey),
      p: () => lookup.seekWait(false, event.shiftKey),
      '.': () => lookup.step(true),
      ',': () => lookup.step(false),
      enter: () => this.enter(),
      escape: () => store.select(null),
      '/': () => this.actions.focusSearch(),
      '?': () => this.actions.help(),
    };
    const run = keys[event.key.toLowerCase()];
    run?.();
    return run !== undefined;
  }

  /** Opens the source of the selected slice; without one, selects what is in the middle of the active track. */
  private enter(): void {
    const { store } = this;
    if (store.slice) this.actions.goToSource(false);
    else if (store.activeThread !== null) {
      void this.lookup.selectAt(
        store.activeThread,
        (store.view.start + Math.min(store.view.end, store.data.last)) / 2,
      );
    }
  }
}

/** The browser itself presses a button by these keys. */
function pressesButton({ target, key }: KeyboardEvent): boolean {
  return target instanceof HTMLButtonElement && (key === 'Enter' || key === ' ');
}
