import type { NodeSpec, TreeNode } from './nodes.ts';
import { sameStyle } from './nodes.ts';

/** What has to be drawn again: `all`, or the topmost nodes that changed (their subtrees follow by themselves). */
export type Changes = 'all' | readonly TreeNode[];

/**
 * Keeps one object per id, so that VS Code's handles, and an inline button that is pressed in the middle of a refresh,
 * still lead to the thing that was shown. `update` tells what changed since the last one.
 */
export class TreeStore {
  private rootNodes: readonly TreeNode[] = [];
  private readonly nodes = new Map<string, TreeNode>();
  private changed = new Set<TreeNode>();
  private rootChanged = false;
  private seen = new Set<string>();

  get roots(): readonly TreeNode[] {
    return this.rootNodes;
  }

  /** Number of nodes. */
  get size(): number {
    return this.nodes.size;
  }

  get(id: string): TreeNode | undefined {
    return this.nodes.get(id);
  }

  update(specs: readonly NodeSpec[]): Changes {
    this.changed = new Set();
    this.rootChanged = false;
    this.seen = new Set();
    const before = this.rootNodes;
    this.rootNodes = specs.map((spec) => this.place(spec, undefined));
    if (!sameNodes(before, this.rootNodes)) this.rootChanged = true;
    for (const id of this.nodes.keys()) if (!this.seen.has(id)) this.nodes.delete(id);
    return this.rootChanged ? 'all' : topmost(this.changed);
  }

  private place(spec: NodeSpec, parent: TreeNode | undefined): TreeNode {
    this.seen.add(spec.id);
    const known = this.nodes.get(spec.id);
    const node = known ?? this.create(spec, parent);
    if (known) {
      this.move(known, parent);
      if (!sameStyle(known.style, spec.style)) {
        known.style = spec.style;
        this.changed.add(known);
      }
    }
    const before = node.children;
    node.children = spec.children.map((child) => this.place(child, node));
    if (known && !sameNodes(before, node.children)) this.changed.add(node);
    return node;
  }

  private create(spec: NodeSpec, parent: TreeNode | undefined): TreeNode {
    const { id, dir, target, style } = spec;
    const node: TreeNode = { id, dir, target, style, parent, children: [] };
    this.nodes.set(id, node);
    return node;
  }

  /**
   * Both ends of a move are refreshed through an ancestor that they share: refreshed one by one, the new parent would
   * register the id while the old one still has it, which VS Code refuses.
   */
  private move(node: TreeNode, to: TreeNode | undefined): void {
    const from = node.parent;
    if (from === to) return;
    const above = new Set(ancestors(from));
    const shared = ancestors(to).find((a) => above.has(a));
    if (shared) this.changed.add(shared);
    else this.rootChanged = true;
    node.parent = to;
  }
}

/** The node itself and everything above it, nearest first. */
function ancestors(node: TreeNode | undefined): TreeNode[] {
  const list: TreeNode[] = [];
  for (let at = node; at; at = at.parent) list.push(at);
  return list;
}

function topmost(changed: ReadonlySet<TreeNode>): readonly TreeNode[] {
  return [...changed].filter((node) => !ancestors(node.parent).some((above) => changed.has(above)));
}

function sameNodes(a: readonly TreeNode[], b: readonly TreeNode[]): boolean {
  return a.length === b.length && a.every((node, i) => node === b[i]);
}
