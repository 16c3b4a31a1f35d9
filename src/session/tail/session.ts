import { asError } from '../../base/errors.ts';
import { Emitter } from '../../base/events.ts';
import type { SystemThreadId } from '../../base/quantities.ts';
import type { Finding, Model } from '../../model/index.ts';
import type { SessionDefinition } from '../../trace/format/definitions.ts';
import { isLauncherAlive, readSessionHead } from '../directory/session-file.ts';
import { LastingFindings } from './lasting.ts';
import { Pace, SMOOTH } from './pace.ts';
import { type FeedOptions, TraceFeed } from './trace-feed.ts';

/** Milliseconds for which a finding must have been there before it is told: a stream that is late makes waits look endless. */
const CONFIRM_MS = 250;

/** What has changed since the last time this was told. */
export interface SessionChange {
  /** The model was built anew from the start: forget everything that was asked before. */
  readonly rebuilt: boolean;
}

export interface SessionOptions extends FeedOptions {
  /** Milliseconds between looks at the trace while there is news; default 20. */
  readonly lookEvery?: number;
}

/**
 * One trace directory with the model of what is in it: of a session that runs (polled, and followed until it ends), or
 * of one that is over. Works in any thread.
 */
export class Session {
  readonly dir: string;
  /** What the launcher wrote first; `undefined`: the trace has no session file (a part of one was copied). */
  readonly head: SessionDefinition | undefined;
  readonly #changed = new Emitter<SessionChange>();
  readonly #found = new Emitter<Finding>();
  readonly #ended = new Emitter<void>();
  readonly #failed = new Emitter<Error>();
  readonly #feed: TraceFeed;
  readonly #pace: Pace;
  /** Ids of findings with their certainty, as they were told. */
  readonly #told = new Map<string, Finding['certainty']>();
  readonly #lasting = new LastingFindings(CONFIRM_MS);
  #timer: NodeJS.Timeout | undefined;
  #live: boolean;
  #closed = false;

  /** Something was fed. At most every 20 ms, or what `lookEvery` says. */
  readonly onChanged = this.#changed.on;
  /** A finding is new, or has become certain. */
  readonly onFinding = this.#found.on;
  /** The session is over, and everything that it wrote is in the model. */
  readonly onEnd = this.#ended.on;
  /** The trace can't be read any more. */
  readonly onFailed = this.#failed.on;

  private constructor(dir: string, options: SessionOptions) {
    this.dir = dir;
    this.#pace = new Pace(options.lookEvery ?? SMOOTH);
    this.head = readSessionHead(dir);
    this.#live = this.head !== undefined && isLauncherAlive(this.head);
    this.#feed = new TraceFeed(dir, options);
  }

  /**
   * Opens a trace directory and reads what is there. A live one is followed from then on.
   * @throws TraceError when there is no trace that this version can read
   */
  static open(dir: string, options: SessionOptions = {}): Session {
    const session = new Session(dir, options);
    if (session.#live) session.#step();
    else session.#drain();
    return session;
  }

  /**
   * What a trace directory says now: of a live one, so far. It is closed again before this returns.
   * @throws TraceError when there is no trace that this version can read
   */
  static read<T>(dir: string, options: SessionOptions, ask: (session: Session) => T): T {
    const session = Session.open(dir, options);
    try {
      return ask(session);
    } finally {
      session.close();
    }
  }

  get model(): Model {
    return this.#feed.model;
  }
  /** More may come. */
  get live(): boolean {
    return this.#live;
  }
  /** Time up to which the model is complete, ns since the session's origin. */
  get now(): number {
    return Math.max(this.model.lastTime, this.#live ? this.#feed.watermark : 0);
  }
  /** The system's ids of the living threads of a process; `undefined`: it has no stream of its own. */
  tracedThreads(pid: number): readonly SystemThreadId[] | undefined {
    return this.model.tracedThreads(pid);
  }
  /** Pids of processes whose end is not in the trace, as it is now. */
  unended(): readonly number[] {
    if (this.#live) this.#feed.poll(0);
    const living = this.model.processes().filter((process) => process.end === null);
    return living.map(({ pid }) => pid).filter((pid) => pid > 0);
  }
  findings(): readonly Finding[] {
    return this.model.findings(this.now);
  }

  /** Reads what is there now, without waiting for the next poll. */
  refresh(): void {
    if (this.#live && !this.#closed) this.#poll();
  }

  /** The launcher says that nothing will be written any more: reads the rest. */
  finish(): void {
    if (!this.#live) return;
    this.#live = false;
    clearTimeout(this.#timer);
    this.#drain();
    this.#ended.fire();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#feed.close();
    for (const emitter of [this.#changed, this.#found, this.#ended, this.#failed]) emitter.dispose();
  }

  #poll(): void {
    try {
      this.#step();
    } catch (error) {
      this.#live = false;
      this.#failed.fire(asError(error));
    }
  }

  #step(): void {
    clearTimeout(this.#timer);
    const begin = performance.now();
    const { fed, rebuilt } = this.#feed.poll();
    if (fed || rebuilt) this.#changed.fire({ rebuilt });
    this.#tellFindings();
    if (this.#isOver()) {
      this.finish();
      return;
    }
    this.#timer = setTimeout(() => this.#poll(), this.#pace.next(fed, performance.now() - begin));
  }

  #drain(): void {
    const { rebuilt } = this.#feed.drain();
    this.#changed.fire({ rebuilt });
    this.#tellFindings();
  }

  #isOver(): boolean {
    if (this.model.end !== null) return true;
    return this.#pace.isTimeToAsk() && this.head !== undefined && !isLauncherAlive(this.head);
  }

  #tellFindings(): void {
    const findings = this.findings();
    this.#lasting.look(findings, performance.now());
    for (const finding of findings) {
      const told = this.#told.get(finding.id);
      if (told === finding.certainty || told === 'certain') continue;
      // A stream that is late by a moment can make a wait look endless; what is true stays true.
      if (this.#live && !this.#lasting.has(finding)) continue;
      this.#told.set(finding.id, finding.certainty);
      this.#found.fire(finding);
    }
  }
}
