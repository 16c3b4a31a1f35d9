import { baseName, english, whoText } from '../words/index.ts';
import type { ThreadEntity } from './entities.ts';

/** `worker-1`, `thread resizer of worker-1`. */
export function nameOfThread(thread: ThreadEntity): string {
  return whoText(english, thread.process.name, thread.threadId === 0 ? null : threadName(thread));
}

export function threadName(thread: ThreadEntity): string {
  const name = ownThreadName(thread);
  if (thread.threadId === 0) return name;
  const others = [...thread.process.threads.values()].filter((other) => other !== thread);
  return others.some((other) => ownThreadName(other) === name) ? `${name} ${thread.threadId}` : name;
}

function ownThreadName(thread: ThreadEntity): string {
  if (thread.threadId === 0) return 'main';
  if (thread.name !== '') return thread.name;
  if (thread.child !== null && thread.child.name !== '') return thread.child.name;
  const file = thread.file || thread.child?.file;
  return `${file ? baseName(file) : 'worker'} ${thread.threadId}`;
}
