import type { SourceKind } from '../../trace/format/definitions.ts';
import type { WaitKind } from './process.ts';
import type { Count, Time } from './quantities.ts';
import type { CallSite } from './site.ts';

/** Somebody who could end a wait, or make a source fire, and why it does not. */
export interface ProofFeeder {
  /** Id of the process. */
  readonly process: string;
  /** Id of the thread. */
  readonly thread: string;
  /** `stuck`: it is a member of the proof itself; `ended`: it runs no more. */
  readonly why: 'stuck' | 'ended';
}

/** One thing by which a member of a proof could go on. */
export interface ProofNeed {
  /** What it is: an open wait, or a source of a thread that rests. */
  readonly kind: WaitKind | SourceKind;
  /** Id of the channel or resource, `null`: it has none. */
  readonly resource: string | null;
  /** Id of the process whose end it awaits, `null`: it is no child's. */
  readonly child: string | null;
  /** Of a wait: when it began; of a source: when it was made. `null`: not known. */
  readonly since: Time | null;
  /** The line that waits, or that made the source, `null`: not known. */
  readonly site: CallSite | null;
  /** Everybody who could. */
  readonly feeders: readonly ProofFeeder[];
  /** The same in words. */
  readonly text: string;
}

/** A thread that cannot go on by itself, with all by which it could. */
export interface ProofMember {
  /** Id of the process. */
  readonly process: string;
  /** Id of the thread. */
  readonly thread: string;
  /** Number of the task of a manager's server that works for a client, 0: it is about the whole thread. */
  readonly task: Count;
  /** `sync`: it stands in a synchronous call and runs no JavaScript; `rest`: its event loop has nothing but the needs. */
  readonly stands: 'sync' | 'rest';
  /** Since when. */
  readonly since: Time;
  /** All by which it could go on. */
  readonly needs: readonly ProofNeed[];
}

/** Why nothing that is alive can end what a finding is about. */
export interface Proof {
  /** As of when. */
  readonly time: Time;
  /** Threads of which none can go on before another one of them does. */
  readonly members: readonly ProofMember[];
}
