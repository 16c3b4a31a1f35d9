import type { ProcessEntity } from './entities.ts';

/**
 * When processes of the program were paused: at a breakpoint, or stopped by a signal. Nobody of the program need come to anything
 * meanwhile, since any of them may wait for one that is paused: that time does not count against them.
 */
export class Pauses {
  /** Processes that are paused now. */
  readonly now = new Set<ProcessEntity>();
  /** Stretches that are over: from, to, ns, in order. */
  readonly #past: { readonly from: number; readonly to: number }[] = [];
  #since = 0;

  begin(process: ProcessEntity, time: number): void {
    this.#forgetEnded();
    if (this.now.size === 0) this.#since = Math.max(time, this.#past.at(-1)?.to ?? time);
    this.now.add(process);
  }

  /** It goes on, or has ended. */
  end(process: ProcessEntity, time: number): void {
    if (!this.now.delete(process) || this.now.size > 0) return;
    this.#past.push({ from: this.#since, to: Math.max(time, this.#since) });
  }

  /** How long somebody was paused between two times, ns. */
  within(from: number, to: number): number {
    this.#forgetEnded();
    let sum = this.now.size > 0 ? Math.max(0, to - Math.max(from, this.#since)) : 0;
    for (let i = this.#past.length - 1; i >= 0; i--) {
      const stretch = this.#past[i]!;
      if (stretch.to <= from) break;
      sum += Math.max(0, Math.min(to, stretch.to) - Math.max(from, stretch.from));
    }
    return sum;
  }

  #forgetEnded(): void {
    for (const process of this.now) if (process.end !== null) this.end(process, process.end);
  }
}
