import type { ResourceKind } from '../../base/channels.ts';
import type { SpawnApi } from '../../trace/format/definitions.ts';
import type { ChannelView, FindingKind, SiteRole, ThreadState, WaitKind } from '../types/index.ts';

/** The JSON report, described for others by docs/report.schema.json. Times are ns since the session's start. */
export const REPORT_VERSION = 1;

export interface Report {
  readonly version: typeof REPORT_VERSION;
  /** Latest time in the trace. */
  readonly duration: number;
  /** The session has ended: nothing more will be added. */
  readonly ended: boolean;
  readonly processes: readonly ReportProcess[];
  readonly channels: readonly ReportChannel[];
  readonly resources: readonly ReportResource[];
  readonly findings: readonly ReportFinding[];
  /** Records that the size cap dropped. */
  readonly dropped: number;
  /** Records that were torn, corrupt or missing. */
  readonly damaged: number;
  /** Nothing is known to be missing. */
  readonly exact: boolean;
  readonly problems: readonly ReportProblem[];
}

export interface ReportSite {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly fn: string;
  readonly sampled: boolean;
}

export interface ReportThread {
  readonly id: string;
  readonly threadId: number;
  readonly name: string;
  readonly start: number;
  readonly end: number | null;
  readonly state: ThreadState;
}

export interface ReportProcess {
  readonly id: string;
  readonly pid: number;
  readonly parent: string | null;
  readonly name: string;
  readonly argv: readonly string[];
  readonly api: SpawnApi | null;
  readonly start: number;
  readonly end: number | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly instrumented: boolean;
  readonly reason: string;
  readonly state: ThreadState;
  readonly threads: readonly ReportThread[];
}

export interface ReportChannel {
  readonly id: string;
  readonly kind: ChannelView['kind'];
  readonly resourceKind: ResourceKind;
  readonly name: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly sent: number;
  readonly received: number;
  readonly bytes: number;
  readonly depth: number | null;
  readonly latencyNs: number | null;
  readonly exact: boolean;
}

export interface ReportHolder {
  readonly process: string;
  readonly thread: string;
  readonly task: number;
  readonly ticket: number;
  readonly since: number;
  readonly dead: boolean;
  readonly site: ReportSite | null;
}

export interface ReportWaiter {
  readonly process: string;
  readonly thread: string;
  readonly task: number;
  readonly kind: WaitKind;
  readonly since: number;
  readonly sync: boolean;
  readonly timeoutMs: number | null;
  readonly site: ReportSite | null;
}

export interface ReportResource {
  readonly id: string;
  readonly kind: ResourceKind;
  readonly name: string;
  readonly site: ReportSite | null;
  readonly acquisitions: number;
  readonly contended: number;
  readonly waitNs: number;
  readonly holders: readonly ReportHolder[];
  readonly waiters: readonly ReportWaiter[];
  readonly exact: boolean;
}

export interface ReportFindingSite extends ReportSite {
  readonly role: SiteRole;
  readonly process: string;
  readonly thread: string;
  readonly resource: string | null;
  readonly time: number;
}

export interface ReportLink {
  readonly process: string;
  readonly thread: string;
  readonly task: number;
  readonly waitKind: WaitKind;
  readonly resource: string | null;
  readonly since: number;
  readonly site: ReportSite | null;
  readonly blockedBy: readonly {
    readonly process: string;
    readonly thread: string;
    readonly site: ReportSite | null;
  }[];
  readonly text: string;
}

export interface ReportFinding {
  readonly id: string;
  readonly kind: FindingKind;
  readonly certainty: 'certain' | 'suspected';
  readonly blocking: boolean;
  readonly title: string;
  readonly time: number;
  readonly processes: readonly string[];
  readonly resources: readonly string[];
  readonly sites: readonly ReportFindingSite[];
  readonly chain: readonly ReportLink[];
  readonly explanation: string;
  readonly fix: string;
}

export interface ReportProblem {
  readonly process: string | null;
  readonly code: string;
  readonly message: string;
}
