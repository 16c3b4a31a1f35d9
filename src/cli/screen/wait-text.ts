import { duration } from '../../base/units.ts';
import type { Model, ProcessView, ResourceView, WaitView } from '../../model/index.ts';
import { safe } from '../../model/report/index.ts';
import { nameWithKind } from '../../model/state/names.ts';

/** Names for ids, as of one moment. */
export interface Names {
  process(id: string): string;
  resource(id: string | null): ResourceView | undefined;
  channel(id: string | null): string | undefined;
}

export function namesOf(model: Model): Names {
  const processes = new Map(model.processes().map((process) => [process.id, process]));
  const resources = new Map(model.resources().map((resource) => [resource.id, resource]));
  const channels = new Map(model.channels().map((channel) => [channel.id, channel]));
  return {
    process: (id) => {
      const process = processes.get(id);
      return process === undefined ? id : `${safe(process.name)} (${process.pid})`;
    },
    resource: (id) => (id === null ? undefined : resources.get(id)),
    channel: (id) => {
      const channel = id === null ? undefined : channels.get(id);
      return channel && safe(nameWithKind({ kind: channel.resourceKind, name: channel.name }));
    },
  };
}

/** The wait that says most about why a process stands still: the oldest synchronous one, else the oldest. */
export function mainWait(process: ProcessView): WaitView | undefined {
  const waits = process.threads.flatMap((thread) => thread.waits);
  const sync = waits.filter((wait) => wait.sync);
  return (sync.length > 0 ? sync : waits).reduce<WaitView | undefined>(
    (oldest, wait) => (oldest === undefined || wait.since < oldest.since ? wait : oldest),
    undefined,
  );
}

/** `waits 1.20 s for lock B, held by worker-2 (4711)`. */
export function waitText(wait: WaitView, names: Names, now: number): string {
  const lasted = duration(Math.max(0, now - wait.since));
  return `${verb(wait)} ${lasted} ${object(wait, names)}`;
}

function verb({ kind }: WaitView): string {
  return kind === 'waitSyncSpawn' ? 'stands still since' : 'waits';
}

function object(wait: WaitView, names: Names): string {
  if (wait.awaitedProcess !== null) return `for ${names.process(wait.awaitedProcess)} to end`;
  const resource = names.resource(wait.resource);
  const thing =
    resource === undefined ? (names.channel(wait.resource) ?? 'something') : safe(nameWithKind(resource));
  if (wait.kind === 'waitReceive') return `for a message from ${thing}`;
  if (wait.kind === 'waitSend') return `for room in ${thing}`;
  if (wait.kind === 'waitCall') return 'for the answer of a manager';
  const holders = [...new Set((resource?.holders ?? []).map((holder) => names.process(holder.process)))];
  return `for ${thing}${holders.length === 0 ? '' : `, held by ${holders.slice(0, 3).join(', ')}`}`;
}
