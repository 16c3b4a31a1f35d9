import type { ChildProcess, StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Styler } from '../../model/report/index.ts';
import type { Session } from '../../session/index.ts';
import { LiveRegion } from './live-region.ts';
import { canDraw, say, stylerFor } from './terminal.ts';
import { headLine, type Marks, treeLines } from './tree.ts';

/** Milliseconds between pictures. */
const DRAW_EVERY = 200;
/** Milliseconds for which the rest of an ended program's output is awaited: an orphan may hold its pipes for ever. */
const LAST_OUTPUT = 500;

/** A live picture of the session beside the program's output. */
export interface LiveView {
  /** How the program's own output goes, so that it does not tear the picture. */
  readonly stdio: StdioOptions;
  attach(child: ChildProcess, session: Session | undefined): void;
  /** Text of the tool's own. */
  readonly write: (text: string) => void;
  /** Resolves when the ended program's output has been read. */
  drained(child: ChildProcess): Promise<void>;
  close(): void;
}

/** The tree on stderr when that is a terminal; otherwise the view says so once and only passes text on. */
export function watchView(): LiveView {
  if (canDraw(process.stderr)) return new TreeView();
  say('forkscope: --watch needs a terminal on stderr that can be drawn on; running without it\n');
  return {
    stdio: 'inherit',
    attach: () => undefined,
    write: say,
    drained: async () => undefined,
    close: () => undefined,
  };
}

/** Draws the process tree of a session below everything else on the terminal. */
export class TreeView implements LiveView {
  readonly #region = new LiveRegion(process.stderr);
  readonly #styler = stylerFor(process.stderr);
  readonly #timers: NodeJS.Timeout[] = [];
  #session: Session | undefined;

  /** Only what goes to the terminal passes through the tool; redirected output stays the program's. */
  readonly stdio: StdioOptions = ['inherit', process.stdout.isTTY ? 'pipe' : 'inherit', 'pipe'];

  attach(child: ChildProcess, session: Session | undefined): void {
    for (const stream of [child.stdout, child.stderr]) if (stream !== null) this.#pass(stream);
    if (session !== undefined) this.follow(session);
  }

  follow(session: Session): void {
    this.#session = session;
    process.on('SIGTSTP', this.#stop).on('SIGCONT', this.#draw);
    this.#draw();
    this.#timers.push(setInterval(() => this.#draw(), DRAW_EVERY));
  }

  readonly write = (text: string): void => this.#region.write(text);

  async drained(child: ChildProcess): Promise<void> {
    const open = [child.stdout, child.stderr].filter((stream) => stream !== null && !stream.readableEnded);
    await Promise.race([
      Promise.all(open.map((stream) => once(stream as Readable, 'end'))),
      sleep(LAST_OUTPUT),
    ]);
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    process.off('SIGTSTP', this.#stop).off('SIGCONT', this.#draw);
    this.#draw();
    this.#region.close(true);
  }

  #pass(stream: Readable): void {
    const decoder = new StringDecoder('utf8');
    stream.on('data', (chunk: Buffer) => this.#region.write(decoder.write(chunk)));
  }

  /** Ctrl-Z: the shell gets its cursor back, and after `fg` the picture begins below what has been done meanwhile. */
  readonly #stop = (): void => {
    this.#region.pause();
    process.kill(process.pid, 'SIGSTOP');
  };

  readonly #draw = (): void => {
    const session = this.#session;
    if (session === undefined) return;
    this.#region.draw(pictureOf(session, this.#styler, (process.stderr.rows ?? 24) - 1));
  };
}

/**
 * The tree of a session as it is now.
 * @param room lines of the screen, the head line included; where there are more, what has ended gives way
 */
export function pictureOf(session: Session, styler: Styler, room = Number.POSITIVE_INFINITY): string[] {
  const { model, now } = session;
  return [headLine(model, now, styler), ...treeLines(model, now, blockingMarks(session), styler, room - 1)];
}

/** The processes that stand still, with the finding that says why. */
function blockingMarks(session: Session): Marks {
  const marks = new Map<string, string>();
  for (const { blocking, kind, processes, certainty } of session.findings()) {
    if (blocking) for (const id of processes) marks.set(id, certainty === 'certain' ? kind : `${kind}?`);
  }
  return marks;
}
