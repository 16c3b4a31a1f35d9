import { heardOfWorker } from '../children/cluster-workers.ts';
import {
  closingChildren,
  liveChildren,
  runtimeChildren,
  type StartedChild,
} from '../children/live-children.ts';
import { heard } from './events.ts';
import type { Look } from './look.ts';

/** What ends a child, or comes from it. */
export const CHILD_EVENTS = ['close', 'disconnect', 'error', 'exit', 'message'];

/** Children that are collected and told all the same. */
const MOST_COLLECTED = 20;

/** Adds the children of this thread: those that live, and those that have ended without a `close` so far. */
export function addChildren(look: Look): void {
  for (const [child, started] of liveChildren) add(look, child, started);
  let collected = 0;
  for (const [reference, started] of closingChildren) {
    const child = reference.deref();
    if (child !== undefined) add(look, child, started, 'exited');
    else if (!started.isAwaited || collected >= MOST_COLLECTED) closingChildren.delete(reference);
    else {
      collected++;
      addCollected(look, started);
    }
  }
  for (const handle of look.handles) if (!look.told.has(handle)) addRuntimes(look, handle);
}

function add(look: Look, child: object, { id, site, since, isWorker }: StartedChild, state?: 'exited'): void {
  look.told.add(child);
  const events = isWorker ? heardOfWorker(child, CHILD_EVENTS) : heard(child, CHILD_EVENTS);
  look.list.add({
    kind: 'child',
    ref: look.isRefd(child),
    child: id,
    listens: events.includes('exit') || events.includes('close'),
    events,
    ...(state === undefined ? {} : { state }),
    ...(site === 0 ? {} : { site }),
    since,
  });
}

/** Nothing can emit its `close` any more: the program waits for it in vain. */
function addCollected({ list }: Look, { id, site, since }: StartedChild): void {
  const where = site === 0 ? {} : { site };
  list.add({
    kind: 'child',
    ref: false,
    child: id,
    listens: false,
    events: ['close'],
    state: 'exited',
    ...where,
    since,
  });
}

/** The runtime's own children, which it listens to itself. */
function addRuntimes(look: Look, handle: object): void {
  const pid: unknown = Reflect.get(handle, 'pid');
  const id = typeof pid === 'number' ? runtimeChildren.get(pid) : undefined;
  if (id === undefined) return;
  look.told.add(handle);
  look.list.add({ kind: 'child', ref: true, child: id, listens: true });
}
