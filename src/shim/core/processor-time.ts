import fs from 'node:fs';
import type { Ns } from '../../base/quantities.ts';
import { builtin } from './builtins.ts';

const { openSync, readSync, closeSync } = fs;
/** Two numbers: ns on a processor, ns ready without one. */
const OWN = '/proc/thread-self/schedstat';
const LONGEST = 64;
const SPACE = 0x20;
const ZERO = 0x30;

interface ThreadUsage {
  readonly user: number;
  readonly system: number;
}
/** Microseconds of this thread alone; since Node 23.9. */
const threadCpuUsage = (process as { threadCpuUsage?: () => ThreadUsage }).threadCpuUsage?.bind(process);
const isLinux = process.platform === 'linux';

/** What this thread has used of the processors since it began. Where nothing is told of a figure it is `undefined`. */
export class ProcessorTime {
  /** On a processor. */
  used: Ns | undefined;
  /** It could have run and had none. */
  ready: Ns | undefined;
  readonly #bytes = Buffer.alloc(LONGEST);
  /** The system has no such file, or this program may not read it. */
  #isRefused = !isLinux;

  /** Takes the figures as of now: 8 to 13 µs on Linux. */
  take(): void {
    this.used = undefined;
    this.ready = undefined;
    if (!this.#isRefused) this.#read();
    if (threadCpuUsage === undefined) return;
    // The kernel's file is brought up to date at its ticks only.
    const { user, system } = threadCpuUsage();
    this.used = (user + system) * 1000;
  }

  #read(): void {
    let file = -1;
    try {
      file = openSync(OWN, 'r');
      this.#parse(readSync(file, this.#bytes, 0, LONGEST, 0));
    } catch (error) {
      // Of all descriptors being in use nothing follows for the next time.
      this.#isRefused = (error as NodeJS.ErrnoException).code !== 'EMFILE';
    }
    if (file >= 0) closeSync(file);
  }

  #parse(length: number): void {
    let at = 0;
    let number = 0;
    for (; at < length && this.#bytes[at] !== SPACE; at++) number = number * 10 + (this.#bytes[at]! - ZERO);
    this.used = number;
    number = 0;
    for (at++; at < length && this.#bytes[at] !== SPACE; at++)
      number = number * 10 + (this.#bytes[at]! - ZERO);
    this.ready = number;
  }
}

/** How long the event loop of this thread has waited for something to do so far. */
export function loopIdle(): Ns {
  // Not the global one: Node puts it in place when it is first asked for, and programs replace it.
  return builtin('node:perf_hooks').performance.eventLoopUtilization().idle * 1e6;
}
