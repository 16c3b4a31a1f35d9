import * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import type { Finding } from '../../model/types/index.ts';
import type { Condition } from '../../model/words/index.ts';
import type { KnownSession } from '../sessions/entry.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { VIEWS } from '../workbench/contributions.ts';
import type { Arranging } from './arranging.ts';
import { sessionTree } from './build.ts';
import { DROPS } from './drop.ts';
import { conditionCounts, failuresText, messageOf } from './header.ts';
import type { TreeNode } from './nodes.ts';
import { Pace } from './pace.ts';
import { RowColours, RowTree } from './provider.ts';
import { TreeStore } from './store.ts';
import { rowTooltip } from './tooltip.ts';
import type { Snapshot } from './tree-index.ts';
import { TreeIndex } from './tree-index.ts';

/** What can be done with a session, by those who run programs. */
export interface RunOffers {
  hasTerminal(dir: string): boolean;
  canRunAgain(session: KnownSession): boolean;
}

/** Times that a row is looked for while the rows change. */
const REVEALS = 3;

/** The view *Processes*: asks the sessions at most twice a second, and not while it is hidden. */
export class ProcessTreeView implements vscode.Disposable {
  readonly store = new TreeStore();
  private readonly all = new Disposables();
  private readonly sessions: Sessions;
  private readonly arranging: Arranging;
  private readonly offers: RunOffers;
  private readonly indexes = new Map<string, TreeIndex>();
  private readonly stale = new Set<string>();
  private readonly pace: Pace;
  private readonly provider: RowTree;
  private readonly view: vscode.TreeView<TreeNode>;
  private refreshes = 0;

  constructor(sessions: Sessions, arranging: Arranging, offers: RunOffers) {
    this.sessions = sessions;
    this.arranging = arranging;
    this.offers = offers;
    this.provider = this.all.add(
      new RowTree(this.store, (node) => {
        this.pace.rest();
        return rowTooltip(node.target, this.indexes.get(node.dir));
      }),
    );
    this.view = this.all.add(
      vscode.window.createTreeView(VIEWS.processes, {
        treeDataProvider: this.provider,
        showCollapseAll: true,
        canSelectMany: true,
        dragAndDropController: DROPS,
      }),
    );
    this.pace = this.all.add(
      new Pace(
        () => this.refresh(),
        () => this.store.size,
      ),
    );
    this.all.add(vscode.window.registerFileDecorationProvider(new RowColours()));
    this.all.add(sessions.onDidChange((session) => this.changed(session)));
    this.all.add(arranging.onDidChange(() => this.pace.request()));
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

  /** How many processes of all sessions are in each condition. */
  get conditions(): ReadonlyMap<Condition, number> {
    return conditionCounts([...this.indexes.values()]);
  }

  /** What stands in the header, behind the name of the view. */
  get description(): string | undefined {
    return this.view.description;
  }
  /** What stands above the rows. */
  get message(): string | undefined {
    return this.view.message;
  }

  /** Shows a session's row, and with it the view. The focus stays where it is. */
  async reveal(dir: string): Promise<void> {
    await this.show(dir, { select: false, focus: false, expand: true });
  }

  /** Shows and selects the row of a process. */
  async revealProcess(dir: string, processId: string): Promise<void> {
    await this.show(`${dir}|${processId}`, { select: true, focus: true, expand: true });
  }

  /** The row that is selected. */
  get selected(): TreeNode | undefined {
    return this.view.selection[0];
  }

  dispose(): void {
    this.all.dispose();
  }

  private changed(session: KnownSession | undefined): void {
    if (session) this.stale.add(session.dir);
    if (this.view.visible) this.pace.request();
  }

  private showed(visible: boolean): void {
    this.sessions.setVisible(visible);
    if (visible) this.pace.request();
  }

  private async show(
    key: string,
    options: Parameters<vscode.TreeView<TreeNode>['reveal']>[1],
  ): Promise<void> {
    for (let attempt = 0; attempt < REVEALS; attempt++) {
      await this.refresh();
      const node = this.store.get(key);
      if (node === undefined) return;
      try {
        return await this.view.reveal(node, options);
      } catch {
        // Rows have changed while the editor looked for this one: another session has begun at the same moment.
      }
    }
  }

  private async refresh(): Promise<void> {
    const known = this.sessions.list();
    await Promise.all(known.map((session) => this.read(session)));
    for (const dir of this.indexes.keys()) if (!this.sessions.known(dir)) this.indexes.delete(dir);
    const { arrangement } = this.arranging;
    // The newest first.
    const trees = known.toReversed().flatMap(({ dir }) => {
      const index = this.indexes.get(dir);
      return index ? [sessionTree(index.snapshot, arrangement)] : [];
    });
    const changes = this.store.update(trees.flatMap(({ spec }) => spec ?? []));
    this.view.description = failuresText(this.conditions);
    // Where nothing is shown, the view's welcome says so, with a link that clears the filter.
    this.view.message = this.store.roots.length > 0 ? messageOf(this.conditions, trees, arrangement) : '';
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
        terminal: this.offers.hasTerminal(dir),
        again: this.offers.canRunAgain(session),
        problem: session.problem,
        exact: reader?.lastUpdate?.loss.exact ?? true,
        lastTime: reader?.lastUpdate?.lastTime ?? 0,
        findings,
        ...views,
      }),
    );
  }
}
