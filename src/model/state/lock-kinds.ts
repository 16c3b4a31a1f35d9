import type { ResourceEntity } from './entities.ts';

/** Kinds whose acquisitions nobody but the owner may end. */
export function ownedOnly(resource: ResourceEntity): boolean {
  return resource.kind === 'rlock' || resource.kind === 'webLock' || resource.kind === 'lockFile';
}

/** True where `acquire` and `release` make sense. */
export function isLockKind(kind: ResourceEntity['kind']): boolean {
  return (
    kind === 'lock' ||
    kind === 'rlock' ||
    kind === 'semaphore' ||
    kind === 'boundedSemaphore' ||
    kind === 'webLock' ||
    kind === 'lockFile' ||
    kind === 'condition'
  );
}
