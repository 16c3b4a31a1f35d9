import type { SourceKind } from '../../trace/format/definitions.ts';
import type { Translate } from './translate.ts';

/** What may make a resting thread run again, as far as its words go. */
export interface NamedSource {
  readonly kind: SourceKind;
  readonly count: number;
  /** Name of the process or thread at its other end, `null`: nobody is known. */
  readonly who: string | null;
  /** Address, path, signals, the program's name for it …; '': nothing is known. */
  readonly detail: string;
  /** The program has asked something by it, and nothing has ever come back. */
  readonly asked: boolean;
}

interface SourceWords {
  /** One of them, or many. */
  readonly counted: (t: Translate, n: number) => string;
  /** What somebody does who rests until it fires. */
  readonly waits: (t: Translate, label: string, who: string | null) => string;
}

const its = (t: Translate, label: string): string => t('waits for its {0}', label);
const message = (t: Translate, label: string, who: string | null): string =>
  who === null ? t('waits for a message by its {0}', label) : t('waits for a message of {0}', who);
const data = (t: Translate, label: string): string => t('waits for what comes by its {0}', label);
/** Of a connection whose other end is known: it and its address say all. */
const from = (t: Translate, { who, detail, asked }: NamedSource & { readonly who: string }): string => {
  if (detail === '')
    return asked ? t('waits for an answer from {0}', who) : t('waits for what comes from {0}', who);
  return asked
    ? t('waits for an answer from {0} ({1})', who, detail)
    : t('waits for what comes from {0} ({1})', who, detail);
};
const client = (t: Translate, label: string): string => t('waits for clients of its {0}', label);

/** Every kind of source in words. */
const SOURCES: Readonly<Record<SourceKind, SourceWords>> = {
  timer: { counted: (t, n) => (n === 1 ? t('timer') : t('{0} timers', n)), waits: its },
  immediate: { counted: (t, n) => (n === 1 ? t('immediate') : t('{0} immediates', n)), waits: its },
  child: {
    counted: (t, n) => (n === 1 ? t('child process') : t('{0} child processes', n)),
    waits: (t, label, who) => t('waits for the end of {0}', who ?? label),
  },
  worker: {
    counted: (t, n) => (n === 1 ? t('worker thread') : t('{0} worker threads', n)),
    waits: (t, label, who) => t('waits for a message or the end of {0}', who ?? label),
  },
  parent: {
    counted: (t, n) => (n === 1 ? t('port to its parent thread') : t('{0} ports to its parent thread', n)),
    waits: (t) => t('waits for a message of its parent thread'),
  },
  ipc: { counted: (t, n) => (n === 1 ? t('IPC channel') : t('{0} IPC channels', n)), waits: message },
  port: { counted: (t, n) => (n === 1 ? t('message port') : t('{0} message ports', n)), waits: message },
  broadcast: {
    counted: (t, n) => (n === 1 ? t('broadcast channel') : t('{0} broadcast channels', n)),
    waits: message,
  },
  stdio: { counted: (t, n) => (n === 1 ? t('stdio pipe') : t('{0} stdio pipes', n)), waits: data },
  pipe: { counted: (t, n) => (n === 1 ? t('pipe') : t('{0} pipes', n)), waits: data },
  socket: { counted: (t, n) => (n === 1 ? t('connection') : t('{0} connections', n)), waits: data },
  server: { counted: (t, n) => (n === 1 ? t('server') : t('{0} servers', n)), waits: client },
  datagram: {
    counted: (t, n) => (n === 1 ? t('datagram socket') : t('{0} datagram sockets', n)),
    waits: data,
  },
  terminal: { counted: (t, n) => (n === 1 ? t('terminal') : t('{0} terminals', n)), waits: data },
  signal: { counted: (t, n) => (n === 1 ? t('signal listener') : t('{0} signal listeners', n)), waits: its },
  watcher: { counted: (t, n) => (n === 1 ? t('file watcher') : t('{0} file watchers', n)), waits: its },
  request: {
    counted: (t, n) => (n === 1 ? t('pending operation') : t('{0} pending operations', n)),
    waits: its,
  },
  debugger: { counted: (t, n) => (n === 1 ? t('debugger') : t('{0} debuggers', n)), waits: its },
  native: { counted: (t, n) => (n === 1 ? t('native handle') : t('{0} native handles', n)), waits: its },
};

/** `IPC channel (worker-1)`, `2 timers`, `server (127.0.0.1:80)`: what it is. */
export function sourceText(t: Translate, { kind, count, who, detail }: NamedSource): string {
  const about = [who, detail].filter(Boolean).join(', ');
  const name = SOURCES[kind].counted(t, count);
  return about === '' ? name : t('{0} ({1})', name, about);
}

/** `waits for a message of worker-1`: what a thread does that rests until it fires. */
export function sourceWaitText(t: Translate, source: NamedSource): string {
  const { kind, who } = source;
  if (who !== null && (kind === 'socket' || kind === 'pipe')) return from(t, { ...source, who });
  const label = sourceText(t, { ...source, who: null });
  return SOURCES[kind].waits(t, label, who);
}
