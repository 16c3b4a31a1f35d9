import type { ChildProcess } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import type { Observation } from '../../trace/format/definitions.ts';
import { SESSION_FILE } from '../../trace/format/segment.ts';
import { LineWriter } from '../../trace/writer/line-writer.ts';
import type { SessionClock } from '../core/clock.ts';
import { killTree } from '../os/index.ts';
import type { OsSampler } from '../os/sampler.ts';

/** Milliseconds for which processes that outlive the root are awaited: one that is being killed needs a moment to end. */
const LAST_MOMENTS = 1000;

/** How the root process ended. */
export interface ExitStatus {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The exit code that a shell shows: of a signal 128 + its number. */
export function shellCode({ exitCode, signal }: ExitStatus): number {
  if (exitCode !== null) return exitCode;
  return 128 + (signal === null ? 0 : os.constants.signals[signal]);
}

/** The session's own file: what is seen from outside. */
export class SessionWriter {
  readonly #lines: LineWriter;
  readonly clock: SessionClock;

  constructor(dir: string, clock: SessionClock) {
    this.clock = clock;
    this.#lines = new LineWriter(path.join(dir, SESSION_FILE));
  }
  /** The line has the time at which it is written, which is a little later than what it tells: a reader misses none. */
  write(observation: Observation): void {
    this.#lines.write(observation, this.clock.now());
  }
  close(): void {
    this.#lines.close();
  }
}

/** A program that was started under trace. */
export class Program {
  readonly dir: string;
  readonly session: string;
  readonly child: ChildProcess;
  /** Process id of the root process. */
  readonly pid: number;
  /** When the root process has ended; the processes that it left behind may still run. */
  readonly exited: Promise<ExitStatus>;
  readonly #writer: SessionWriter;
  readonly #sampler: OsSampler;
  #left: readonly number[] = [];

  constructor(
    about: { readonly dir: string; readonly session: string; readonly spawnKey: string },
    child: ChildProcess & { pid: number },
    writer: SessionWriter,
    sampler: OsSampler,
  ) {
    this.dir = about.dir;
    this.session = about.session;
    this.child = child;
    this.pid = child.pid;
    this.#writer = writer;
    this.#sampler = sampler;
    const argv = child.spawnargs;
    writer.write({
      type: 'rootStart',
      time: writer.clock.now(),
      pid: this.pid,
      spawnKey: about.spawnKey,
      argv,
    });
    this.exited = this.#watchExit();
    sampler.start(this.pid);
  }

  /** Processes of the program that were still there after the root had ended. */
  get left(): readonly number[] {
    return this.#left;
  }

  /**
   * Ends the whole tree: SIGINT, SIGTERM, SIGKILL, each for those that are left.
   * @returns pids that could not be ended
   */
  async kill(reason: string): Promise<readonly number[]> {
    this.#writer.write({ type: 'killed', time: this.#writer.clock.now(), reason });
    return killTree([this.pid, ...this.#sampler.pids]);
  }

  /** The tool got a signal that asks the program to end, which the program may have got as well. */
  interrupted(signal: NodeJS.Signals): void {
    this.#writer.write({ type: 'interrupted', time: this.#writer.clock.now(), signal });
  }

  /**
   * Writes the end of the session. Nothing is observed afterwards.
   * @param unended pids of processes whose end the trace does not show: whoever is gone by now has ended
   */
  async finish(unended: readonly number[] = []): Promise<void> {
    await this.#sampler.stop();
    this.#sampler.include(unended);
    await this.#sampler.look().catch(() => undefined);
    // Helpers (a compiler's service) end a moment after whom they served, when their input ends.
    await this.#sampler.awaitEnds(LAST_MOMENTS).catch(() => undefined);
    this.#left = this.#sampler.pids.filter((pid) => pid !== this.pid);
    this.#writer.write({ type: 'end', time: this.#writer.clock.now() });
    this.#writer.close();
  }

  #watchExit(): Promise<ExitStatus> {
    return new Promise((resolve) => {
      this.child.once('exit', (exitCode, signal) => {
        const { pid } = this;
        this.#writer.write({ type: 'rootExit', time: this.#writer.clock.now(), pid, exitCode, signal });
        resolve({ exitCode, signal });
      });
    });
  }
}
