import type { SourceKind } from '../../trace/format/definitions.ts';
import type { ChildEntity } from './entities.ts';
import { processName, threadName } from './names.ts';
import type { SourceEntity } from './sources.ts';

/** What one source of a kind is called, and many of them. */
const NAMES: Readonly<Record<SourceKind, readonly [string, string]>> = {
  timer: ['timer', 'timers'],
  immediate: ['immediate', 'immediates'],
  child: ['child process', 'child processes'],
  worker: ['worker thread', 'worker threads'],
  parent: ['port to its parent thread', 'ports to its parent thread'],
  ipc: ['IPC channel', 'IPC channels'],
  port: ['message port', 'message ports'],
  broadcast: ['broadcast channel', 'broadcast channels'],
  stdio: ['stdio pipe', 'stdio pipes'],
  pipe: ['pipe', 'pipes'],
  socket: ['connection', 'connections'],
  server: ['server', 'servers'],
  datagram: ['datagram socket', 'datagram sockets'],
  terminal: ['terminal', 'terminals'],
  signal: ['signal listener', 'signal listeners'],
  watcher: ['file watcher', 'file watchers'],
  request: ['pending operation', 'pending operations'],
  debugger: ['debugger', 'debuggers'],
  native: ['native handle', 'native handles'],
};

/** "2 timers", "IPC channel to worker-1", "server on 127.0.0.1:80": what it is. */
export function sourceName(source: SourceEntity): string {
  const { kind, told } = source;
  const [one, many] = NAMES[kind];
  const name = told.count === 1 ? one : `${told.count} ${many}`;
  const about = aboutWords(source);
  return about === '' ? name : `${name} ${about}`;
}

function aboutWords({ kind, thread, resource, child, told }: SourceEntity): string {
  const { local, remote, detail } = told;
  switch (kind) {
    case 'child':
    case 'worker':
      return child === null ? '' : childName(child);
    case 'ipc':
      return `to ${child === null ? 'its parent' : childName(child)}`;
    case 'stdio':
      if (resource === null) return '';
      return child === null ? `(its ${resource.name})` : `(${resource.name} of ${childName(child)})`;
    case 'server':
    case 'datagram':
      return local === undefined ? '' : `on ${local}`;
    case 'socket':
    case 'pipe':
      return remote === undefined ? '' : `to ${remote}`;
    case 'port':
    case 'broadcast':
      return resource !== null && resource.name !== '' ? resource.name : (detail ?? '');
    case 'parent':
      return thread.child?.owner ? `(${threadName(thread.child.owner)})` : '';
    default:
      return detail === undefined ? '' : `(${detail})`;
  }
}

/** What a child process or a worker thread is called. */
export function childName(child: ChildEntity): string {
  if (child.api === 'worker')
    return child.thread === null ? child.name || 'worker' : threadName(child.thread);
  return child.process === null || child.process.id === ''
    ? child.name || 'a child'
    : processName(child.process);
}

/** What a thread that rests waits for when it waits for the source: "a message of worker-1", "the end of linter". */
export function sourceGoal(source: SourceEntity): string {
  const { kind, child } = source;
  switch (kind) {
    case 'child':
      return `the end of ${child === null ? 'a child' : childName(child)}`;
    case 'worker':
      return `a message or the end of ${child === null ? 'a worker thread' : childName(child)}`;
    case 'ipc':
      return `a message of ${child === null ? 'its parent' : childName(child)} (IPC)`;
    case 'parent':
      return 'a message of its parent thread';
    case 'port':
    case 'broadcast':
      return `a message by ${sourceName(source)}`;
    case 'stdio':
      return `what comes by ${sourceName(source)}`;
    case 'socket':
    case 'pipe':
      return `data from its ${sourceName(source)}`;
    case 'server':
      return `clients of its ${sourceName(source)}`;
    default:
      return `its ${sourceName(source)}`;
  }
}
