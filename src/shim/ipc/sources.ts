import { EventEmitter } from 'node:events';
import type { SiteId } from '../../base/quantities.ts';
import { liveChildren } from '../children/live-children.ts';
import { heard, hearsOnce } from '../sources/events.ts';
import type { Look } from '../sources/look.ts';
import { type IpcEnd, openEnds } from './end.ts';

const EVENTS = ['disconnect', 'internalMessage', 'message'];
const listeners: (this: unknown, name: string) => number = EventEmitter.prototype.listenerCount;

/**
 * Adds the open IPC channels of this thread: what may come by them, and who would hear it. `heardAt`: where the program began to
 * listen for messages of its parent, 0: not known.
 */
export function addChannels(look: Look, heardAt: SiteId): void {
  for (const end of openEnds) add(look, end, heardAt);
}

function add(look: Look, { target, handle, incoming, queued, unread, since }: IpcEnd, heardAt: SiteId): void {
  if (!target || Reflect.get(target, 'connected') !== true) return;
  if (handle) look.told.add(handle);
  const child = liveChildren.get(target);
  // Node's own listener takes what belongs to handles; one more is that of a cluster.
  const isCluster = listeners.call(target, 'internalMessage') > 1;
  const events = heard(target, EVENTS).filter((name) => name !== 'internalMessage' || isCluster);
  look.list.add({
    kind: 'ipc',
    ref: handle !== undefined && look.isRefd(handle),
    resource: incoming,
    listens: events.some((name) => name !== 'disconnect'),
    events,
    ...(hearsOnce(target) ? { once: true } : {}),
    ...(child ? { child: child.id, site: child.site } : {}),
    ...(queued > 0 ? { unwritten: queued } : {}),
    ...(unread > 0 ? { unread } : {}),
    ...(child || heardAt === 0 || !events.includes('message') ? {} : { heard: heardAt }),
    since,
  });
}
