import { isFull } from '../../session/index.ts';

/** Milliseconds. */
const LOOK_EVERY = 500;

/** Says once that the disk of the trace is full: its writers can't, and the program must not notice. */
export class DiskWatch {
  readonly #dir: string;
  readonly #write: (text: string) => void;
  readonly #timer: NodeJS.Timeout;
  #said = false;

  constructor(dir: string, write: (text: string) => void) {
    this.#dir = dir;
    this.#write = write;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY).unref();
  }

  /** Looks for the last time. */
  close(): void {
    this.#look();
    clearInterval(this.#timer);
  }

  #look(): void {
    if (this.#said || !isFull(this.#dir)) return;
    this.#said = true;
    this.#write(
      `forkscope: no space is left for the trace in ${this.#dir}: from now on it is not complete; the program goes on\n`,
    );
  }
}
