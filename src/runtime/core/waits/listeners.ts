import type { Ms } from '../../../base/quantities.ts';
import { clampTimer } from './blocking.ts';

/** Callers of this thread that wait for something which happens in it. */
export class Listeners {
  #all = new Set<() => void>();

  /** It has happened: everybody who waits goes on. */
  tell(): void {
    const all = this.#all;
    this.#all = new Set();
    for (const listener of all) listener();
  }

  /** Resolves to true when told, to false when `limit` has passed; rejects with the signal's reason. */
  wait(limit: Ms, signal?: AbortSignal): Promise<boolean> {
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    if (limit <= 0) return Promise.resolve(false);
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        this.#all.delete(told);
        signal?.removeEventListener('abort', abort);
      };
      const told = (): void => {
        stop();
        resolve(true);
      };
      const abort = (): void => {
        stop();
        reject(signal?.reason);
      };
      const passed = (): void => {
        stop();
        resolve(false);
      };
      const timer = limit === Number.POSITIVE_INFINITY ? undefined : setTimeout(passed, clampTimer(limit));
      signal?.addEventListener('abort', abort, { once: true });
      this.#all.add(told);
    });
  }
}
