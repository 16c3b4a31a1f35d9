import * as vscode from 'vscode';
import type { TreeNode } from './nodes.ts';
import type { Changes, TreeStore } from './store.ts';

/** Scheme of the uris by which rows are coloured: never opened. */
export const ROW_SCHEME = 'forkscope-row';

/**
 * A tree of rows as VS Code asks for it. `getChildren` and `getTreeItem` answer at once, without a promise: between the moment
 * when VS Code forgets the old handles and the one when it knows the new ones no click can come in, and an inline button
 * keeps its item.
 */
export class RowTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  private readonly store: TreeStore;
  private readonly tooltipOf: (node: TreeNode) => string | undefined;
  private readonly changes = new vscode.EventEmitter<TreeNode | readonly TreeNode[] | undefined>();
  readonly onDidChangeTreeData = this.changes.event as vscode.Event<TreeNode | TreeNode[] | undefined>;

  /** @param tooltipOf the Markdown of a tooltip that is about to be shown; it is not trusted */
  constructor(store: TreeStore, tooltipOf: (node: TreeNode) => string | undefined) {
    this.store = store;
    this.tooltipOf = tooltipOf;
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
}

const EXPAND = {
  none: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
} as const;

/** Second argument of *Go to Source* by a click: the keyboard stays in the tree, for the next row. */
export const BESIDE = 'beside';

/** A row with this uri is coloured by {@link RowColours}; the part that VS Code shows of it is empty. */
function rowUri(node: TreeNode): vscode.Uri {
  return vscode.Uri.from({ scheme: ROW_SCHEME, path: `/${node.style.mark}`, query: node.id });
}

function clickOf(node: TreeNode): vscode.Command | undefined {
  switch (node.target.kind) {
    case 'finding':
    case 'link':
      return { command: 'forkscope.inspect', title: vscode.l10n.t('Inspect'), arguments: [node] };
    case 'frames':
    case 'alike':
    case 'standing': {
      const title = vscode.l10n.t('Go to Source');
      return node.style.site
        ? { command: 'forkscope.goToSource', title, arguments: [node, BESIDE] }
        : undefined;
    }
    default:
      return undefined;
  }
}

/** Colours of labels: deadlocked red, ended and untraced grey. */
export class RowColours implements vscode.FileDecorationProvider {
  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== ROW_SCHEME) return undefined;
    const color = uri.path === '/alarm' ? 'list.errorForeground' : 'disabledForeground';
    return new vscode.FileDecoration(undefined, undefined, new vscode.ThemeColor(color));
  }
}
