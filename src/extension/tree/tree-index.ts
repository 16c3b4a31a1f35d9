import type { CallSite, ChannelView, Finding, ProcessView, ResourceView } from '../../model/types/index.ts';

/** What the tree shows of one session at one time. */
export interface Snapshot {
  /** Trace directory: identity of the session. */
  readonly dir: string;
  readonly name: string;
  readonly live: boolean;
  /** The integrated terminal that runs it is in this window. */
  readonly terminal: boolean;
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

/** A thing that is waited for, in one shape for channels and locks. */
export interface NamedResource {
  readonly name: string;
  readonly kind: ResourceView['kind'];
  readonly site: CallSite | null;
  readonly holders: readonly string[];
}

/** A snapshot with its indexes. */
export class TreeIndex {
  readonly snapshot: Snapshot;
  readonly processes: ReadonlyMap<string, ProcessView>;
  /** Processes that a blocking finding names. */
  readonly stuck: ReadonlyMap<string, Finding>;
  private readonly resources = new Map<string, NamedResource>();

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
    this.processes = new Map(snapshot.processes.map((p) => [p.id, p]));
    const stuck = new Map<string, Finding>();
    for (const finding of snapshot.findings.filter((f) => f.blocking)) {
      for (const id of finding.processes) if (!stuck.has(id)) stuck.set(id, finding);
    }
    this.stuck = stuck;
    for (const { id, name, resourceKind } of snapshot.channels) {
      this.resources.set(id, { name, kind: resourceKind, site: null, holders: [] });
    }
    for (const { id, name, kind, site, holders } of snapshot.resources) {
      this.resources.set(id, { name, kind, site, holders: holders.map((h) => h.process) });
    }
  }

  resource(id: string | null): NamedResource | undefined {
    return id === null ? undefined : this.resources.get(id);
  }

  /** Name of a process for use in a sentence. */
  process(id: string): string {
    return this.processes.get(id)?.name || id;
  }
}
