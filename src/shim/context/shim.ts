import type { SessionEnvironment } from '../../base/environment.ts';
import type { AwaitBook } from '../awaits/book.ts';
import type { ChildEnvironment } from '../children/children-env.ts';
import type { ChildFilter } from '../children/filter.ts';
import type { Recorder } from '../core/recorder.ts';
import type { Quiescence } from '../rest/quiescence.ts';
import type { CallSites } from '../sites/call-sites.ts';
import type { SourceBook } from '../sources/book.ts';
import type { WorkerLanes } from '../thread/lanes.ts';
import type { ThreadIdentity } from '../thread/thread.ts';

/** What every probe works with; each thread has one. */
export interface Shim {
  readonly session: SessionEnvironment;
  readonly recorder: Recorder;
  readonly sites: CallSites;
  readonly thread: ThreadIdentity;
  readonly environment: ChildEnvironment;
  readonly filter: ChildFilter;
  readonly quiescence: Quiescence;
  readonly sources: SourceBook;
  readonly lanes: WorkerLanes;
  /** Only where that is wanted. */
  readonly awaits: AwaitBook | undefined;
}

/** Instruments one thing of Node or of the runtime. `install` may throw: that is reported, and the program goes on. */
export interface Probe {
  readonly name: string;
  install(shim: Shim): void;
}
