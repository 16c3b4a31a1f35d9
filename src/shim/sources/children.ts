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

/** Adds the children of this thread: those that live, and those that have ended without a `close` so far. */
export function addChildren(look: Look): void {
  for (const [child, started] of liveChildren) add(look, child, started);
  for (const [reference, started] of closingChildren) {
    const child = reference.deref();
    if (child === undefined) closingChildren.delete(reference);
    else add(look, child, started, 'exited');
  }
  for (const handle of look.handles) if (!look.told.has(handle)) addRuntimes(look, handle);
}

function add(look: Look, child: object, { id, site, since }: StartedChild, state?: 'exited'): void {
  look.told.add(child);
  const events = heard(child, CHILD_EVENTS);
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

/** The runtime's own children, which it listens to itself. */
function addRuntimes(look: Look, handle: object): void {
  const pid: unknown = Reflect.get(handle, 'pid');
  const id = typeof pid === 'number' ? runtimeChildren.get(pid) : undefined;
  if (id === undefined) return;
  look.told.add(handle);
  look.list.add({ kind: 'child', ref: true, child: id, listens: true });
}
