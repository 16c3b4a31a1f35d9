import type { TimelineQueries, TimelineQueryName, ToExtension } from '../../protocol/timeline.ts';

interface Entry {
  readonly name: TimelineQueryName;
  readonly args: TimelineQueries[TimelineQueryName]['args'];
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/**
 * Requests to the extension. For each kind at most one is under way and one queued; a newer one replaces the queued one, whose
 * range is no longer on the screen. Nothing is sent while paused (the webview is hidden).
 */
export class Requests {
  private readonly post: (message: ToExtension) => void;
  private readonly underWay = new Map<TimelineQueryName, number>();
  private readonly waiting = new Map<TimelineQueryName, Entry>();
  private readonly open = new Map<number, Entry>();
  private nextId = 1;
  private paused = false;

  constructor(post: (message: ToExtension) => void) {
    this.post = post;
  }

  /** Resolves with `undefined` when a newer request of the kind took its place, or all were dropped. Rejects when refused. */
  ask<Q extends TimelineQueryName>(
    name: Q,
    args: TimelineQueries[Q]['args'],
  ): Promise<TimelineQueries[Q]['result'] | undefined> {
    return new Promise((resolve, reject) => {
      // `resolve` gets what the extension answered to a request of this name.
      const entry: Entry = { name, args, resolve: resolve as Entry['resolve'], reject };
      if (this.paused || this.underWay.has(name)) {
        this.waiting.get(name)?.resolve(undefined);
        this.waiting.set(name, entry);
      } else this.send(entry);
    });
  }

  isBusy(name: TimelineQueryName): boolean {
    return this.underWay.has(name);
  }

  answered(id: number, result: unknown): void {
    this.finish(id)?.resolve(result);
  }
  refused(id: number, message: string): void {
    this.finish(id)?.reject(new Error(message));
  }

  /** Forgets everything: another session is shown. Late answers are ignored. */
  reset(): void {
    const entries = [...this.open.values(), ...this.waiting.values()];
    this.open.clear();
    this.underWay.clear();
    this.waiting.clear();
    for (const entry of entries) entry.resolve(undefined);
  }

  pause(paused: boolean): void {
    if (paused === this.paused) return;
    this.paused = paused;
    if (!paused) for (const name of [...this.waiting.keys()]) this.next(name);
  }

  private send(entry: Entry): void {
    const id = this.nextId++;
    this.open.set(id, entry);
    this.underWay.set(entry.name, id);
    this.post({ type: 'request', id, name: entry.name, args: entry.args });
  }

  private finish(id: number): Entry | undefined {
    const entry = this.open.get(id);
    if (!entry) return undefined;
    this.open.delete(id);
    this.underWay.delete(entry.name);
    this.next(entry.name);
    return entry;
  }

  private next(name: TimelineQueryName): void {
    const entry = this.waiting.get(name);
    if (!entry || this.paused || this.underWay.has(name)) return;
    this.waiting.delete(name);
    this.send(entry);
  }
}
