import { KIND } from '../../../trace/format/records.ts';
import type { ResourceEntity, ThreadEntity, Wait } from '../../state/entities.ts';
import { baseName, kindWords, processName, resourceName, threadName } from '../../state/names.ts';
import { awaited } from '../../state/wait-names.ts';
import type { World } from '../../state/world.ts';
import type { CallSite } from '../../types/index.ts';
import type { Unit } from '../graph/unit.ts';

/** "worker-1", "main thread resizer of main.ts", with its task where one is known. */
export function threadWords(thread: ThreadEntity, task = 0): string {
  const process = processName(thread.process);
  const who = thread.threadId === 0 ? process : `thread ${threadName(thread)} of ${process}`;
  const name = thread.tasks.get(task) ?? '';
  if (name !== '') return `task “${name}” of ${who}`;
  // The only task of a thread (a Process target) is the thread, for people.
  return task === 0 || tasksOf(thread).size <= 1 ? who : `task ${task} of ${who}`;
}
function tasksOf(thread: ThreadEntity): Set<number> {
  const tasks = new Set(thread.holds.map((hold) => hold.task));
  for (const wait of thread.waits.values()) tasks.add(wait.task);
  return tasks;
}
export function unitWords(unit: Unit): string {
  return threadWords(unit.thread, unit.task);
}

/** "lock A", "queue results": a name that already says its kind is not given twice. */
export function resourceWords(world: World, resource: ResourceEntity): string {
  const name = resourceName(resource, world.sites);
  const kind = kindWords(resource.kind);
  return resource.name === '' || resource.kind === 'stdio' ? name : `${kind} ${name}`;
}

/** "main.ts:12". */
export function siteWords(site: CallSite | null): string {
  return site === null ? '' : `${baseName(site.file)}:${site.line}`;
}

/** "since 1.204 s". */
export function timeWords(ns: number): string {
  if (ns >= 1e9) return `${(ns / 1e9).toFixed(3)} s`;
  if (ns >= 1e6) return `${(ns / 1e6).toFixed(1)} ms`;
  return `${(ns / 1e3).toFixed(0)} µs`;
}

/** What a wait is for: "lock A", "the end of worker-2", "room in queue jobs". */
export function goalWords(world: World, wait: Wait): string {
  const resource = wait.resource === null ? '' : resourceWords(world, wait.resource);
  switch (wait.kind) {
    case KIND.waitJoin:
    case KIND.waitChild:
    case KIND.waitSyncSpawn:
      return `the end of ${childWords(wait)}`;
    case KIND.waitReceive:
      return `${item(wait.resource)} from ${resource}`;
    case KIND.waitSend:
      return `room in ${resource}`;
    case KIND.waitFlush:
      return `readers to take what it put into ${resource}`;
    case KIND.waitTaskDone:
      return `taskDone() for every item of ${resource}`;
    case KIND.waitCondition:
      return `a notify on ${resource}`;
    case KIND.waitEvent:
      return `${resource} to be set`;
    case KIND.waitBarrier:
      return `the other parties of ${resource}`;
    case KIND.waitResult:
      return `the result of a task of ${resource}`;
    case KIND.waitCall:
      return 'the answer to its call of a manager';
    case KIND.waitAtomics:
      return `Atomics.notify on ${resource}`;
    default:
      return resource === '' ? 'something' : resource;
  }
}

function item(resource: ResourceEntity | null): string {
  return resource?.kind.toLowerCase().includes('queue') === true ? 'an item' : 'a message';
}

export function childWords(wait: Wait): string {
  const process = awaited(wait.child);
  if (wait.child?.api === 'worker') {
    const { thread } = wait.child;
    return thread === null ? `worker thread ${wait.child.name}` : threadWords(thread);
  }
  return process === null || process.id === '' ? wait.child?.name || 'a child' : processName(process);
}

/** "a", "a and b", "a, b and c"; above `most` "a, b and 7 more". */
export function listWords(words: readonly string[], most = 4): string {
  const unique = [...new Set(words)];
  const shown =
    unique.length > most ? [...unique.slice(0, most - 1), `${unique.length - most + 1} more`] : unique;
  if (shown.length <= 1) return shown[0] ?? '';
  return `${shown.slice(0, -1).join(', ')} and ${shown[shown.length - 1]}`;
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
