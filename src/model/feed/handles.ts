import { KIND, ROLE } from '../../trace/format/records.ts';
import { type Apply, touchResource } from './apply.ts';
import { recordSite } from './waits.ts';

/** `create`, `open` and `close` count handles by role; without role bits a handle may do both. */
export const applyHandle: Apply = (world, stream, record, use) => {
  if (use === undefined) return;
  const { resource } = use;
  const step = record.kind === KIND.close ? -1 : 1;
  const roles = record.value & (ROLE.read | ROLE.write) || ROLE.read | ROLE.write;
  if (step > 0) use.counted = true;
  if (roles & ROLE.read) use.readers = Math.max(0, use.readers + step);
  if (roles & ROLE.write) use.writers = Math.max(0, use.writers + step);
  if (record.kind === KIND.create && (resource.createdAt === null || record.time < resource.createdAt)) {
    resource.createdAt = record.time;
    resource.createdBy = stream.thread;
    resource.createdSite = recordSite(stream, record);
  }
  touchResource(world, use);
};
