import type { ThreadEntity } from '../state/entities.ts';

/** Node's kinds of active resources as people know them: one, and many. Others are shown by Node's name. */
const WORDS: Readonly<Record<string, readonly [string, string]>> = {
  MessagePort: ['message port with a listener', 'message ports with listeners'],
  Worker: ['worker thread', 'worker threads'],
  PipeWrap: ['pipe or IPC channel', 'pipes or IPC channels'],
  Pipe: ['pipe or IPC channel', 'pipes or IPC channels'],
  PipeServerWrap: ['pipe server', 'pipe servers'],
  ProcessWrap: ['child process', 'child processes'],
  SignalWrap: ['signal listener', 'signal listeners'],
  Timeout: ['timer', 'timers'],
  TCPServerWrap: ['TCP server', 'TCP servers'],
  TCPSocketWrap: ['TCP connection', 'TCP connections'],
  TCPWrap: ['TCP connection', 'TCP connections'],
  UDPWrap: ['UDP socket', 'UDP sockets'],
  TTYWrap: ['terminal', 'terminals'],
  FSEventWrap: ['file watcher', 'file watchers'],
  StatWatcher: ['file watcher', 'file watchers'],
  FSReqCallback: ['file operation', 'file operations'],
  FSReqPromise: ['file operation', 'file operations'],
};

/** From here on a process that records nothing is busy with something that is not recorded, percent of one core. */
const BUSY_CPU = 5;

/** Has nothing been recorded since the thread told what keeps it alive, or came to rest again with the same? */
function isTold({ alive, keptAlive, waits, quiescent, lastTime, restedAt }: ThreadEntity): boolean {
  if (!alive || keptAlive === null || waits.size > 0) return false;
  return quiescent !== null || lastTime <= Math.max(keptAlive.time, restedAt);
}

/**
 * Neither a record nor CPU time shows that the thread does anything, though what keeps it alive could call into it
 * without a record (a server, a timer): good enough for a view, not for a finding.
 */
export function rests(thread: ThreadEntity): boolean {
  return isTold(thread) && (thread.process.cpu ?? 0) < BUSY_CPU;
}

/** `2 timers, 1 TCP server`: what keeps a thread that rests without waits alive; '' when it has done something since. */
export function keptAliveWords(thread: ThreadEntity | null): string {
  if (!thread?.keptAlive || !isTold(thread)) return '';
  return Object.entries(thread.keptAlive.handles)
    .map(([kind, count]) => {
      const [one, many] = WORDS[kind] ?? [kind, kind];
      return `${count} ${count === 1 ? one : many}`;
    })
    .join(', ');
}
