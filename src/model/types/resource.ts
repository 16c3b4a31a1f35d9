import type { ResourceKind } from '../../base/channels.ts';
import { parseStdioKey } from '../../trace/format/stdio-key.ts';
import type { WaitView } from './process.ts';
import type { ByteCount, Count, Duration, Time } from './quantities.ts';
import type { CallSite } from './site.ts';

/** What kind of thing a channel or resource is; connections are made by no handle of the program's that the trace numbers. */
export type ThingKind = ResourceKind | 'connection';

/** What is known of connections between two threads of the trace, or of all that many threads have made to one. */
export interface ConnectionView {
  /** Where they were made to: `127.0.0.1:8080`, or the path of a Unix socket. */
  readonly address: string;
  /** Id of the thread that has accepted them. */
  readonly server: string;
  /** Ids of the threads that have made them. */
  readonly clients: readonly string[];
  /** How many were seen while a thread rested. There may have been more. */
  readonly seen: Count;
  /** Bytes that clients have sent, as of when an end last told so, `null`: not known of all of them. */
  readonly toServer: ByteCount | null;
  /** Bytes that the server has sent, as of when an end last told so, `null`: not known of all of them. */
  readonly toClients: ByteCount | null;
}

/**
 * A thing over which messages go, in one direction: a duplex pipe and an IPC channel are two of them. A stdio pipe has no
 * messages: `sent`, `received` and `depth` count its bytes. What was received was sent, also by a process that is not traced;
 * what such a process has received is not known: 0. A connection between processes of the trace is one for both directions, and
 * several are one where the same threads have them: of its messages nothing is known, of its bytes what is in `connection`.
 */
export interface ChannelView {
  /** Unique in the session. */
  readonly id: string;
  /** What kind of channel it is, roughly. */
  readonly kind: 'queue' | 'pipe' | 'ipc' | 'port' | 'stdio' | 'connection';
  /** The exact kind: `joinableQueue`, `broadcast` … */
  readonly resourceKind: ThingKind;
  /** What it is called: no other of the session has the same name and kind. */
  readonly name: string;
  /** Named by the program or by its ends; false: the name is its kind and the place where it was made. */
  readonly named: boolean;
  /** Which of several that would have the same name it is, from 1; 0: there is no other. */
  readonly number: Count;
  /** Where it was made, `null`: not known. */
  readonly site: CallSite | null;
  /** Ids of the processes that have sent into it; of a connection: that have made it. */
  readonly from: readonly string[];
  /** Ids of the processes that have received from it; of a connection: that have accepted it. */
  readonly to: readonly string[];
  /** Messages sent, `null`: a connection. */
  readonly sent: Count | null;
  /** Messages received, `null`: a connection. */
  readonly received: Count | null;
  /** Size of all messages; of a connection the bytes of both directions, `null`: not known. */
  readonly bytes: ByteCount | null;
  /** Messages sent and not received, `null`: counts are not exact, or every receiver gets each message. */
  readonly depth: Count | null;
  /** Mean time from send to receive of the paired messages, `null`: none was paired. */
  readonly latencyNs: Duration | null;
  /** False: the counts are lower bounds: records were lost, or it is a connection, of which threads tell when they rest. */
  readonly exact: boolean;
  /** What is known of a connection, `null`: it is none. */
  readonly connection: ConnectionView | null;
}

/** Has anything gone over it, as far as is known? A connection that was made counts. */
export function isUsed({
  connection,
  sent,
  received,
}: Pick<ChannelView, 'connection' | 'sent' | 'received'>): boolean {
  return connection !== null || (sent ?? 0) > 0 || (received ?? 0) > 0;
}

/** Which output of a child a channel is by its id, `null`: it is something else. */
export function outputOf(id: string): 'stdout' | 'stderr' | null {
  const fd = parseStdioKey(id)?.fd;
  if (fd === 1) return 'stdout';
  return fd === 2 ? 'stderr' : null;
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
