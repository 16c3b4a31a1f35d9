import { KIND, type TraceRecord } from '../../trace/format/records.ts';
import type { StreamState, ThreadUse } from '../state/entities.ts';
import type { World } from '../state/world.ts';
import { takeBack } from './channels.ts';
import { recordSite } from './waits.ts';

/** Conditions, events, barriers, and the rest of what channels do beside moving messages. */
export function applySync(world: World, stream: StreamState, record: TraceRecord, use: ThreadUse): void {
  const { resource } = use;
  switch (record.kind) {
    case KIND.notify:
      resource.notifies++;
      resource.lastNotify = Math.max(resource.lastNotify, record.time);
      break;
    case KIND.eventSet:
      resource.lastSet = Math.max(resource.lastSet, record.time);
      break;
    case KIND.eventClear:
      resource.lastClear = Math.max(resource.lastClear, record.time);
      break;
    case KIND.barrierPass:
    case KIND.barrierBreak:
    case KIND.barrierReset:
      resource.lastNotify = Math.max(resource.lastNotify, record.time);
      break;
    case KIND.sendRejected:
      use.rejected++;
      use.rejectedSite = recordSite(stream, record);
      use.rejectedTime = record.time;
      if (record.n !== 0) takeBack(world, use, record.n);
      break;
    case KIND.taskDone:
      use.taskDones++;
      break;
    case KIND.disconnect:
      use.disconnectedAt ??= record.time;
      use.ignored += record.value;
      break;
    case KIND.backpressure:
      use.backpressureSince ??= record.time;
      use.unread = record.n !== 0;
      break;
    case KIND.drained:
      use.backpressureSince = null;
      use.unread = false;
      break;
  }
  resource.revision = world.revision;
  world.graphRevision = world.revision;
}
