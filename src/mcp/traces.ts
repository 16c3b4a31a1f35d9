import { readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { scriptOf } from '../base/node-argv.ts';
import { makeReport, type Report } from '../model/index.ts';
import { redactor } from '../session/export/core/redact.ts';
import {
  hasEnded,
  isLauncherAlive,
  ownTraces,
  readSessionHead,
  Session,
  TEMPORARY_PREFIX,
} from '../session/index.ts';

/** One trace that an agent may ask about. */
export interface ListedTrace {
  /** What the other tools take as `trace`. */
  readonly trace: string;
  readonly program: string;
  /** ISO 8601; '': not known. */
  readonly started: string;
  readonly running: boolean;
}

/** A trace while a question about it is answered. */
export interface Asked {
  readonly session: Session;
  /** As it may be told. */
  readonly report: Report;
  /** Takes out what must not be told. */
  readonly told: <T>(value: T) => T;
}

/** The traces that are known by name, and what may be told of them. */
export class Traces {
  readonly #dirs: readonly string[];
  readonly #redact: boolean;

  /** @param dirs traces, or folders with traces in them, beside those in the temporary folder */
  constructor(dirs: readonly string[], redact: boolean) {
    this.#dirs = dirs.map((dir) => path.resolve(dir));
    this.#redact = redact;
  }

  /** Newest first. */
  list(most: number): ListedTrace[] {
    const found = [...this.#given(), ...ownTraces()].flatMap((dir) => {
      const head = readHead(dir);
      if (head === undefined) return [];
      const running = isLauncherAlive(head) && !hasEnded(dir);
      return [{ dir, head, running }];
    });
    found.sort((a, b) => b.head.wallClock - a.head.wallClock);
    return found.slice(0, most).map(({ dir, head, running }) => ({
      trace: this.nameOf(dir),
      program: this.#redact ? programOf(head.argv) : head.argv.join(' '),
      started: head.wallClock > 0 && head.wallClock < 8e15 ? new Date(head.wallClock).toISOString() : '',
      running,
    }));
  }

  /**
   * Opens a trace for one question. It is read as it is now, and closed again.
   * @throws TraceError when it can't be read
   */
  ask<T>(trace: string, answer: (asked: Asked) => T): T {
    return Session.read(this.#folderOf(trace), { timeline: false }, (session) => {
      const whole = makeReport(session.model, session.now);
      const told = this.#redact ? redactor(whole) : <V>(value: V): V => value;
      return answer({ session, report: told(whole), told });
    });
  }

  /** What a folder is called to the agent: those that it may not know are known by their last part. */
  nameOf(dir: string): string {
    return this.#redact ? path.basename(dir) : dir;
  }

  /** Takes folders out of a message about a trace. */
  safeMessage(message: string, trace: string): string {
    return this.#redact ? message.replaceAll(this.#folderOf(trace), trace) : message;
  }

  /** The traces that were given, and those in the folders that were. */
  #given(): string[] {
    return this.#dirs.flatMap((dir) => (readHead(dir) === undefined ? [dir, ...foldersIn(dir)] : [dir]));
  }

  /** A listed name, or a folder that the agent knows. */
  #folderOf(trace: string): string {
    if (path.basename(trace) !== trace) return path.resolve(trace);
    const given = this.#given().find((dir) => path.basename(dir) === trace);
    return given ?? path.resolve(trace.startsWith(TEMPORARY_PREFIX) ? os.tmpdir() : '', trace);
  }
}

function foldersIn(dir: string): string[] {
  try {
    const entries = readdirSync(dir, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(dir, name));
  } catch {
    // There is none yet: its traces are listed when there are some.
    return [];
  }
}

function readHead(dir: string): ReturnType<typeof readSessionHead> {
  try {
    return readSessionHead(dir);
  } catch {
    // It is being made, or swept, or is no trace.
    return undefined;
  }
}

/** The script of a command line, else its command, without folders and arguments: those may hold secrets. */
function programOf(argv: readonly string[]): string {
  const script = scriptOf(argv);
  return path.basename(script !== undefined && /\.[cm]?[jt]sx?$/.test(script) ? script : (argv[0] ?? ''));
}
