import { TypeMismatch } from '../../core/errors/errors.ts';
import { refuseTransfer } from '../../core/handles/not-transferable.ts';

/** What `acquire` resolves to; disposing it releases the lock, once. */
export class LockGuard implements AsyncDisposable, Disposable {
  #release: (() => void) | undefined;
  private constructor(release: () => void) {
    if (typeof release !== 'function') throw new TypeMismatch('a LockGuard comes from acquire()');
    this.#release = release;
  }
  /** @internal */
  static of(release: () => void): LockGuard {
    return new LockGuard(release);
  }
  [Symbol.dispose](): void {
    const release = this.#release;
    this.#release = undefined;
    release?.();
  }
  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
  }
}

refuseTransfer(LockGuard.prototype, 'LockGuard', 'whoever shall hold the lock acquires it');
