import type { WaitView } from './process.ts';
import type { CallSite } from './site.ts';

/** One wait from its begin to its end. */
export interface WaitSpan extends Omit<WaitView, 'timeoutMs'> {
  /** `null`: it is open. */
  readonly end: number | null;
}

/** One task of a pool, from when a worker began it. */
export interface TaskSpan {
  /** Id of the pool. */
  readonly pool: string;
  /** The pool's number of it. */
  readonly n: number;
  /** Id of the thread that gave it to the pool, `null`: not known, as `submitted` and `site` are then. */
  readonly submitter: string | null;
  readonly submitted: number;
  readonly site: CallSite | null;
  /** Id of the thread that works on it. */
  readonly worker: string;
  readonly start: number;
  /** `null`: it has not ended. */
  readonly end: number | null;
}
