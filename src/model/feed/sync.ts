import { byNumber, type TraceRecord } from '../../trace/format/records.ts';
import type { ResourceEntity } from '../state/entities.ts';
import { type Apply, touchResource } from './apply.ts';

type ApplyToResource = (record: TraceRecord, resource: ResourceEntity) => void;

const SYNC = byNumber<ApplyToResource, 'sync'>({
  notify(record, resource) {
    resource.notifies++;
    notified(record, resource);
  },
  eventSet(record, resource) {
    resource.lastSet = Math.max(resource.lastSet, record.time);
  },
  eventClear(record, resource) {
    resource.lastClear = Math.max(resource.lastClear, record.time);
  },
  barrierPass: notified,
  barrierBreak: notified,
  barrierReset: notified,
});

function notified(record: TraceRecord, resource: ResourceEntity): void {
  resource.lastNotify = Math.max(resource.lastNotify, record.time);
}

/** Conditions, events and barriers: when somebody who waits was last let go on. */
export const applySync: Apply = (world, _stream, record, use) => {
  if (use === undefined) return;
  SYNC[record.kind]?.(record, use.resource);
  touchResource(world, use);
};
