import fs from 'node:fs';
import type { Ns } from '../../base/quantities.ts';
import { encodeLine } from '../format/lines.ts';

// Taken now: programs and test libraries replace these functions, and traces are none of their business.
const { closeSync, openSync, writeSync } = fs;

/** Most bytes of lines that wait for a file that cannot be written just now. */
const MAX_WAITING = 4 * 1024 * 1024;

/**
 * Appends lines to a definition or session file, each at once, so that a killed writer loses none.
 * A line that cannot be written (full disk) waits for the next one, in order; `write` never throws.
 */
export class LineWriter {
  readonly #path: string;
  #fd = -1;
  #seq = 0;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** Lines that {@link together} collects. */
  #batch: Uint8Array[] | undefined;

  /** Creates the file (mode 0600) if it can. `path`: absolute. */
  constructor(path: string) {
    this.#path = path;
    this.#open();
  }

  /** Lines given to `write` so far. */
  get count(): number {
    return this.#seq;
  }

  /** `time`: ns since the session's origin; `slot`: records that the stream has now (session file: 0). */
  write(value: object, time: Ns, slot = 0): void {
    const line = encodeLine({ seq: this.#seq++, time, slot, value });
    if (this.#waitingBytes + line.length > MAX_WAITING) return;
    this.#waitingBytes += line.length;
    if (this.#batch) {
      this.#batch.push(line);
      return;
    }
    this.#waiting.push(line);
    this.#flush();
  }

  /** The lines that `work` writes go out at its end, by one system call. */
  together(work: () => void): void {
    if (this.#batch) {
      work();
      return;
    }
    const batch: Uint8Array[] = [];
    this.#batch = batch;
    try {
      work();
    } finally {
      this.#batch = undefined;
      if (batch.length > 0) this.#waiting.push(Buffer.concat(batch));
      this.#flush();
    }
  }

  close(): void {
    this.#flush();
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
  }

  #open(): void {
    try {
      this.#fd = openSync(this.#path, 'a', 0o600);
    } catch {
      this.#fd = -1;
    }
  }

  #flush(): void {
    if (this.#fd < 0) this.#open();
    if (this.#fd < 0) return;
    try {
      for (let line = this.#waiting[0]; line; line = this.#waiting[0]) {
        const written = writeSync(this.#fd, line);
        // Half a line: the rest is written at the next try, and nothing in between, as nobody else writes to this file.
        if (written < line.length) this.#waiting[0] = line.subarray(written);
        else this.#waiting.shift();
        this.#waitingBytes -= written;
        if (written === 0) return;
      }
    } catch {
      // The disk is full or the folder gone: the lines wait, and a reader sees by the numbers which are missing.
    }
  }
}
