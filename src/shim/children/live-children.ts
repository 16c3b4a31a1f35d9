import type { ChildId, Ns, SiteId } from '../../base/quantities.ts';

/** A child that is recorded. */
export interface StartedChild {
  /** Id of the child's definition. */
  readonly id: ChildId;
  readonly spawnKey: string;
  readonly site: SiteId;
  /** When it was started, ns since the session's origin. */
  readonly since: Ns;
  /** Node itself listens to it, for `cluster`. */
  readonly isWorker: boolean;
}
/** The living children of this thread that are recorded here: not those of the runtime, which reports its own. */
export const liveChildren = new Map<object, StartedChild>();

/** A child that has ended without a `close` so far. */
export interface ClosingChild extends StartedChild {
  /** The program listened for its `close` when it ended. */
  readonly isAwaited: boolean;
}

/** Children that have ended, and whose pipes are not all closed yet: weakly, as `close` may never come. */
export const closingChildren = new Map<WeakRef<object>, ClosingChild>();

/** Definitions of the runtime's children by pid. */
export const runtimeChildren = new Map<number, ChildId>();
