import type { ChildId, Ns, ResourceId, SiteId } from '../../base/quantities.ts';
import { type Stamps, stamps } from './stamp.ts';

/** Where a handle of the event loop comes from, as the probe knows that has seen it made. */
export interface Origin {
  /** ns since the session's origin. */
  readonly since?: Ns;
  readonly site?: SiteId;
  readonly resource?: ResourceId;
  /** Id of a `child` definition: the child itself, or whose pipe it is. */
  readonly child?: ChildId;
  /** Path of the socket or named pipe that it was connected to: the system does not tell. */
  readonly remote?: string;
  /** A path, or what else a person would know it by. */
  readonly detail?: string;
}

/** Origins by handle, or by the object that Node lists for the handle (a socket, a server, a child). */
export const origins: Stamps<Origin> = stamps<Origin>();
