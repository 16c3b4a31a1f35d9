import * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import { type StackGroup, stackGroupLines } from '../../model/index.ts';
import type { KnownSession } from '../sessions/entry.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { TreeNode } from '../tree/nodes.ts';
import { Pace } from '../tree/pace.ts';
import { RowTree } from '../tree/provider.ts';
import { TreeStore } from '../tree/store.ts';
import { VIEWS } from '../workbench/contributions.ts';
import { plain } from '../workbench/markdown.ts';
import { setContext } from '../workbench/settings.ts';
import { crowdOf, crowdText, stackSpecs } from './build.ts';
import { type LookedInto, stuckIn, threadsOf } from './source.ts';

/** What is shown, and of whom. */
interface Shown {
  readonly dir: string;
  readonly name: string;
  readonly groups: readonly StackGroup[];
  readonly message: string;
}

/**
 * The view *Stacks of All Processes*: of the current session, anew as it goes on, or of a running program that was looked into. Asks
 * nothing while it is hidden.
 */
export class StacksView implements vscode.Disposable {
  readonly store = new TreeStore();
  private readonly all = new Disposables();
  private readonly sessions: Sessions;
  private readonly pace: Pace;
  private readonly rows: RowTree;
  private readonly view: vscode.TreeView<TreeNode>;
  /** A program that was looked into, while no session has taken its place. */
  private looked: LookedInto | undefined;
  private shown: Shown | undefined;

  constructor(sessions: Sessions) {
    this.sessions = sessions;
    this.pace = this.all.add(
      new Pace(
        () => this.refresh(),
        () => this.store.size,
      ),
    );
    this.rows = this.all.add(
      new RowTree(this.store, (node) => {
        this.pace.rest();
        return tooltipOf(node);
      }),
    );
    this.view = this.all.add(
      vscode.window.createTreeView(VIEWS.stacks, {
        treeDataProvider: this.rows,
        showCollapseAll: true,
        canSelectMany: true,
      }),
    );
    this.all.add(sessions.onDidChange((session) => this.changed(session)));
    this.all.add(sessions.onDidChangeCurrent(() => this.follow()));
    this.all.add(this.view.onDidChangeVisibility(({ visible }) => visible && this.pace.request()));
  }

  /** What the head of the view says. */
  get head(): { readonly description: string; readonly message: string } {
    const { description = '', message } = this.view;
    return { description, message: typeof message === 'string' ? message : '' };
  }

  /** The row that is selected. */
  get selected(): TreeNode | undefined {
    return this.view.selection[0];
  }

  /** Shows a session; of a finding in it, the rows of those that it is about. */
  async show(dir: string, finding?: string): Promise<void> {
    this.looked = undefined;
    this.sessions.makeCurrent(dir);
    await this.open();
    if (finding !== undefined) await this.reveal(dir, finding);
  }

  /** Shows a program that was looked into. */
  async showLookedInto(looked: LookedInto): Promise<void> {
    this.looked = looked;
    await this.open();
  }

  /** Asks anew; a program that nobody traces is looked into again. */
  async again(): Promise<void> {
    if (this.looked) await this.looked.again();
    else await this.refresh();
  }

  /** Everything that is shown, as `forkscope stacks` says it. */
  get text(): string {
    return stackGroupLines(this.shown?.groups ?? []).join('\n');
  }

  dispose(): void {
    this.all.dispose();
  }

  private async open(): Promise<void> {
    // Before the first session the view is not there.
    setContext('forkscope.showsStacks', true);
    await vscode.commands.executeCommand(`${VIEWS.stacks}.focus`);
    await this.refresh();
  }

  private async reveal(dir: string, id: string): Promise<void> {
    const finding = this.sessions.known(dir)?.reader?.lastUpdate?.findings.find((one) => one.id === id);
    const wanted = new Set(finding ? threadsOf(finding) : []);
    const rows = this.store.roots.flatMap(below).filter(({ target }) => {
      return target.kind === 'standing' && wanted.has(target.threadId ?? target.processId);
    });
    // The last one that is revealed is the one that is seen: the first of them, and it is selected.
    const [first, ...others] = rows;
    for (const row of others) await this.view.reveal(row, { select: false, focus: false });
    if (first) await this.view.reveal(first, { select: true, focus: true });
  }

  /** Another session was started, opened or chosen. */
  private follow(): void {
    this.looked = undefined;
    if (this.view.visible) this.pace.request();
  }

  private changed(session: KnownSession | undefined): void {
    if (this.looked || !this.view.visible) return;
    if (session === undefined || session.dir === this.sessions.current()?.dir) this.pace.request();
  }

  private async refresh(): Promise<void> {
    const shown = await this.read();
    this.shown = shown;
    const stuck = stuckIn(this.sessions.get(shown?.dir ?? '')?.lastUpdate?.findings ?? []);
    const traced = this.sessions.known(shown?.dir ?? '') !== undefined;
    this.rows.refresh(this.store.update(shown ? stackSpecs({ ...shown, stuck, traced }) : []));
    this.view.description = shown ? `${shown.name} · ${crowdText(crowdOf(shown.groups))}` : '';
    // Where there is no message, an empty view says what to do.
    const isEmpty = shown !== undefined && shown.groups.length === 0;
    this.view.message = isEmpty
      ? vscode.l10n.t('No thread of the program is there any more.')
      : (shown?.message ?? '');
  }

  private async read(): Promise<Shown | undefined> {
    const { looked } = this;
    if (looked) return { ...looked, dir: looked.id };
    const current = this.sessions.current();
    const { dir, name } = current ?? {};
    if (!current || dir === undefined || name === undefined) return undefined;
    try {
      const groups = await current.query('stacks', {});
      const message = current.lastUpdate?.live
        ? ''
        : vscode.l10n.t('As the threads stood when the program was ended.');
      return { dir, name, groups, message };
    } catch {
      // It was closed meanwhile, or its reader has failed: the tree says why.
      return this.shown?.dir === dir ? this.shown : undefined;
    }
  }
}

function below(node: TreeNode): TreeNode[] {
  return [node, ...node.children.flatMap(below)];
}

function tooltipOf({ style }: TreeNode): string {
  const place = style.site ? [plain(`${style.site.file}:${style.site.line}`)] : [];
  return [`**${plain(style.label)}**`, plain(style.description), ...place].filter(Boolean).join('\n\n');
}
