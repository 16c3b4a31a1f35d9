import { KIND, KIND_NAME } from '../../trace/format/records.ts';
import type { WaitKind } from '../types/index.ts';
import type { ChildEntity, ProcessEntity } from './entities.ts';

/** The process that a join waits for; for a worker thread the process that it is in. */
export function awaited(child: ChildEntity | null): ProcessEntity | null {
  if (child === null) return null;
  return child.api === 'worker' ? (child.owner?.process ?? null) : child.process;
}

const WAIT_NAMES = new Map<number, WaitKind>();
for (const [kind, name] of KIND_NAME) {
  if (kind >= KIND.waitAcquire && kind < KIND.waitEnd) WAIT_NAMES.set(kind, name as WaitKind);
}
export function waitName(kind: number): WaitKind {
  return WAIT_NAMES.get(kind) ?? 'waitAny';
}
