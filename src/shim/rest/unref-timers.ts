import { OWN_HANDLE } from '../../base/environment.ts';
import { natives } from '../core/natives.ts';
import { patch } from '../core/patch.ts';

/** The timer has fired for the last time or was cleared; undocumented, and the same since Node 8. */
interface TimerState {
  readonly _destroyed?: boolean;
}
const FEW = 64;
/** Timers of the runtime serve its waits only. */
const own = Symbol.for(OWN_HANDLE);

/**
 * Timers that were unref'd (`AbortSignal.timeout` is one): they do not keep a program alive and are not among its active
 * resources, but fire while something else keeps it.
 */
export class UnrefTimers {
  readonly #timers = new Set<TimerState>();
  #most = FEW;

  constructor() {
    const add = (timer: object): void => this.#add(timer);
    patch(
      natives.timers,
      'unref',
      (original) =>
        function unref(this: unknown) {
          add(this as object);
          return Reflect.apply(original, this, []);
        },
    );
  }

  /** How many may still fire and call code of the program. */
  get armed(): number {
    this.#forget();
    let count = 0;
    for (const timer of this.#timers) if (Reflect.get(timer, own) !== true) count++;
    return count;
  }

  #add(timer: object): void {
    this.#timers.add(timer);
    if (this.#timers.size > this.#most) this.#forget();
  }

  #forget(): void {
    for (const timer of this.#timers) if (timer._destroyed === true) this.#timers.delete(timer);
    this.#most = Math.max(FEW, this.#timers.size * 2);
  }
}
