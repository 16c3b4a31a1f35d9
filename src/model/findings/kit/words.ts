import { KIND } from '../../../trace/format/records.ts';
import type { Hold, ResourceEntity, ThreadEntity, Wait } from '../../state/entities.ts';
import { firstLine, thrownBy } from '../../state/incidents.ts';
import { nameOfThread } from '../../state/names.ts';
import { awaited, waitName } from '../../state/wait-names.ts';
import type { World } from '../../state/world.ts';
import {
  type Counted,
  countText,
  endSentence,
  english,
  listText,
  resourceText,
  someChildText,
  taskText,
  waitText,
} from '../../words/index.ts';
import type { Unit } from '../graph/unit.ts';

// Findings are always English: what the vocabulary says of entities, without its translator.

/** `worker-1`, `thread resizer of main.ts`, with its task where one is known. */
export function threadWords(thread: ThreadEntity, task = 0): string {
  const who = nameOfThread(thread);
  const name = thread.tasks.get(task) ?? '';
  if (name !== '') return taskText(english, name, who);
  // The only task of a thread (a Process target) is the thread, for people.
  return task === 0 || tasksOf(thread).size <= 1 ? who : taskText(english, task, who);
}
function tasksOf(thread: ThreadEntity): Set<number> {
  const tasks = new Set(thread.holds.map((hold) => hold.task));
  for (const wait of thread.waits.values()) tasks.add(wait.task);
  return tasks;
}
export function unitWords(unit: Unit): string {
  return threadWords(unit.thread, unit.task);
}

/** `lock A`, `queue main.ts:12`. */
export function resourceWords(world: World, resource: ResourceEntity): string {
  return resourceText(english, world.resourceNames.of(resource));
}

/** What somebody who waits does: `waits for lock A`, `waits for the end of worker-2`. */
export function doesWords(world: World, wait: Wait): string {
  const { resource, kind } = wait;
  const ends = kind === KIND.waitJoin || kind === KIND.waitChild || kind === KIND.waitSyncSpawn;
  const thing = resource === null ? null : resourceWords(world, resource);
  return waitText(english, waitName(kind), {
    thing: ends ? childWords(wait) : thing,
    kind: resource?.kind ?? null,
    holders: [],
  });
}

/** The process or worker thread whose end is awaited. */
export function childWords({ child }: Wait): string {
  if (child?.api === 'worker' && child.thread !== null) return threadWords(child.thread);
  const process = child?.api === 'worker' ? null : awaited(child);
  if (process === null || process.id === '') return child?.name || someChildText(english);
  return process.name;
}

/** `worker-1 was killed by SIGKILL`; of a worker thread whose process lives on: that it has ended. */
export function endedWords({ thread, task }: Pick<Hold, 'thread' | 'task'>): string {
  const { alive, exit } = thread.process;
  const end = {
    exitCode: alive ? null : (exit?.code ?? null),
    signal: alive ? null : (exit?.signal ?? null),
  };
  return endSentence(english, threadWords(thread, task), end);
}

/** How those have ended who could have helped, those of a bad end first: `worker-1 exited with code 1 and main.ts has ended`. */
export function deadWords(dead: readonly ThreadEntity[], most = 4): string {
  const bad = dead.filter(endedBadly);
  const others = dead.filter((thread) => !bad.includes(thread));
  return listWords([...bad, ...others].map(endedHow), most);
}

/** To begin a title with: `worker-1 exited with code 1; `, where somebody who could have helped came to a bad end. */
export function badEndsWords(dead: readonly ThreadEntity[]): string {
  const bad = dead.filter(endedBadly);
  return bad.length === 0 ? '' : `${listWords(bad.map(endedHow), 3)}; `;
}

function endedBadly(thread: ThreadEntity): boolean {
  const { alive, exit } = thread.process;
  if (thrownBy(thread) !== undefined) return true;
  return !alive && exit !== null && (exit.signal !== null || (exit.code ?? 0) !== 0);
}

/** With what it threw, where that is known. */
function endedHow(thread: ThreadEntity): string {
  const thrown = thrownBy(thread);
  const words = endedWords({ thread, task: 0 });
  return thrown === undefined ? words : `${words} (${firstLine(thrown.told.message)})`;
}

/** `a, b and c`. */
export function listWords(words: readonly string[], most?: number): string {
  return listText(english, words, most);
}

/** `1 party`, `3 parties`. */
export function countWords(n: number, what: Counted): string {
  return countText(english, n, what);
}
