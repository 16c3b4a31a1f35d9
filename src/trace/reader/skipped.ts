import { TRACE_MINOR, TRACE_VERSION } from '../format/definitions.ts';

/** Counts what a file holds of kinds that this version of the trace does not know. */
export class Skipped {
  readonly #file: string;
  #count = 0;
  #reported = false;

  /** `file`: name of the stream or file, for people. */
  constructor(file: string) {
    this.#file = file;
  }

  add(): void {
    this.#count++;
  }

  /** There is something to report: the first entries at once, all others when nothing follows any more. */
  isDue(final: boolean): boolean {
    return this.#count > 0 && (final || !this.#reported);
  }

  /** How many were not reported yet, and what to say of them. `minor`: the minor version that wrote the file. */
  take(minor: number): {
    readonly kind: 'later';
    readonly count: number;
    readonly gap: false;
    readonly message: string;
  } {
    const count = this.#count;
    this.#count = 0;
    this.#reported = true;
    const entries = count === 1 ? 'an entry of a kind' : `${count} entries of kinds`;
    const versions = `trace version ${TRACE_VERSION}.${minor}, this one reads ${TRACE_VERSION}.${TRACE_MINOR}`;
    const message = `${this.#file}: skipped ${entries} that this Forkscope does not know (${versions})`;
    return { kind: 'later', count, gap: false, message };
  }
}
