import type { Reporting } from '../core/observe.ts';
import { observe } from '../core/patch.ts';
import type { Recorder } from '../core/recorder.ts';

const FEW = 64;

/**
 * Handles that the program has unref'd: they keep nothing alive and Node lists them nowhere, but what comes by them still
 * runs. None of them is kept by being here.
 */
export class UnrefBook {
  readonly #handles = new Map<WeakRef<object>, (handle: object) => boolean>();
  readonly #known = new WeakSet<object>();
  #most = FEW;

  readonly #where: Reporting;

  constructor(recorder: Recorder) {
    this.#where = { recorder, probe: 'unref' };
  }

  /** `isActive`: whether something can still come by it. */
  watch(prototype: object, isActive: (handle: object) => boolean): void {
    observe(prototype, 'unref', this.#where, (handle) => {
      if (typeof handle === 'object' && handle !== null) this.add(handle, isActive);
    });
  }

  /** Those that can still wake the thread, and perhaps some that were ref'd again. */
  active(): object[] {
    const active = new Set<object>();
    for (const [reference, isActive] of this.#handles) {
      const handle = reference.deref();
      if (handle === undefined) this.#handles.delete(reference);
      else if (isActive(handle)) active.add(handle);
    }
    return [...active];
  }

  /** One that Node has unref'd itself. */
  add(handle: object, isActive: (handle: object) => boolean): void {
    // Idle connections of a client are unref'd again and again.
    if (this.#known.has(handle)) return;
    this.#known.add(handle);
    this.#handles.set(new WeakRef(handle), isActive);
    if (this.#handles.size <= this.#most) return;
    for (const reference of this.#handles.keys())
      if (reference.deref() === undefined) this.#handles.delete(reference);
    this.#most = Math.max(FEW, this.#handles.size * 2);
  }
}
