import { KIND_NAMES, type KindOf } from '../../trace/format/records.ts';
import type { WaitKind } from '../types/index.ts';
import type { ChildEntity, ProcessEntity } from './entities.ts';

/** The process that a join waits for; for a worker thread the process that it is in. */
export function awaited(child: ChildEntity | null): ProcessEntity | null {
  if (child === null) return null;
  return child.api === 'worker' ? (child.owner?.process ?? null) : child.process;
}

export function waitName(kind: KindOf<'wait'>): WaitKind {
  return KIND_NAMES[kind] as WaitKind;
}
