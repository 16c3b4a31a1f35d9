import type { Outcome, ResourceInfo } from '../../../base/channels.ts';
import { type Limit, mayAbort } from '../../core/arguments/options.ts';
import { publishWait, publishWaitEnd } from '../../core/diagnostics/publish.ts';
import { newWait } from '../../core/waits/blocking.ts';
import { Listeners } from '../../core/waits/listeners.ts';

/** What results need from their pool. */
export interface PoolHost {
  readonly info: ResourceInfo;
  /** One caller more (+1) or less (−1) waits for a result; while any does, the pool keeps the program alive. */
  awaited(change: 1 | -1): void;
}

/** Callers that wait for results of a pool. */
export class Callers {
  readonly #host: PoolHost;
  readonly #listeners = new Listeners();

  constructor(host: PoolHost) {
    this.#host = host;
  }

  /** Something has come: whoever waits looks again. */
  tell(): void {
    this.#listeners.tell();
  }

  /** True when told, false when the limit has passed. `task`: the number of the pool's task that is waited for. */
  async wait({ ms, signal }: Limit, task: number | undefined): Promise<boolean> {
    signal?.throwIfAborted();
    if (ms <= 0) return false;
    const { info } = this.#host;
    const wait = newWait(false, ms !== Number.POSITIVE_INFINITY || mayAbort(signal));
    publishWait('waitResult', info, ms, wait, signal, task);
    this.#host.awaited(1);
    let outcome: Outcome = 'cancelled';
    try {
      const told = await this.#listeners.wait(ms, signal);
      outcome = told ? 'ok' : 'timeout';
      return told;
    } finally {
      this.#host.awaited(-1);
      publishWaitEnd(info, wait, outcome);
    }
  }
}
