import type { Hold, ResourceEntity, ThreadEntity, Wait } from '../../state/entities.ts';
import { direct, type Enders, openFor } from './groups.ts';
import type { Known } from './known.ts';
import type { Unit } from './unit.ts';

/**
 * Calls of a manager. A client's call is one wait of the client; in the server a task that is the client's holds and waits on
 * its behalf. Whoever has a proxy can end a wait in the server, by a call of its own.
 */

/** The task of a server that works for a client, and not for the server. */
export function isServing({ thread, task }: Pick<Unit, 'thread' | 'task'>): boolean {
  return task !== 0 && thread.clients.has(task);
}

/** The client for which a task of a server works; `null`: it came by a socket, or is not known. */
export function clientOf({ thread, task }: Pick<Unit, 'thread' | 'task'>): ThreadEntity | null {
  const pipe = thread.clients.get(task) ?? null;
  return pipe === null ? null : otherEnd(pipe, thread);
}

function otherEnd(pipe: ResourceEntity, thread: ThreadEntity): ThreadEntity | null {
  const users = pipe.uses.filter((use) => use.thread !== thread && (use.sent > 0 || use.canSend));
  return users.length === 1 ? (users[0]?.thread ?? null) : null;
}

/** Who answers a call. */
export function answerers({ units }: Known, wait: Wait, pipe: ResourceEntity | null): Enders {
  if (pipe === null) return openFor('outside');
  for (const { thread } of pipe.uses) {
    if (thread === wait.thread) continue;
    for (const [task, call] of thread.calls)
      if (call.pipe === pipe && call.n === wait.subject) return direct([units.get(thread, task)]);
  }
  return openFor('coming');
}

/** Whoever may have a proxy of what a server keeps: everybody. */
export function proxyHolders(known: Known, server: ThreadEntity): Enders {
  const { world, units } = known;
  if (server.quiescent === null) return openFor('coming');
  if ([...server.clients.values()].includes(null)) return openFor('outside');
  if (server.quiescent.sources?.list.some(({ kind }) => kind === 'server') !== false)
    return openFor('outside');
  const all: Unit[] = [];
  for (const process of world.processes.all) {
    if (!process.alive || process.id === '') continue;
    if (!process.instrumented && process.child?.api === 'Process') return openFor('untraced');
    for (const thread of process.threads.values())
      if (thread.alive && thread !== server) all.push(units.get(thread, 0));
  }
  return direct(all);
}

/** Who releases what a server's task holds: its client, while the task itself does not stand in a call. */
export function releaser({ units }: Known, hold: Hold): Unit | null {
  if (!isServing(hold)) return units.get(hold.thread, hold.task);
  const client = clientOf(hold);
  return client?.alive === true ? units.get(client, 0) : null;
}
