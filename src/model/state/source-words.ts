import { english, type NamedSource, sourceText, sourceWaitText } from '../words/index.ts';
import { plainAddress } from './connections.ts';
import type { ChildEntity, ThreadEntity } from './entities.ts';
import { nameOfThread, threadName } from './names.ts';
import type { SourceEntity } from './sources.ts';

/** `2 timers`, `IPC channel (worker-1)`, `server (127.0.0.1:80)`: what it is. */
export function sourceName(source: SourceEntity): string {
  return sourceText(english, named(source));
}

/** What a thread does that rests until the source fires: `waits for the end of linter`. */
export function sourceDoes(source: SourceEntity): string {
  return sourceWaitText(english, named(source));
}

/** The same without what tells the source from others of its kind: `waits for the end of child process`. */
export function sourceDoesAlike({ kind, told }: SourceEntity): string {
  return sourceWaitText(english, { kind, count: told.count, who: null, detail: '', asked: false });
}

function named(source: SourceEntity): NamedSource {
  const { kind, told } = source;
  const asked = told.unanswered === true;
  return { kind, count: told.count, who: otherEnd(source), detail: detailOf(source), asked };
}

/** Do the words for the source say already who is at its other end? */
export function namesOtherEnd(source: SourceEntity): boolean {
  return source.kind === 'parent' || otherEnd(source) !== null;
}

function otherEnd(source: SourceEntity): string | null {
  const { kind, child, thread } = source;
  if (child !== null) return childName(child);
  if (kind === 'socket' || kind === 'pipe') return nameOf(source.otherEnd());
  if (kind === 'ipc') return thread.process.parent === null ? null : thread.process.parent.name;
  return null;
}

function nameOf(thread: ThreadEntity | null): string | null {
  return thread === null || thread.process.name === '' ? null : nameOfThread(thread);
}

function detailOf({ kind, resource, told }: SourceEntity): string {
  const { local, remote, detail } = told;
  if (kind === 'server' || kind === 'datagram') return local ?? '';
  if (kind === 'socket' || kind === 'pipe') return plainAddress(remote ?? '');
  if (kind === 'stdio' || kind === 'port' || kind === 'broadcast') return resource?.name || (detail ?? '');
  return detail ?? '';
}

/** What a child process or a worker thread is called. */
function childName(child: ChildEntity): string {
  if (child.api === 'worker')
    return child.thread === null ? child.name || 'worker' : threadName(child.thread);
  return child.process === null || child.process.id === '' ? child.name || 'a child' : child.process.name;
}
