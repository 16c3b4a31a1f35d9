// One side of the comparison: a process that measures the cases it is told.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export class Side {
  #child;
  #lines;

  /** @param {string} command @param {string[]} args @param {string} cwd */
  constructor(command, args, cwd) {
    this.#child = spawn(command, args, { cwd, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.once('error', () => {});
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /**
   * @param {string} name
   * @returns {Promise<{ us: number, cpu: number }>} microseconds an operation: wall time, and CPU of all processes
   */
  async measure(name) {
    this.#child.stdin.write(`${name}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.#child.spawnargs.join(' ')} ended in "${name}"`);
    return JSON.parse(value);
  }

  end() {
    this.#child.stdin.end();
  }
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
