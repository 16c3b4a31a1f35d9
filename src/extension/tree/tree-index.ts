import * as l10n from '@vscode/l10n';
import type { ChannelView, Finding, ProcessView, ResourceView } from '../../model/types/index.ts';
import { Labels, type Moment } from '../../model/words/index.ts';

/** What the tree shows of one session at one time. */
export interface Snapshot {
  /** Trace directory: identity of the session. */
  readonly dir: string;
  readonly name: string;
  readonly live: boolean;
  /** The integrated terminal that runs it is in this window. */
  readonly terminal: boolean;
  /** It can be run again from here. */
  readonly again: boolean;
  /** Why the session has nothing to show (it failed to open), or ''. */
  readonly problem: string;
  /** Nothing of the trace is missing. */
  readonly exact: boolean;
  /** ns since the origin. */
  readonly lastTime: number;
  readonly processes: readonly ProcessView[];
  readonly findings: readonly Finding[];
  readonly resources: readonly ResourceView[];
  readonly channels: readonly ChannelView[];
}

/** A snapshot with its indexes. */
export class TreeIndex {
  readonly snapshot: Snapshot;
  readonly processes: ReadonlyMap<string, ProcessView>;
  /** Processes that a blocking finding names. */
  readonly stuck: ReadonlyMap<string, Finding>;
  readonly labels: Labels;

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
    this.processes = new Map(snapshot.processes.map((p) => [p.id, p]));
    const stuck = new Map<string, Finding>();
    for (const finding of snapshot.findings.filter((f) => f.blocking)) {
      for (const id of finding.processes) if (!stuck.has(id)) stuck.set(id, finding);
    }
    this.stuck = stuck;
    this.labels = new Labels(l10n.t, snapshot);
  }

  get moment(): Moment {
    return { live: this.snapshot.live, now: this.snapshot.lastTime };
  }
}
