import type { CallSite } from '../../model/types/index.ts';
import type { ItemContext } from '../workbench/contributions.ts';
import type { Icon } from './icons.ts';

/** What a tree item stands for. Fixed for the life of the item: an inline button acts on this, never on a position. */
export type NodeTarget =
  | { readonly kind: 'session' }
  | { readonly kind: 'finding'; readonly finding: string }
  | { readonly kind: 'link'; readonly finding: string; readonly index: number }
  /** Processes or threads with one parent. */
  | { readonly kind: 'group' }
  | { readonly kind: 'connections' }
  | { readonly kind: 'connection'; readonly channel: string }
  | {
      readonly kind: 'process';
      readonly processId: string;
      readonly pid: number;
      /** Start of the process, ns since the session's origin: tells it from a later one with the same pid. */
      readonly start: number;
    }
  | { readonly kind: 'thread'; readonly processId: string; readonly pid: number; readonly threadId: string }
  /** Frames that stacks share, or the callers of those. */
  | { readonly kind: 'frames' }
  /** Several that do the same at one place. */
  | { readonly kind: 'alike' }
  /** One of them. */
  | { readonly kind: 'standing'; readonly processId: string; readonly threadId: string | undefined };

/** A place in a source file. */
export type Place = Pick<CallSite, 'file' | 'line' | 'column'>;

/** What is drawn. Two equal styles need no refresh. */
export interface RowStyle {
  readonly label: string;
  readonly description: string;
  readonly icon: Icon;
  readonly context: ItemContext;
  /** For screen readers: the row in words. */
  readonly accessible: string;
  readonly expand: 'none' | 'collapsed' | 'expanded';
  /** How the label is coloured. */
  readonly mark: 'none' | 'faded' | 'alarm';
  /** Where a click leads. */
  readonly site: Place | null;
}

/** A node as the session's snapshot asks for it; `TreeStore` changes the node of the same id to it. */
export interface NodeSpec {
  /** Unique over all sessions, and stable while the same thing is meant. */
  readonly id: string;
  readonly dir: string;
  readonly target: NodeTarget;
  readonly style: RowStyle;
  readonly children: readonly NodeSpec[];
}

/** A node as VS Code holds it: one object for the life of its id. */
export interface TreeNode {
  readonly id: string;
  /** Trace directory of its session. */
  readonly dir: string;
  readonly target: NodeTarget;
  style: RowStyle;
  parent: TreeNode | undefined;
  children: readonly TreeNode[];
}

export function sameStyle(a: RowStyle, b: RowStyle): boolean {
  return (
    a.label === b.label &&
    a.description === b.description &&
    a.icon.id === b.icon.id &&
    a.icon.color === b.icon.color &&
    a.context === b.context &&
    a.accessible === b.accessible &&
    a.expand === b.expand &&
    a.mark === b.mark &&
    sameSite(a.site, b.site)
  );
}

function sameSite(a: Place | null, b: Place | null): boolean {
  if (a === null || b === null) return a === b;
  return a.file === b.file && a.line === b.line && a.column === b.column;
}
