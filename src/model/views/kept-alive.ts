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

/** `2 timers, 1 TCP server`: what keeps a thread that rests without waits alive; '' when it has done something since. */
export function keptAliveWords(thread: ThreadEntity | null): string {
  const kept = thread?.keptAlive;
  if (!thread || !kept || !thread.alive || thread.waits.size > 0) return '';
  // Told once while it stays the same: a later rest is a `quiescent` record.
  if (thread.quiescent === null && thread.lastTime > kept.time) return '';
  return Object.entries(kept.handles)
    .map(([kind, count]) => {
      const [one, many] = WORDS[kind] ?? [kind, kind];
      return `${count} ${count === 1 ? one : many}`;
    })
    .join(', ');
}
