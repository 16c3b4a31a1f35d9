import * as vscode from 'vscode';
import type { TreeNode } from './nodes.ts';
import type { Changes, TreeStore } from './store.ts';
import { processTooltip, threadTooltip } from './tooltip.ts';
import type { TreeIndex } from './tree-index.ts';

/** Scheme of the uris by which rows are coloured: never opened. */
export const ROW_SCHEME = 'forkscope-row';

/**
 * The tree as VS Code asks for it. `getChildren` and `getTreeItem` answer at once, without a promise: between the moment
 * when VS Code forgets the old handles and the one when it knows the new ones no click can come in, and an inline button
 * keeps its item.
 */
export class ProcessTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  private readonly store: TreeStore;
  private readonly indexFor: (dir: string) => TreeIndex | undefined;
  private readonly changes = new vscode.EventEmitter<TreeNode | readonly TreeNode[] | undefined>();
  private readonly onHover: () => void;
  readonly onDidChangeTreeData = this.changes.event as vscode.Event<TreeNode | TreeNode[] | undefined>;

  /** @param onHover called when a tooltip is about to be shown */
  constructor(store: TreeStore, indexFor: (dir: string) => TreeIndex | undefined, onHover: () => void) {
    this.store = store;
    this.indexFor = indexFor;
    this.onHover = onHover;
  }

  refresh(changes: Changes): void {
    if (changes === 'all') this.changes.fire(undefined);
    else if (changes.length > 0) this.changes.fire(changes);
  }

  getChildren(node?: TreeNode): TreeNode[] {
    return [...(node ? node.children : this.store.roots)];
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.parent;
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    const { style } = node;
    const item = new vscode.TreeItem(style.label, EXPAND[style.expand]);
    // VS Code draws an item that gets its first child as collapsed, whatever it says of itself. So a leaf and a parent are
    // two items to it: once in its life a process changes from one to the other, and then stands open.
    item.id = style.expand === 'none' ? `${node.id}|leaf` : node.id;
    item.description = style.description;
    item.iconPath = new vscode.ThemeIcon(
      style.icon.id,
      style.icon.color ? new vscode.ThemeColor(style.icon.color) : undefined,
    );
    item.contextValue = style.context;
    item.accessibilityInformation = { label: style.accessible, role: 'treeitem' };
    if (style.mark !== 'none') item.resourceUri = rowUri(node);
    const command = clickOf(node);
    if (command) item.command = command;
    return item;
  }

  /** Tooltips are made when they are looked at. */
  resolveTreeItem(item: vscode.TreeItem, node: TreeNode): vscode.TreeItem {
    this.onHover();
    const text = this.tooltipOf(node);
    if (text !== undefined) {
      const markdown = new vscode.MarkdownString(text);
      markdown.isTrusted = false;
      item.tooltip = markdown;
    }
    return item;
  }

  dispose(): void {
    this.changes.dispose();
  }

  private tooltipOf(node: TreeNode): string | undefined {
    const index = this.indexFor(node.dir);
    const { target } = node;
    if (!index || (target.kind !== 'process' && target.kind !== 'thread')) return undefined;
    const process = index.processes.get(target.processId);
    if (!process) return undefined;
    if (target.kind === 'process') return processTooltip(process, index);
    const thread = process.threads.find((t) => t.id === target.threadId);
    return thread && threadTooltip(thread, index);
  }
}

const EXPAND = {
  none: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
} as const;

/** A row with this uri is coloured by {@link RowColours}; the part that VS Code shows of it is empty. */
function rowUri(node: TreeNode): vscode.Uri {
  return vscode.Uri.from({ scheme: ROW_SCHEME, path: `/${node.style.mark}`, query: node.id });
}

function clickOf(node: TreeNode): vscode.Command | undefined {
  const { kind } = node.target;
  if (kind === 'finding' || kind === 'link') {
    return { command: 'forkscope.inspect', title: vscode.l10n.t('Inspect'), arguments: [node] };
  }
  return undefined;
}

/** Colours of labels: deadlocked red, ended and untraced grey. */
export class RowColours implements vscode.FileDecorationProvider {
  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== ROW_SCHEME) return undefined;
    const color = uri.path === '/alarm' ? 'list.errorForeground' : 'disabledForeground';
    return new vscode.FileDecoration(undefined, undefined, new vscode.ThemeColor(color));
  }
}
