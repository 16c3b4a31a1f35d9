import type { SessionFacts } from '../../trace/format/definitions.ts';
import type { Finding } from './finding.ts';
import type { ProcessView } from './process.ts';
import type { Count, Time } from './quantities.ts';
import type { ChannelView, ResourceView } from './resource.ts';

/** Raised when a field of the report goes, or changes its meaning (docs/formats.md). */
export const REPORT_VERSION = 1;

/** Something that could not be traced or read. */
export interface ProblemView {
  /** Id of the process that it is about, `null`: the whole session, or not known. */
  readonly process: string | null;
  /** What went wrong, for programs. */
  readonly code: string;
  /** What went wrong, in words. */
  readonly message: string;
}

/** What a trace could not keep or what was damaged. */
export interface LossView {
  /** Nothing is known to be missing: all counts are exact. */
  readonly exact: boolean;
  /** Records that the size cap dropped. */
  readonly dropped: Count;
  /** Records that were torn, corrupt or missing. */
  readonly damaged: Count;
  /** What could not be traced or read, each thing once. */
  readonly problems: readonly ProblemView[];
}

/** What `forkscope run --json` and `forkscope report --json` write: the model's views as of one moment. */
export interface Report extends LossView {
  /** Version of the format (docs/formats.md). */
  readonly version: typeof REPORT_VERSION;
  /** Latest time in the trace. */
  readonly duration: Time;
  /** False: the session still runs. */
  readonly ended: boolean;
  /** The run that was traced. */
  readonly session: SessionFacts;
  /** All processes, in order of their start. */
  readonly processes: readonly ProcessView[];
  /** All channels over which messages go. */
  readonly channels: readonly ChannelView[];
  /** Everything else that is held or waited for. */
  readonly resources: readonly ResourceView[];
  /** What is wrong or was wrong, blocking and certain findings first. */
  readonly findings: readonly Finding[];
}

/** What a report is made of; the model has it. */
export interface Answers {
  /** When the session ended, `null` while it lives. */
  readonly end: number | null;
  /** Latest time of anything fed. */
  readonly lastTime: number;
  /** What the launcher says of the session. */
  readonly session: SessionFacts;
  processes(): readonly ProcessView[];
  channels(): readonly ChannelView[];
  resources(): readonly ResourceView[];
  findings(now?: number): readonly Finding[];
  loss(): LossView;
}
