import { isDebuggersHelper } from '../../base/debuggers.ts';
import type { SystemThreadId } from '../../base/quantities.ts';
import type { Observation } from '../../trace/format/definitions.ts';
import type { SessionClock } from '../core/clock.ts';
import type { OsProcess, OsProcessTable } from './process-table.ts';

/** Milliseconds: until the first look, between looks, at most between looks, and between looks for the last ends. */
const FIRST_LOOK = 250;
const LOOK_EVERY = 1000;
const LONGEST = 10_000;
const ENDS_EVERY = 10;
/** Share of a core that looking may take; with many processes looks become rarer instead. */
const MOST_SHARE = 0.02;

/** The system's ids of the living threads of a process that report themselves; `undefined`: it has no stream of its own. */
export type TracedThreads = (pid: number) => readonly SystemThreadId[] | undefined;

/**
 * Looks at the program from outside, once a second or less: CPU and memory of each process, and processes that no shim
 * reports from (not Node, or untraced). Writes what it sees as observations.
 */
export class OsSampler {
  readonly #table: OsProcessTable;
  readonly #clock: SessionClock;
  readonly #write: (observation: Observation) => void;
  readonly #traced: TracedThreads;
  readonly #looks: () => void;
  /** Pid → start time, of every process that was seen and has not ended; '' before its first look. */
  readonly #seen = new Map<number, string>();
  /** Pids that were written as seen from outside. */
  readonly #announced = new Set<number>();
  /** Pids that were stopped by a signal at the last look. */
  readonly #stopped = new Set<number>();
  /**
   * Pids that an earlier look has found, and what it said of those without a stream: only a second look tells that there will be
   * none, and whoever is about to end then has no command line any more.
   */
  readonly #looked = new Map<number, About | undefined>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isOver = false;

  /** @param looks called at each look: what else is to be looked at as often */
  constructor(
    table: OsProcessTable,
    clock: SessionClock,
    traced: TracedThreads,
    write: (observation: Observation) => void,
    looks: () => void = () => undefined,
  ) {
    this.#looks = looks;
    this.#table = table;
    this.#clock = clock;
    this.#traced = traced;
    this.#write = write;
  }

  start(root: number): void {
    this.#seen.set(root, '');
    this.watch();
  }

  /** Looks from now on, at whoever is included. */
  watch(): void {
    this.#schedule(FIRST_LOOK);
  }

  /** Pids of the program that were alive at the last look, those without a parent included. */
  get pids(): readonly number[] {
    return [...this.#seen.keys()];
  }

  /** Looks at these pids as well: a process whose parent has died is found below no other. */
  include(pids: readonly number[]): void {
    for (const pid of pids) if (!this.#seen.has(pid)) this.#seen.set(pid, '');
  }

  /** Ends the looking; one that is under way is awaited. */
  async stop(): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #schedule(delay: number): void {
    if (this.#isOver) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#lookAndGoOn();
    }, delay);
    this.#timer.unref();
  }

  async #lookAndGoOn(): Promise<void> {
    const begin = process.cpuUsage();
    try {
      await this.look();
    } catch {
      // A system that does not answer now (no process can be started) may do so next time.
    }
    // The CPU time of the whole tool meanwhile, at most too much: a busy machine does not make looking rarer.
    const { user, system } = process.cpuUsage(begin);
    this.#schedule(Math.min(LONGEST, Math.max(LOOK_EVERY, (user + system) / 1000 / MOST_SHARE)));
  }

  /** One look. */
  async look(): Promise<void> {
    const { present, time } = await this.#notice();
    for (const entry of present.values()) this.#report(entry, time);
    this.#looks();
  }

  /** Waits until nobody of the program is left, at most `ms`. Whoever is being killed needs a moment to end. */
  async awaitEnds(ms: number): Promise<void> {
    const until = performance.now() + ms;
    for (;;) {
      await this.#notice();
      if (this.#seen.size === 0 || performance.now() >= until) return;
      await new Promise((resolve) => setTimeout(resolve, ENDS_EVERY));
    }
  }

  /** Asks the system; writes who has gone, and returns who is there. */
  async #notice(): Promise<{ readonly present: ReadonlyMap<number, OsProcess>; readonly time: number }> {
    const found = await this.#table.descendants(this.#seen.keys());
    const time = this.#clock.now();
    const present = new Map(found.map((entry) => [entry.pid, entry]));
    for (const [pid, start] of this.#seen) {
      const entry = present.get(pid);
      if (entry !== undefined && (start === '' || entry.start === start)) continue;
      this.#gone(pid, time);
      // Another process has got the pid of one of ours.
      present.delete(pid);
    }
    return { present, time };
  }

  #tellStop({ pid, isStopped = false }: OsProcess, time: number): void {
    if (isStopped === this.#stopped.has(pid)) return;
    if (isStopped) this.#stopped.add(pid);
    else this.#stopped.delete(pid);
    this.#write({ type: isStopped ? 'paused' : 'resumed', time, pid, by: 'signal' });
  }

  #gone(pid: number, time: number): void {
    this.#stopped.delete(pid);
    this.#seen.delete(pid);
    this.#announced.delete(pid);
    this.#looked.delete(pid);
    // Also of traced ones: after SIGKILL nobody else may tell.
    this.#write({ type: 'osGone', time, pid });
  }

  #report(entry: OsProcess, time: number): void {
    const { pid, ppid, name, cpu, memory, start } = entry;
    const threads = this.#traced(pid);
    // A Node process has no stream yet in its first moments: at the second look it has, or never will.
    const before = this.#looked.has(pid);
    const first = this.#looked.get(pid);
    if (!before) this.#looked.set(pid, threads === undefined ? about(entry, time) : undefined);
    this.#seen.set(pid, start);
    if (before && !this.#announced.has(pid) && threads === undefined) {
      this.#announced.add(pid);
      const now = about(entry, time);
      const seen = now.argv === undefined ? (first ?? now) : now;
      // It is watched all the same: whoever ends the program ends it too.
      if (!isDebuggersHelper(seen.argv ?? []))
        this.#write({ type: 'osProcess', time, pid, ppid, name, ...seen });
    }
    this.#tellStop(entry, time);
    if (cpu === null || memory === null) return;
    // Whoever is traced tells itself what it waits for.
    const reads = this.#announced.has(pid) ? entry.reads : undefined;
    // With many processes the look at the last one comes later than that at the first.
    const sample = { type: 'sample', time: this.#clock.now(), pid, cpu: round(cpu), memory } as const;
    const seen = threads === undefined ? [] : this.#table.threads(pid, threads);
    this.#write({
      ...sample,
      ...(reads !== undefined && { reads }),
      ...(seen.length > 0 && { threads: seen }),
    });
  }
}

/** Characters of a command line whose words are told one by one, too. */
const LONGEST_COMMAND = 32_768;

/** What only those that are told of are asked for. */
type About = Pick<Extract<Observation, { type: 'osProcess' }>, 'command' | 'argv' | 'start' | 'isNode'>;

function about(entry: OsProcess, time: number): About {
  const { command, age, isNode } = entry;
  const argv = command.length > LONGEST_COMMAND ? undefined : entry.argv;
  return {
    command,
    ...(argv !== undefined && argv.length > 0 && { argv }),
    ...(age !== undefined && { start: Math.round(time - age * 1e6) }),
    ...(isNode && { isNode }),
  };
}

function round(percent: number): number {
  return Math.round(percent * 10) / 10;
}
