import * as l10n from '@vscode/l10n';
import type { ResourceKind } from '../../base/channels.ts';
import { nameWithKind } from '../../model/state/names.ts';
import type { WaitView } from '../../model/types/index.ts';
import { shortSite } from './format.ts';
import type { NamedResource, TreeIndex } from './tree-index.ts';

/** A resource with its kind, as a part of a sentence: `lock B`. */
export function resourceText(resource: NamedResource | undefined): string {
  if (!resource) return l10n.t('something unknown');
  const kind = kindText(resource.kind);
  if (resource.name) return nameWithKind(resource, kind);
  return resource.site ? l10n.t('{0} made at {1}', kind, shortSite(resource.site)) : kind;
}

function kindText(kind: ResourceKind): string {
  switch (kind) {
    case 'lock':
      return l10n.t('lock');
    case 'rlock':
      return l10n.t('recursive lock');
    case 'semaphore':
    case 'boundedSemaphore':
      return l10n.t('semaphore');
    case 'condition':
      return l10n.t('condition');
    case 'event':
      return l10n.t('event');
    case 'barrier':
      return l10n.t('barrier');
    case 'queue':
    case 'joinableQueue':
    case 'simpleQueue':
      return l10n.t('queue');
    case 'pipe':
      return l10n.t('pipe');
    case 'pool':
      return l10n.t('pool');
    case 'manager':
      return l10n.t('manager');
    case 'listener':
      return l10n.t('listener');
    case 'value':
      return l10n.t('shared value');
    case 'ipc':
      return l10n.t('IPC channel');
    case 'port':
      return l10n.t('message port');
    case 'broadcast':
      return l10n.t('broadcast channel');
    case 'stdio':
      return l10n.t('stdio pipe');
    case 'atomics':
      return l10n.t('shared memory');
    case 'webLock':
      return l10n.t('Web Lock');
  }
}

/** What is waited for: `waits for lock B, held by worker-2`. */
export function waitText(wait: WaitView, index: TreeIndex): string {
  const resource = index.resource(wait.resource);
  const thing = resourceText(resource);
  const awaited =
    wait.awaitedProcess === null ? l10n.t('a child process') : index.process(wait.awaitedProcess);
  switch (wait.kind) {
    case 'waitAcquire':
    case 'waitCondition':
      return withHolders(l10n.t('waits for {0}', thing), resource, index);
    case 'waitReceive':
      return l10n.t('waits for a message from {0}', thing);
    case 'waitSend':
      return l10n.t('waits for room in {0}', thing);
    case 'waitJoin':
    case 'waitChild':
      return l10n.t('waits for {0} to end', awaited);
    case 'waitSyncSpawn':
      return l10n.t('stands still until {0} ends', awaited);
    case 'waitTaskDone':
      return l10n.t('waits until {0} is done', thing);
    case 'waitEvent':
      return l10n.t('waits for {0} to be set', thing);
    case 'waitBarrier':
      return l10n.t('waits for others at {0}', thing);
    case 'waitResult':
      return l10n.t('waits for a result of {0}', thing);
    case 'waitCall':
      return l10n.t('waits for the answer of a manager');
    case 'waitFlush':
      return l10n.t('hands over the rest of {0} before it exits', thing);
    case 'waitAny':
      return l10n.t('waits for any of several things');
    case 'waitAccept':
      return l10n.t('waits for a client of {0}', thing);
    case 'waitAtomics':
      return l10n.t('waits in Atomics.wait');
  }
}

function withHolders(text: string, resource: NamedResource | undefined, index: TreeIndex): string {
  const holders = [...new Set(resource?.holders ?? [])].map((id) => index.process(id));
  if (holders.length === 0) return text;
  const shown = holders.slice(0, 3).join(', ');
  if (holders.length > 3) return l10n.t('{0}, held by {1} and {2} more', text, shown, holders.length - 3);
  return l10n.t('{0}, held by {1}', text, shown);
}

/** The wait that says most: the oldest synchronous one, else the oldest. */
export function mainWait(waits: readonly WaitView[]): WaitView | undefined {
  const sync = waits.filter((w) => w.sync);
  const among = sync.length > 0 ? sync : waits;
  return among.reduce<WaitView | undefined>(
    (best, w) => (best && best.since <= w.since ? best : w),
    undefined,
  );
}
