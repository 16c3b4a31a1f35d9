import type { Disposable } from '../../base/disposables.ts';
import { Throttle } from '../../base/throttle.ts';
import { setting } from '../workbench/settings.ts';

/** Milliseconds between two refreshes, at least, whatever the setting says. */
const FASTEST = 500;
/** From so many nodes on, so many milliseconds between two refreshes: VS Code draws all rows anew, and a button that is being pressed is lost. */
const LARGE = { nodes: 200, interval: 1_500 };
/** Milliseconds for which a tree is not refreshed after a tooltip was shown: a refresh takes it away. */
const TOOLTIP_REST = 3_000;

/** When a tree of rows is refreshed: not too often, and not while a tooltip is read. */
export class Pace implements Disposable {
  private readonly refresh: () => Promise<void>;
  private readonly throttle: Throttle;
  private restUntil = 0;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param refresh must not reject
   * @param size number of rows
   */
  constructor(refresh: () => Promise<void>, size: () => number) {
    this.refresh = refresh;
    this.throttle = new Throttle(
      () => this.refreshUnlessResting(),
      () => Math.max(size() > LARGE.nodes ? LARGE.interval : FASTEST, setting('refreshInterval')),
    );
  }

  request(): void {
    this.throttle.request();
  }

  /** A tooltip is about to be shown. */
  rest(): void {
    this.restUntil = performance.now() + TOOLTIP_REST;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.throttle.dispose();
  }

  private async refreshUnlessResting(): Promise<void> {
    const left = this.restUntil - performance.now();
    if (left <= 0) return this.refresh();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.throttle.request(), left);
  }
}
