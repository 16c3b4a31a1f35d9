import * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import { Throttle } from '../../base/throttle.ts';
import type { Finding } from '../../model/types/index.ts';
import type { KnownSession } from '../sessions/entry.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { VIEWS } from '../workbench/contributions.ts';
import { setting } from '../workbench/settings.ts';
import { sessionSpec } from './build.ts';
import type { TreeNode } from './nodes.ts';
import { ProcessTree, RowColours } from './provider.ts';
import { TreeStore } from './store.ts';
import type { Snapshot } from './tree-index.ts';
import { TreeIndex } from './tree-index.ts';

/** Milliseconds between two refreshes, at least, whatever the setting says. */
const FASTEST = 500;
/** From so many nodes on, so many milliseconds between two refreshes: VS Code draws all rows anew, and a button that is being pressed is lost. */
const LARGE = { nodes: 200, interval: 1_500 };
/** Milliseconds for which the tree is not refreshed after a tooltip was shown: a refresh takes it away. */
const TOOLTIP_REST = 3_000;

/** The view *Processes*: asks the sessions at most twice a second, and not while it is hidden. */
export class ProcessTreeView implements vscode.Disposable {
  readonly store = new TreeStore();
  private readonly all = new Disposables();
  private readonly sessions: Sessions;
  private readonly hasTerminal: (dir: string) => boolean;
  private readonly indexes = new Map<string, TreeIndex>();
  private readonly stale = new Set<string>();
  private readonly throttle: Throttle;
  private readonly provider: ProcessTree;
  private readonly view: vscode.TreeView<TreeNode>;
  private refreshes = 0;
  private restUntil = 0;
  private restTimer: NodeJS.Timeout | undefined;

  constructor(sessions: Sessions, hasTerminal: (dir: string) => boolean) {
    this.sessions = sessions;
    this.hasTerminal = hasTerminal;
    this.provider = this.all.add(
      new ProcessTree(
        this.store,
        (dir) => this.indexes.get(dir),
        () => this.rest(),
      ),
    );
    this.view = this.all.add(
      vscode.window.createTreeView(VIEWS.processes, {
        treeDataProvider: this.provider,
        showCollapseAll: true,
        canSelectMany: true,
      }),
    );
    this.throttle = this.all.add(
      new Throttle(
        () => this.refreshUnlessResting(),
        () => Math.max(this.store.size > LARGE.nodes ? LARGE.interval : FASTEST, setting('refreshInterval')),
      ),
    );
    this.all.add(vscode.window.registerFileDecorationProvider(new RowColours()));
    this.all.add(sessions.onDidChange((session) => this.changed(session)));
    this.all.add(this.view.onDidChangeVisibility(({ visible }) => this.showed(visible)));
    this.showed(this.view.visible);
  }

  /** How often the tree was drawn anew. */
  get refreshCount(): number {
    return this.refreshes;
  }

  /** What the tree was last built from. */
  indexOf(dir: string): TreeIndex | undefined {
    return this.indexes.get(dir);
  }

  setBadge(count: number, tooltip: string): void {
    this.view.badge = count > 0 ? { value: count, tooltip } : undefined;
  }

  get badge(): vscode.ViewBadge | undefined {
    return this.view.badge;
  }

  /** Shows a session's row, and with it the view. The focus stays where it is. */
  async reveal(dir: string): Promise<void> {
    await this.refresh();
    const node = this.store.get(dir);
    if (node) await this.view.reveal(node, { select: false, focus: false, expand: true });
  }

  /** The row that is selected. */
  get selected(): TreeNode | undefined {
    return this.view.selection[0];
  }

  dispose(): void {
    clearTimeout(this.restTimer);
    this.all.dispose();
  }

  private changed(session: KnownSession | undefined): void {
    if (session) this.stale.add(session.dir);
    if (this.view.visible) this.throttle.request();
  }

  private showed(visible: boolean): void {
    this.sessions.setVisible(visible);
    if (visible) this.throttle.request();
  }

  private rest(): void {
    this.restUntil = performance.now() + TOOLTIP_REST;
  }

  private async refreshUnlessResting(): Promise<void> {
    const left = this.restUntil - performance.now();
    if (left <= 0) return this.refresh();
    clearTimeout(this.restTimer);
    this.restTimer = setTimeout(() => this.throttle.request(), left);
  }

  private async refresh(): Promise<void> {
    const known = this.sessions.list();
    await Promise.all(known.map((session) => this.read(session)));
    for (const dir of this.indexes.keys()) if (!this.sessions.known(dir)) this.indexes.delete(dir);
    const specs = known.flatMap(({ dir }) => {
      const index = this.indexes.get(dir);
      return index ? [sessionSpec(index.snapshot)] : [];
    });
    const changes = this.store.update(specs);
    if (changes === 'all' || changes.length > 0) this.refreshes++;
    this.provider.refresh(changes);
  }

  private async read(session: KnownSession): Promise<void> {
    const { dir, reader } = session;
    const before = this.indexes.get(dir);
    if (before && !this.stale.delete(dir)) {
      this.keep(session, before.snapshot);
      return;
    }
    this.stale.delete(dir);
    try {
      if (!reader?.lastUpdate) return this.keep(session, before?.snapshot);
      const [processes, { resources, channels }] = await Promise.all([
        reader.query('processes', {}),
        reader.query('resources', {}),
      ]);
      this.set(session, { processes, resources, channels });
    } catch {
      // The session's own problem says why: `onFailure` has set it.
      this.keep(session, before?.snapshot);
    }
  }

  private keep(session: KnownSession, before: Snapshot | undefined): void {
    const { processes = [], resources = [], channels = [] } = before ?? {};
    this.set(session, { processes, resources, channels });
  }

  private set(session: KnownSession, views: Pick<Snapshot, 'processes' | 'resources' | 'channels'>): void {
    const { dir, name, live, reader } = session;
    const findings: readonly Finding[] = reader?.lastUpdate?.findings ?? [];
    this.indexes.set(
      dir,
      new TreeIndex({
        dir,
        name,
        live,
        terminal: this.hasTerminal(dir),
        problem: session.problem,
        exact: reader?.lastUpdate?.loss.exact ?? true,
        lastTime: reader?.lastUpdate?.lastTime ?? 0,
        findings,
        ...views,
      }),
    );
  }
}
