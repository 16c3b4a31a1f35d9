import type { Translate } from './translate.ts';

type Counted = (t: Translate, n: number) => string;

const pipe: Counted = (t, n) => (n === 1 ? t('1 pipe or IPC channel') : t('{0} pipes or IPC channels', n));
const connection: Counted = (t, n) => (n === 1 ? t('1 TCP connection') : t('{0} TCP connections', n));
const watcher: Counted = (t, n) => (n === 1 ? t('1 file watcher') : t('{0} file watchers', n));
const operation: Counted = (t, n) => (n === 1 ? t('1 file operation') : t('{0} file operations', n));

/** Node's kinds of active resources as people know them. Others are shown by Node's name. */
const HANDLES: Readonly<Record<string, Counted>> = {
  MessagePort: (t, n) =>
    n === 1 ? t('1 message port with a listener') : t('{0} message ports with listeners', n),
  Worker: (t, n) => (n === 1 ? t('1 worker thread') : t('{0} worker threads', n)),
  PipeWrap: pipe,
  Pipe: pipe,
  PipeServerWrap: (t, n) => (n === 1 ? t('1 pipe server') : t('{0} pipe servers', n)),
  ProcessWrap: (t, n) => (n === 1 ? t('1 child process') : t('{0} child processes', n)),
  SignalWrap: (t, n) => (n === 1 ? t('1 signal listener') : t('{0} signal listeners', n)),
  Timeout: (t, n) => (n === 1 ? t('1 timer') : t('{0} timers', n)),
  TCPServerWrap: (t, n) => (n === 1 ? t('1 TCP server') : t('{0} TCP servers', n)),
  TCPSocketWrap: connection,
  TCPWrap: connection,
  UDPWrap: (t, n) => (n === 1 ? t('1 UDP socket') : t('{0} UDP sockets', n)),
  TTYWrap: (t, n) => (n === 1 ? t('1 terminal') : t('{0} terminals', n)),
  FSEventWrap: watcher,
  StatWatcher: watcher,
  FSReqCallback: operation,
  FSReqPromise: operation,
};

/** `2 timers, 1 TCP server`: what keeps a thread alive. `handles`: how many of each of Node's kinds. */
export function handlesText(t: Translate, handles: Readonly<Record<string, number>>): string {
  return Object.entries(handles)
    .map(([kind, n]) => HANDLES[kind]?.(t, n) ?? t('{0} {1}', n, kind))
    .join(', ');
}
