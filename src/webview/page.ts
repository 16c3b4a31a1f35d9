import { t } from '@vscode/l10n';
import type { CallSite } from '../model/types/index.ts';
import type { ToWebview } from '../protocol/timeline.ts';
import { Fetcher } from './core/fetcher.ts';
import { Requests } from './core/requests.ts';
import { ROW_HEIGHT } from './core/rows.ts';
import { processCount } from './core/slice-text.ts';
import { type Change, Store } from './core/store.ts';
import { el, setText } from './dom/dom.ts';
import type { Host } from './dom/host.ts';
import { Cover } from './panels/cover.ts';
import { Details } from './panels/details.ts';
import { Headers } from './panels/headers.ts';
import { makeHelp } from './panels/help.ts';
import { SliceGrid } from './panels/slice-grid.ts';
import { Swatches } from './panels/swatches.ts';
import { Toolbar } from './panels/toolbar.ts';
import { Tooltip } from './panels/tooltip.ts';
import { Keys } from './stage/keys.ts';
import { Lookup } from './stage/lookup.ts';
import { Pointer } from './stage/pointer.ts';
import { Stage } from './stage/stage.ts';

const SAVE_MS = 300;

/** Puts the parts of the page together, and draws at most once a frame. */
export class Page {
  readonly store: Store;
  private readonly host: Host;
  private readonly requests: Requests;
  private readonly fetcher: Fetcher;
  private readonly scroller = el('div', { class: 'scroller' });
  private readonly body = el('div', { class: 'body' });
  private readonly banner = el('div', { class: 'banner', attrs: { role: 'status' } });
  private readonly live = el('div', { class: 'sr-only', attrs: { 'aria-live': 'polite' } });
  private readonly corner = el('div', { class: 'corner' });
  private readonly stage: Stage;
  private readonly headers: Headers;
  private readonly toolbar: Toolbar;
  private readonly details: Details;
  private readonly tooltip: Tooltip;
  private readonly cover: Cover;
  private readonly grid: SliceGrid;
  private readonly help = makeHelp();
  private readonly swatches: Swatches;
  private readonly lookup: Lookup;
  private due: Change | null = null;
  private requested = false;
  private saving: ReturnType<typeof setTimeout> | undefined;
  private restoring = false;
  private wanted: Extract<ToWebview, { type: 'reveal' }> | undefined;
  /** Scroll position that the headers were laid out for. */
  private scrolled = -1;
  /** CPU time of each of the last frames, ms, for the benchmark and for tests. */
  readonly frames: number[] = [];

  constructor(host: Host, root: HTMLElement) {
    this.host = host;
    this.requests = new Requests((message) => host.post(message));
    this.store = new Store(host.load(), (change) => this.invalidate(change));
    this.fetcher = new Fetcher(this.store, this.requests, (what) => this.invalidate(what));
    this.lookup = new Lookup(this.store, this.requests, (text) => setText(this.live, text));
    this.lookup.words = { none: t('No later wait'), noneBefore: t('No earlier wait') };
    this.stage = new Stage(this.store, this.scroller);
    this.headers = new Headers(this.store);
    this.tooltip = new Tooltip(this.store);
    this.grid = new SliceGrid(this.store, () => this.headers.describe(this.stage.painter.folded));
    this.cover = new Cover(this.store, (name) => host.post({ type: 'command', name }));
    this.details = new Details(this.store, this.requests, {
      goTo: (site, beside) => this.goTo(site, beside),
      inspect: (finding) => host.post({ type: 'inspect', finding }),
      jump: (thread, time) => void this.jump(thread, time),
    });
    this.toolbar = new Toolbar(this.store, {
      seek: (forward) => void this.lookup.seekWait(forward, this.store.activeThread === null),
      help: () => this.help.showModal(),
    });
    this.swatches = new Swatches(() => this.stage.colors);
    this.assemble(root);
    this.listen();
  }

  private assemble(root: HTMLElement): void {
    this.body.append(this.headers.element, this.stage.surface);
    this.scroller.append(this.body);
    const top = el(
      'div',
      { class: 'top' },
      this.corner,
      el('div', { class: 'rulers' }, this.stage.minimap, this.stage.axis),
    );
    const heading = el('h1', { class: 'sr-only', text: t('Timeline') });
    const main = el(
      'main',
      { class: 'main' },
      heading,
      top,
      this.scroller,
      this.cover.element,
      this.grid.element,
      this.tooltip.element,
    );
    root.replaceChildren(
      el('header', {}, this.toolbar.element),
      this.banner,
      main,
      this.details.element,
      this.live,
      this.help,
    );
    new Pointer(this.store, this.stage, this.scroller, this.lookup, this.tooltip);
    new Keys(this.store, this.lookup, {
      goToSource: (beside) => this.store.slice?.site && this.goTo(this.store.slice.site, beside),
      focusSearch: () => this.toolbar.search.focus(),
      help: () => this.help.showModal(),
      showRow: (row) => this.showRow(row),
    }).listen(document);
  }

  private listen(): void {
    this.host.onMessage((message) => this.receive(message));
    this.scroller.addEventListener('scroll', () => this.store.setScroll(this.scroller.scrollTop));
    new ResizeObserver(() => this.invalidate('dom')).observe(this.scroller);
    window.addEventListener('resize', () => this.invalidate('dom'));
    // VS Code changes the theme by classes and variables of the document.
    const themes = new MutationObserver(() => {
      this.stage.themeChanged();
      this.invalidate('dom');
    });
    themes.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
    document.addEventListener('visibilitychange', () => {
      this.requests.pause(document.hidden);
      if (!document.hidden) this.invalidate('dom');
    });
    window.addEventListener('pagehide', () => this.host.save(this.store.saved()));
  }

