import type { ResourceKind } from '../../base/channels.ts';
import type { WaitView } from './process.ts';
import type { ByteCount, Count, Duration, Time } from './quantities.ts';
import type { CallSite } from './site.ts';

/**
 * A thing over which messages go, in one direction: a duplex pipe and an IPC channel are two of them. A stdio pipe has no
 * messages: `sent`, `received` and `depth` count its bytes. What was received was sent, also by a process that is not traced;
 * what such a process has received is not known: 0.
 */
export interface ChannelView {
  /** Unique in the session. */
  readonly id: string;
  /** What kind of channel it is, roughly. */
  readonly kind: 'queue' | 'pipe' | 'ipc' | 'port' | 'stdio';
  /** The exact kind: `joinableQueue`, `broadcast` … */
  readonly resourceKind: ResourceKind;
  /** What it is called: no other of the session has the same name and kind. */
  readonly name: string;
  /** Named by the program or by its ends; false: the name is its kind and the place where it was made. */
  readonly named: boolean;
  /** Which of several that would have the same name it is, from 1; 0: there is no other. */
  readonly number: Count;
  /** Where it was made, `null`: not known. */
  readonly site: CallSite | null;
  /** Ids of the processes that have sent into it. */
  readonly from: readonly string[];
  /** Ids of the processes that have received from it. */
  readonly to: readonly string[];
  /** Messages sent. */
  readonly sent: Count;
  /** Messages received. */
  readonly received: Count;
  /** Size of all messages. */
  readonly bytes: ByteCount;
  /** Messages sent and not received, `null`: counts are not exact, or every receiver gets each message. */
  readonly depth: Count | null;
  /** Mean time from send to receive of the paired messages, `null`: none was paired. */
  readonly latencyNs: Duration | null;
  /** False: records were lost, and the counts are lower bounds. */
  readonly exact: boolean;
}

/** One who has a lock or a unit of a semaphore. */
export interface HolderView {
  /** Id of the process that holds. */
  readonly process: string;
  /** Id of the thread that holds. */
  readonly thread: string;
  /** Number of the async task of the thread, 0: none. */
  readonly task: Count;
  /** Number of the acquisition, from 1. */
  readonly ticket: Count;
  /** When it was acquired. */
  readonly since: Time;
  /** The line that acquired, `null`: not known. */
  readonly site: CallSite | null;
  /** The holder has exited. */
  readonly dead: boolean;
}

/** A lock or another thing that is held or waited for. */
export interface ResourceView {
  /** Unique in the session. */
  readonly id: string;
  /** What kind of thing it is. */
  readonly kind: ResourceKind;
  /** What it is called: no other of the session has the same name and kind. */
  readonly name: string;
  /** Named by the program or by its ends; false: the name is its kind and the place where it was made. */
  readonly named: boolean;
  /** Which of several that would have the same name it is, from 1; 0: there is no other. */
  readonly number: Count;
  /** Where it was made, `null`: not known. */
  readonly site: CallSite | null;
  /** Initial value of a semaphore, parties of a barrier, workers of a pool; 0: none, or not known. */
  readonly capacity: Count;
  /** How often it was acquired. */
  readonly acquisitions: Count;
  /** How often somebody had to wait for it. */
  readonly contended: Count;
  /** Sum of the time that waits for it took, open ones so far. */
  readonly waitNs: Duration;
  /** Who holds it; of a run that was killed, as of then. */
  readonly holders: readonly HolderView[];
  /** Who waits for it; of a run that was killed, as of then. */
  readonly waiters: readonly WaitView[];
  /** False: records were lost, and the counts are lower bounds. */
  readonly exact: boolean;
}
