import { cutLine } from './terminal.ts';

interface Screen {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): boolean;
}

const UP = (lines: number): string => (lines > 0 ? `\u001b[${lines}A` : '');
const CLEAR_BELOW = '\u001b[J';
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
/** The terminal cuts a line that it finds wider than this program does: the line still takes one row. */
const NO_WRAP = '\u001b[?7l';
const WRAP = '\u001b[?7h';
/** Characters of a line without its end that are kept for the rest of it: programs write megabytes without a newline. */
const LONGEST_UNFINISHED = 4096;

/**
 * A few lines at the bottom of the terminal that are drawn over again, below everything that is written meanwhile.
 * The program's output scrolls above as ever; a line of it without its end waits for the rest of it.
 */
export class LiveRegion {
  readonly #screen: Screen;
  #lines: readonly string[] = [];
  #drawn = 0;
  #unfinished = '';
  /** From the first picture on: nothing may be drawn at all, where the program can't be run. */
  #hidesCursor = false;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Draws these lines instead of those drawn before. */
  draw(lines: readonly string[]): void {
    this.#lines = lines;
    this.#redraw('');
  }

  /** Output that belongs above. */
  write(text: string): void {
    const all = this.#unfinished + text;
    const end = all.lastIndexOf('\n') + 1;
    this.#unfinished = asShown(all.slice(end));
    const whole = all.slice(0, end);
    if (this.#unfinished.length <= LONGEST_UNFINISHED) this.#redraw(whole);
    else this.#redraw(`${whole}${this.#take()}\n`);
  }

  /** Leaves the terminal to others: what is drawn stays, and the next picture stands below what they write. */
  pause(): void {
    this.#showCursor();
    this.#drawn = 0;
  }

  /** Ends the drawing; the last picture stays where it is when `keep`. */
  close(keep: boolean): void {
    if (!keep) this.#lines = [];
    const rest = this.#take();
    this.#redraw(rest === '' ? '' : `${rest}\n`);
    this.#showCursor();
  }

  #take(): string {
    const rest = this.#unfinished;
    this.#unfinished = '';
    return rest;
  }

  #showCursor(): void {
    if (this.#hidesCursor) this.#screen.write(SHOW_CURSOR);
    this.#hidesCursor = false;
  }

  #redraw(above: string): void {
    if (!this.#hidesCursor) this.#screen.write(HIDE_CURSOR);
    this.#hidesCursor = true;
    const { columns = 80, rows = 24 } = this.#screen;
    const pending = this.#unfinished === '' ? [] : [this.#unfinished.replace(/\r$/, '')];
    const room = Math.max(1, rows - 1 - pending.length);
    const hidden = this.#lines.length - room;
    const shown = hidden > 0 ? [...this.#lines.slice(0, room - 1), `… ${hidden + 1} more`] : this.#lines;
    const picture = [...pending, ...shown].map((line) => `${cutLine(line, columns - 1)}\n`);
    this.#screen.write(`${UP(this.#drawn)}\r${CLEAR_BELOW}${above}${NO_WRAP}${picture.join('')}${WRAP}`);
    this.#drawn = picture.length;
  }
}

/** A progress bar writes its line over again: what was written over is gone. */
function asShown(line: string): string {
  const end = line.endsWith('\r') ? line.length - 1 : line.length;
  return line.slice(line.lastIndexOf('\r', end - 1) + 1);
}
