import { t } from '@vscode/l10n';
import type { Store } from '../core/store.ts';
import type { View } from '../core/viewport.ts';
import { between, wholeView } from '../core/viewport.ts';
import { el } from '../dom/dom.ts';
import { AXIS_HEIGHT, drawAxis, drawGrid } from '../draw/axis.ts';
import { drawFindings } from '../draw/findings.ts';
import { drawFlows } from '../draw/flows.ts';
import { LanePainter } from '../draw/lanes.ts';
import { drawMinimap, MINIMAP_HEIGHT } from '../draw/minimap.ts';
import { drawOverlay } from '../draw/overlay.ts';
import type { Palette } from '../draw/palette.ts';
import { readPalette } from '../draw/palette.ts';
import type { Scene } from '../draw/scene.ts';
import { prepare } from '../draw/scene.ts';
import { drawTree } from '../draw/tree.ts';

/** Duration of the gliding to a view that was jumped to, ms. */
const GLIDE_MS = 220;

/** The canvases: tracks, what moves with the pointer, axis and minimap. */
export class Stage {
  readonly lanes = el('canvas', { class: 'lanes', attrs: { 'aria-hidden': 'true' } });
  readonly overlay = el('canvas', { class: 'overlay', attrs: { 'aria-hidden': 'true' } });
  readonly axis = el('canvas', { class: 'axis', attrs: { 'aria-hidden': 'true' } });
  readonly minimap = el('canvas', { class: 'minimap', attrs: { 'aria-hidden': 'true' } });
  /** The element around tracks and overlay that can have the focus and listens to the pointer. */
  readonly surface = el(
    'div',
    {
      class: 'surface',
      attrs: {
        tabindex: '0',
        role: 'group',
        'aria-roledescription': t('timeline'),
        'aria-label': t(
          'Timeline of the processes. Up and down choose a track, N and P go from wait to wait, Enter opens the source.',
        ),
      },
    },
    this.lanes,
    this.overlay,
  );
  readonly painter = new LanePainter();
  private readonly store: Store;
  private readonly scroller: HTMLElement;
  private palette: Palette | null = null;
  private readonly reducedMotion = window.matchMedia('(prefers-reduced-motion: reduce)');
  private glidesFrom: View | null = null;
  private from: View;
  private shown: View;
  private began = 0;
  /** The picture still glides to the view: another frame must be drawn. */
  gliding = false;

  constructor(store: Store, scroller: HTMLElement) {
    this.store = store;
    this.scroller = scroller;
    this.from = this.shown = store.view;
  }

  /** The theme has changed: colours are read again with the next frame. */
  themeChanged(): void {
    this.palette = null;
  }
  get colors(): Palette {
    this.palette ??= readPalette(document.body);
    return this.palette;
  }
  get ratio(): number {
    return Math.max(1, window.devicePixelRatio || 1);
  }
  get height(): number {
    return Math.max(1, this.scroller.clientHeight);
  }

  /** The view of this frame: the store's, or while the picture glides one between `from` and the store's. */
  private shownView(): View {
    const { store } = this;
    if (store.cameFrom !== this.glidesFrom) {
      const from = this.gliding && store.cameFrom ? this.shown : store.cameFrom;
      this.glidesFrom = store.cameFrom;
      this.began = performance.now();
      this.gliding = from !== null && !this.reducedMotion.matches;
      this.from = from ?? store.view;
    }
    const t = this.gliding ? (performance.now() - this.began) / GLIDE_MS : 1;
    if (t >= 1) this.gliding = false;
    this.shown = this.gliding ? between(this.from, store.view, 1 - (1 - t) ** 3) : store.view;
    return this.shown;
  }

  scene(): Scene {
    const { store } = this;
    return {
      data: store.data,
      palette: this.colors,
      view: this.shownView(),
      width: store.width,
      height: this.height,
      scrollTop: store.scrollTop,
      ratio: this.ratio,
      focus: store.focusMask,
      selection: store.selection,
      activeThread: store.activeThread,
    };
  }

  /** Measures the width of the tracks; true when it has changed. */
  measure(): boolean {
    const width = Math.max(1, Math.floor(this.surface.clientWidth));
    if (width === this.store.width) return false;
    this.store.width = width;
    return true;
  }

  draw(): void {
    const scene = this.scene();
    const ctx = prepare(this.lanes, scene.width, scene.height, scene.ratio);
    drawGrid(ctx, scene);
    this.painter.draw(ctx, scene);
    drawTree(ctx, scene, this.painter.widths);
    drawFlows(ctx, scene);
    drawFindings(ctx, scene);
    drawAxis(prepare(this.axis, scene.width, AXIS_HEIGHT, scene.ratio), scene);
    const whole = wholeView(scene.data.last);
    drawMinimap(prepare(this.minimap, scene.width, MINIMAP_HEIGHT, scene.ratio), scene, whole);
    this.drawOverlay(scene);
  }

  drawOverlay(scene = this.scene()): void {
    drawOverlay(prepare(this.overlay, scene.width, scene.height, scene.ratio), scene, this.store.hover);
  }
}
