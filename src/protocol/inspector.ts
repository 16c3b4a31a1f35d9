import type { CallSite, SiteRole } from '../model/types/index.ts';

/** Messages between the inspector's webview and the extension, both directions. Texts are ready to be shown. */

/** A line of code that the reader can go to. */
export interface InspectedSite {
  readonly site: CallSite;
  readonly role: SiteRole;
  /** `deadlock.ts:25` */
  readonly place: string;
  /** What happens there: `worker-1 waits here`. */
  readonly text: string;
  /** The stack, the nearest frame first; empty where there is but the line itself. */
  readonly stack: readonly InspectedFrame[];
}

/** One of the lines that led to another. */
export interface InspectedFrame {
  readonly site: CallSite;
  /** `takeLock locks.ts:5` */
  readonly text: string;
}

/** One link of the chain of waits. */
export interface InspectedLink {
  /** The link in words. */
  readonly text: string;
  /** How long, in words, or ''. */
  readonly since: string;
  /** The line that waits. */
  readonly waits: InspectedSite | null;
  /** The lines that led to it: where what is waited for was taken. */
  readonly causes: readonly InspectedSite[];
}

/** Somebody who cannot go on by himself, as a proof has it. */
export interface InspectedMember {
  /** `worker-1 stands in a synchronous call, and goes on only when one of these comes about:` */
  readonly text: string;
  /** All by which it could go on, and who could bring that about. */
  readonly needs: readonly { readonly text: string; readonly site: InspectedFrame | null }[];
}

export interface Inspection {
  readonly dir: string;
  readonly finding: string;
  readonly title: string;
  readonly certain: boolean;
  /** `certain`, `suspected` in the user's language. */
  readonly certainty: string;
  /** That it lasts no longer, in words, or ''. */
  readonly over: string;
  readonly links: readonly InspectedLink[];
  /** Lines that no link has. */
  readonly others: readonly InspectedSite[];
  readonly explanation: string;
  readonly fix: string;
  /** Why nothing that is alive can end it; empty: it is suspected, and has no proof. */
  readonly proof: readonly InspectedMember[];
  /** Headings and labels in the user's language. */
  readonly words: {
    readonly chain: string;
    readonly why: string;
    readonly fix: string;
    readonly proof: string;
    readonly show: string;
    readonly copy: string;
    readonly stacks: string;
    readonly timeline: string;
  };
}

export type ToInspector =
  | {
      readonly type: 'show';
      readonly inspection: Inspection;
      /** Index of the link whose lines are shown. */
      readonly selected: number;
    }
  /** Time has gone on: what is shown stays but for these. `since`: of each link. */
  | { readonly type: 'update'; readonly since: readonly string[]; readonly over: string };

export type FromInspector =
  | { readonly type: 'ready' }
  /** Shows the lines of a link side by side. */
  | { readonly type: 'select'; readonly link: number }
  | { readonly type: 'goto'; readonly site: CallSite }
  | { readonly type: 'copy' }
  | { readonly type: 'stacks' }
  | { readonly type: 'timeline' };
