import type { Disposable } from './disposables.ts';

/**
 * Runs work that is asked for often at most once in `interval` ms, never twice at a time, and once more after the last
 * request: what was asked for is never left undone.
 */
export class Throttle implements Disposable {
  private readonly work: () => Promise<void>;
  private readonly interval: () => number;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running = false;
  private wanted = false;
  private disposed = false;
  private last = Number.NEGATIVE_INFINITY;

  /** @param work must not reject */
  constructor(work: () => Promise<void>, interval: () => number) {
    this.work = work;
    this.interval = interval;
  }

  request(): void {
    this.wanted = true;
    if (this.disposed || this.running || this.timer) return;
    const wait = Math.max(0, this.last + this.interval() - performance.now());
    this.timer = setTimeout(() => void this.run(), wait);
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
  }

  private async run(): Promise<void> {
    this.timer = undefined;
    this.running = true;
    this.wanted = false;
    this.last = performance.now();
    try {
      await this.work();
    } finally {
      this.running = false;
      if (this.wanted) this.request();
    }
  }
}
