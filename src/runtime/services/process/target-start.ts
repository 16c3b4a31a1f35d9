import { publish } from '../../core/diagnostics/publish.ts';
import type { AnyFunction } from '../../core/tasks/task.ts';

/** Targets that say themselves when they begin. */
const services = new WeakSet<AnyFunction>();

/** Marks a target of the runtime's own, which calls {@link publishTargetStart} when it is ready to serve. */
export function asService<F extends AnyFunction>(target: F): F {
  services.add(target);
  return target;
}

export function isService(target: unknown): boolean {
  return typeof target === 'function' && services.has(target as AnyFunction);
}

/** What this process was started for begins: nothing of its start can touch a handle any more. */
export function publishTargetStart(): void {
  publish('targetStart', undefined);
}
