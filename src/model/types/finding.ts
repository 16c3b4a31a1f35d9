import type { SourceKind } from '../../trace/format/definitions.ts';
import type { FindingKind } from './finding-kinds.ts';
import type { WaitKind } from './process.ts';
import type { Proof } from './proof.ts';
import type { Count, Time } from './quantities.ts';
import type { CallSite } from './site.ts';

export { FINDING_KINDS, type FindingKind } from './finding-kinds.ts';

/** What happened at a place: there a wait stands, or what is waited for was acquired, created, started, sent or ended. */
export type SiteRole = 'waits' | 'acquired' | 'created' | 'started' | 'sent' | 'ended';

/** A place that a finding is about. */
export interface FindingSite extends CallSite {
  /** What happened there. */
  readonly role: SiteRole;
  /** Id of the process that did it. */
  readonly process: string;
  /** Id of the thread that did it. */
  readonly thread: string;
  /** Id of the channel or resource that it is about, `null`: none. */
  readonly resource: string | null;
  /** When it happened: the begin of the wait, the acquisition … */
  readonly time: Time;
}

/** Somebody who could end a wait. */
export interface Blocker {
  /** Id of the process. */
  readonly process: string;
  /** Id of the thread. */
  readonly thread: string;
  /** The line that acquired what is waited for, `null`: not known, or nothing is held. */
  readonly site: CallSite | null;
}

/** One link of a chain of waits: who waits, for what, and who could end it. */
export interface ChainLink {
  /** Id of the process that waits. */
  readonly process: string;
  /** Id of the thread that waits. */
  readonly thread: string;
  /** Number of the async task of the thread, 0: none. */
  readonly task: Count;
  /** What kind of thing is waited for, `null`: there is no such wait, and the thread rests for a `source`. */
  readonly waitKind: WaitKind | null;
  /** What a thread that rests waits for, `null`: it waits for what `waitKind` says. */
  readonly source: SourceKind | null;
  /** Id of the channel or resource waited for, `null`: a child is waited for, or any of several things. */
  readonly resource: string | null;
  /** When the wait began. */
  readonly since: Time;
  /** The line that waits, `null`: not known. */
  readonly site: CallSite | null;
  /** Who could end the wait; in a circle the process of the next link is among them. */
  readonly blockedBy: readonly Blocker[];
  /** The link in words. */
  readonly text: string;
}

/** Something that is wrong, or was. */
export interface Finding {
  /** Stable while the same thing is found: kind and members. */
  readonly id: string;
  /** What kind of fault it is: a section of docs/findings.md. */
  readonly kind: FindingKind;
  /** Proven, or only likely. */
  readonly certainty: 'certain' | 'suspected';
  /** It is a hang, or was when the run was ended; false: it was seen and has done no harm yet. */
  readonly blocking: boolean;
  /** The finding in one sentence. */
  readonly title: string;
  /** When it came to be. */
  readonly time: Time;
  /** Ids of the processes that it is about. */
  readonly processes: readonly string[];
  /** Ids of the channels and resources that it is about. */
  readonly resources: readonly string[];
  /** The places that it is about, each once. */
  readonly sites: readonly FindingSite[];
  /** Who waits for whom, each wait once; empty where no chain of waits is the cause. */
  readonly chain: readonly ChainLink[];
  /** Why this is reported and with which certainty: the evidence in words. */
  readonly explanation: string;
  /** How to mend it. */
  readonly fix: string;
  /** Of a certain finding that blocks: why nothing that is alive can end it. `null`: it is suspected, or is certain to have happened. */
  readonly proof: Proof | null;
}
