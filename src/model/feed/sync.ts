import { byNumber, type TraceRecord } from '../../trace/format/records.ts';
import type { ResourceEntity } from '../state/entities.ts';
import { type Apply, touchResource } from './apply.ts';

type ApplyToResource = (record: TraceRecord, resource: ResourceEntity) => void;

const SYNC = byNumber<ApplyToResource, 'sync'>({
  notify(record, resource) {
    resource.notifies++;
    if (resource.kind === 'condition') resource.woken = Math.max(resource.woken, record.n);
    notified(record, resource);
  },
  eventSet(record, resource) {
    resource.lastSet = Math.max(resource.lastSet, record.time);
  },
  eventClear(record, resource) {
    resource.lastClear = Math.max(resource.lastClear, record.time);
  },
  barrierPass(record, resource) {
    resource.passed = Math.max(resource.passed, record.n);
    notified(record, resource);
  },
  barrierBreak: broken,
  barrierReset: broken,
});

function broken(record: TraceRecord, resource: ResourceEntity): void {
  resource.lastBreak = Math.max(resource.lastBreak, record.time);
  notified(record, resource);
}

function notified(record: TraceRecord, resource: ResourceEntity): void {
  resource.lastNotify = Math.max(resource.lastNotify, record.time);
}

/** Conditions, events and barriers: when somebody who waits was last let go on. */
export const applySync: Apply = (world, _stream, record, use) => {
  if (use === undefined) return;
  SYNC[record.kind]?.(record, use.resource);
  touchResource(world, use);
};
