import type { Finding } from '../../model/index.ts';

/** Which findings have been there, with the same certainty, at every look for some time. */
export class LastingFindings {
  readonly #ms: number;
  /** Time of the first look that found it, by id and certainty. */
  #since = new Map<string, number>();
  #now = 0;

  /** @param ms how long a finding must have been there */
  constructor(ms: number) {
    this.#ms = ms;
  }

  /** `now`: ms of a clock that only goes forward. */
  look(findings: readonly Finding[], now: number): void {
    this.#now = now;
    const before = this.#since;
    this.#since = new Map(findings.map((finding) => [key(finding), before.get(key(finding)) ?? now]));
  }

  has(finding: Finding): boolean {
    const since = this.#since.get(key(finding));
    return since !== undefined && this.#now - since >= this.#ms;
  }
}

function key({ id, certainty }: Finding): string {
  return `${certainty} ${id}`;
}
