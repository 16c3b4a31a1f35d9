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
    this.#unfinished = all.slice(end);
    this.#redraw(all.slice(0, end));
  }

  /** Ends the drawing; the last picture stays where it is when `keep`. */
  close(keep: boolean): void {
    if (!keep) this.#lines = [];
    this.#redraw(this.#unfinished === '' ? '' : `${this.#unfinished}\n`, true);
    if (this.#hidesCursor) this.#screen.write(SHOW_CURSOR);
    this.#hidesCursor = false;
  }

  #redraw(above: string, last = false): void {
    if (last) this.#unfinished = '';
    if (!this.#hidesCursor) this.#screen.write(HIDE_CURSOR);
    this.#hidesCursor = true;
    const { columns = 80, rows = 24 } = this.#screen;
    const pending = this.#unfinished === '' ? [] : [this.#unfinished];
    const room = Math.max(1, rows - 1 - pending.length);
    const hidden = this.#lines.length - room;
    const shown = hidden > 0 ? [...this.#lines.slice(0, room - 1), `… ${hidden + 1} more`] : this.#lines;
    const picture = [...pending, ...shown].map((line) => `${cutLine(line, columns - 1)}\n`);
    this.#screen.write(`${UP(this.#drawn)}\r${CLEAR_BELOW}${above}${picture.join('')}`);
    this.#drawn = picture.length;
  }
}