  receive(message: ToWebview): void {
    switch (message.type) {
      case 'session':
        this.fetcher.reset();
        this.store.setSession(message.session);
        this.scroller.scrollTop = this.store.scrollTop;
        break;
      case 'loading':
        this.store.setStatus(message);
        break;
      case 'failed':
        this.store.setStatus(message);
        break;
      case 'update':
        this.store.setUpdate(message.update);
        break;
      case 'answer':
        this.requests.answered(message.id, message.result);
        break;
      case 'refused':
        this.requests.refused(message.id, message.message);
        break;
      case 'reveal':
        this.reveal(message);
        break;
    }
  }

  /** What is to be shown of a session whose tracks have not come yet waits for them. */
  private reveal(message: Extract<ToWebview, { type: 'reveal' }>): void {
    const { structure, last } = this.store.data;
    this.wanted = structure.tracks.length === 0 ? message : undefined;
    const track =
      structure.tracks.find((one) => one.thread === message.thread) ??
      structure.tracks.find((one) => one.process === message.process);
    if (!track) return;
    this.store.reveal(track.thread, message.time ?? track.start, message.time ?? track.end ?? last);
    this.store.setActive(track.thread);
    if (message.time !== null) void this.lookup.selectAt(track.thread, message.time);
    this.showRow(this.store.data.rowIndex.get(track.thread) ?? 0);
  }

  private async jump(thread: string, time: number): Promise<void> {
    this.store.reveal(thread, time, time);
    await this.lookup.selectAt(thread, time);
    this.showRow(this.store.data.rowIndex.get(thread) ?? 0);
  }

  private goTo(site: CallSite, beside: boolean): void {
    this.host.post({ type: 'goto', file: site.file, line: site.line, column: site.column, beside });
  }

  private showRow(row: number): void {
    const top = row * ROW_HEIGHT;
    const { scrollTop, clientHeight } = this.scroller;
    if (top < scrollTop) this.scroller.scrollTop = top;
    else if (top + ROW_HEIGHT > scrollTop + clientHeight)
      this.scroller.scrollTop = top + ROW_HEIGHT - clientHeight;
    if (!document.activeElement?.closest('[role=row]')) return;
    this.render('dom');
    this.headers.focusActive();
  }

  private invalidate(change: Change): void {
    const order: readonly (Change | null)[] = [null, 'hover', 'view', 'dom'];
    if (order.indexOf(change) > order.indexOf(this.due)) this.due = change;
    if (this.requested) return;
    this.requested = true;
    requestAnimationFrame(() => {
      this.requested = false;
      const due = this.due;
      this.due = null;
      if (due) this.render(due);
    });
  }

  private render(change: Change): void {
    if (document.hidden) return;
    if (this.wanted) this.reveal(this.wanted);
    const { store, stage } = this;
    if (change === 'hover' && !stage.gliding) {
      stage.drawOverlay();
      return;
    }
    const began = performance.now();
    const height = `${Math.max(store.contentHeight, this.scroller.clientHeight)}px`;
    if (this.body.style.height !== height) this.body.style.height = height;
    stage.surface.style.height = `${this.scroller.clientHeight}px`;
    stage.measure();
    stage.draw();
    this.frames.push(performance.now() - began);
    if (this.frames.length > 200) this.frames.shift();
    if (change === 'dom' || this.scrolled !== store.scrollTop) this.headers.render(stage.height);
    this.scrolled = store.scrollTop;
    if (change === 'dom') this.renderDom();
    this.details.render();
    this.grid.render();
    this.fetcher.fetch(stage.height, stage.ratio, stage.gliding ? null : stage.painter.folded);
    if (stage.gliding) this.invalidate('view');
    this.scheduleSave();
  }

  private renderDom(): void {
    this.toolbar.render();
    this.cover.render();
    const { data } = this.store;
    setText(this.corner, data.hasStructure ? processCount(data.structure.processes) : '');
    const loss = data.update?.loss;
    this.banner.hidden = !loss || loss.exact;
    if (loss && !loss.exact)
      setText(this.banner, lossText(loss.dropped, loss.damaged, loss.problems[0]?.message));
    this.swatches.paint(document.body);
    void this.restoreSelection();
  }

  /** After a reload: looks up what was selected, once the tracks and the time up to then are known. */
  private async restoreSelection(): Promise<void> {
    const { pendingSelection: pending, data } = this.store;
    if (!pending || this.restoring) return;
    if (!data.rowIndex.has(pending.thread) || pending.time > data.last) return;
    this.restoring = true;
    await this.lookup.selectAt(pending.thread, pending.time);
    this.restoring = false;
  }

  private scheduleSave(): void {
    this.saving ??= setTimeout(() => {
      this.saving = undefined;
      if (this.store.status.type !== 'connecting') this.host.save(this.store.saved());
    }, SAVE_MS);
  }
}

function lossText(dropped: number, damaged: number, problem: string | undefined): string {
  const parts: string[] = [];
  if (dropped > 0) parts.push(t('{0} records were dropped', dropped.toLocaleString()));
  if (damaged > 0) parts.push(t('{0} records were damaged', damaged.toLocaleString()));
  if (problem !== undefined) parts.push(problem);
  return parts.join(' · ');
}
